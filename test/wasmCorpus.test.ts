/**
 * The WebAssembly backend against the reference interpreter: every program of the corpus, and random ones.
 *
 * Tolerances are of float32 arithmetic over a few dozen steps: 2e-5 of the largest value compared.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Plan } from "../src/backend/backend.ts";
import { referenceBackend } from "../src/backend/reference/index.ts";
import { wasmBackend } from "../src/backend/wasm/index.ts";
import { type CorpusEntry, corpus, corpusNoise } from "./corpus/programs.ts";
import { randomProgram } from "./corpus/random.ts";

const relative = 2e-5;

/** Everything a runner computes for an entry. */
async function results(
  backend: typeof wasmBackend,
  entry: CorpusEntry,
  plan: Plan,
  threads: number,
) {
  const runner = await backend.prepare(entry.program, plan, { threads });
  runner.setNoise(corpusNoise(entry.program, plan));
  const observations = Float64Array.from(runner.observations(entry.theta));
  if (entry.program.row === undefined) {
    runner.free();
    return { observations };
  }
  const means = runner.means(entry.theta);
  const cotangents = means.mean.map((_, row) => 1 + 0.5 * row);
  const { gradient } = runner.gradient(entry.theta, () => cotangents);
  const hasRowDense = entry.program.row.nodes.some((node) => node.op === "dense");
  const jacobian = hasRowDense ? undefined : runner.jacobian(entry.theta).jacobian;
  runner.free();
  return { observations, mean: means.mean, standardError: means.standardError, gradient, jacobian };
}

function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  scale = 0,
): void {
  expect(actual.length, what).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, v) => Math.max(most, Math.abs(v)), scale);
  const worst = Array.from(expected).reduce(
    (most, v, i) => Math.max(most, Math.abs(v - actual[i])),
    0,
  );
  expect(worst, `${what}: worst difference against ${largest}`).toBeLessThanOrEqual(
    relative * largest + 1e-12,
  );
}

async function expectSameAsReference(entry: CorpusEntry, paths: number): Promise<void> {
  const plan = entry.makePlan(paths);
  const expected = await results(referenceBackend, entry, plan, 1);
  const actual = await results(wasmBackend, entry, plan, 1);
  for (const key of ["observations", "mean", "gradient", "jacobian"] as const) {
    const value = expected[key];
    if (value !== undefined && actual[key] !== undefined) expectClose(actual[key], value, key);
  }
}

describe("the WebAssembly backend", () => {
  for (const entry of corpus) {
    test(`agrees with the reference on "${entry.program.name}"`, async () => {
      await expectSameAsReference(entry, 128);
    });
  }

  test("agrees with the reference on random programs", async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram, async (entry) => expectSameAsReference(entry, 64)),
      { numRuns: 40, seed: 7 },
    );
  });

  for (const entry of corpus.filter((_, i) => i % 4 === 0)) {
    test(`gives the same bits on 1, 2 and 4 threads for "${entry.program.name}"`, async () => {
      const plan = entry.makePlan(64 * 37);
      const [one, two, four] = [
        await results(wasmBackend, entry, plan, 1),
        await results(wasmBackend, entry, plan, 2),
        await results(wasmBackend, entry, plan, 4),
      ];
      expect(two).toStrictEqual(one);
      expect(four).toStrictEqual(one);
    });
  }
});
