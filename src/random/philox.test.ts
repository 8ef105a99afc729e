import { describe, expect, it } from "vitest";
import { fillPhilox, philox4x32, philoxKey } from "./philox.ts";

const ONES = 0xffffffff;

describe("Philox4x32-10", () => {
  it.each([
    // Random123 distribution, tests/kat_vectors, lines "philox4x32 10".
    {
      counter: [0, 0, 0, 0],
      key: [0, 0] as const,
      words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      counter: [ONES, ONES, ONES, ONES],
      key: [ONES, ONES] as const,
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0] as const,
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])("gives the known answers of Random123 for counter $counter", ({ counter, key, words }) => {
    expect([...philox4x32(counter, key)]).toEqual(words);
  });

  it("fills with consecutive counters and cuts the last block", () => {
    const out = new Uint32Array(7);
    fillPhilox(out, [7, 9], [ONES, 1, 2, 3]);
    const blocks = [...philox4x32([ONES, 1, 2, 3], [7, 9]), ...philox4x32([0, 1, 2, 3], [7, 9])];
    expect([...out]).toEqual(blocks.slice(0, 7));
  });

  it("uses all 53 bits of a seed", () => {
    expect(philoxKey(2 ** 32 + 5)).toEqual([5, 1]);
    expect(philoxKey(Number.MAX_SAFE_INTEGER)).toEqual([ONES, 0x1fffff]);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses the seed %s", (seed) => {
    expect(() => philoxKey(seed)).toThrow(/seed: expected an integer/);
  });

  it("refuses a counter that does not have four words", () => {
    expect(() => philox4x32([1, 2, 3], [0, 0])).toThrow(/expected 4 words, got 3/);
  });
});
