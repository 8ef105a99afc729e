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
  data: {
    kind: "prices",
    record: { source: "p.csv", firstMs: 0, stepMs: 1, prices: Float64Array.of(1, 1 / 3) },
  },
  preparation: {
    networks: [
      {
        option: { strike: 1, expiryYears: 1 },
        name: "priceNet0",
        spec: { kind: "mlp", inputs: 2, hidden: [1], outputs: 1, activation: "tanh" },
        values: { "priceNet0.w0": Float64Array.of(1 / 7, -2) },
      },
    ],
    optionPrices: [],
    nothing: {
      risk: -1,
      standardError: 0.1,
      arbitrage: { gain: 0.1, standardError: 0.1, isArbitrage: false },
      before: { gain: 2, standardError: 0.1, isArbitrage: true, theta: Float64Array.of(0.1, 0.2) },
    },
  },
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
  const other = decodePolicy(text.replace('"version":2', '"version":9'), "p.json");
  await expect(other).rejects.toThrow(UnsupportedError);
  await expect(other).rejects.toThrow("p.json: expected format version 2, got 9");
  const cut = decodePolicy(text.slice(0, -100), "p.json");
  await expect(cut).rejects.toThrow(InputError);
  await expect(cut).rejects.toThrow("volterra hedge train");
  await expect(decodePolicy('{"format":"volterra-model"}')).rejects.toThrow('got "volterra-model"');
});
