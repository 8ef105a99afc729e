import { expect, test } from "vitest";
import { InputError, UnsupportedError } from "../../num/errors.ts";
import {
  decodePolicy,
  encodePolicy,
  exampleConfig,
  type PolicyFile,
  readHedgeConfig,
} from "./index.ts";

const policy: PolicyFile = {
  config: readHedgeConfig(exampleConfig),
  fingerprint: "0123456789abcdef",
  seed: 7,
  theta: Float64Array.from({ length: 40 }, (_, i) => Math.sin(i) * 10 ** (i - 20)),
  training: {
    status: "finished",
    iterations: 3,
    seconds: 1.5,
    history: Float64Array.of(3, 2, 1 / 3),
    risk: 9000.1,
    standardError: 3.3,
  },
};

test("a policy file gives back the same bits", async () => {
  const text = await encodePolicy(policy);
  const back = await decodePolicy(text);
  expect(back).toEqual(policy);
  expect(Array.from(back.theta)).toEqual(Array.from(policy.theta));
  expect(await encodePolicy(back)).toBe(text);
});

test("a flipped bit anywhere is refused", async () => {
  const text = await encodePolicy(policy);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 11) {
    for (const bit of [0, 4]) {
      const damaged = bytes.slice();
      damaged[at] ^= 1 << bit;
      const found = decodePolicy(new TextDecoder().decode(damaged), "p.json");
      await expect(found, `byte ${at}, bit ${bit}`).rejects.toThrow("p.json: expected");
    }
  }
});

test("another version, a cut file and another document are refused with what to do", async () => {
  const text = await encodePolicy(policy);
  const other = decodePolicy(text.replace('"version":1', '"version":9'), "p.json");
  await expect(other).rejects.toThrow(UnsupportedError);
  await expect(other).rejects.toThrow("p.json: expected format version 1, got 9");
  const cut = decodePolicy(text.slice(0, -100), "p.json");
  await expect(cut).rejects.toThrow(InputError);
  await expect(cut).rejects.toThrow("volterra hedge train");
  await expect(decodePolicy('{"format":"volterra-model"}')).rejects.toThrow('got "volterra-model"');
});
