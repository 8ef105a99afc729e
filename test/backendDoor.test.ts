/** What no backend may run: each refuses the same plans, parameters and cotangents. */
import { describe, expect, test } from "vitest";
import { referenceBackend } from "../src/backend/reference/index.ts";
import { wasmBackend } from "../src/backend/wasm/index.ts";
import { corpus, corpusNoise } from "./corpus/programs.ts";

const entry = corpus.find(({ program }) => program.row !== undefined && program.factors > 0);
if (entry === undefined) throw new Error("the corpus has no program with rows");
const { program, makePlan, theta } = entry;

describe.each([referenceBackend, wasmBackend])("the $name backend", (backend) => {
  test("refuses a number of paths that blocks do not divide", async () => {
    await expect(backend.prepare(program, { ...makePlan(64), paths: 65 })).rejects.toThrow(
      /plan\.paths/,
    );
  });
  test("refuses dates beyond the last step", async () => {
    const plan = makePlan(64);
    await expect(backend.prepare(program, { ...plan, dates: [plan.steps + 1] })).rejects.toThrow(
      /plan\.dates/,
    );
  });
  test("refuses parameters that are no numbers, and cotangents that are too few", async () => {
    const plan = makePlan(64);
    const runner = await backend.prepare(program, plan, { threads: 1 });
    runner.setNoise(corpusNoise(program, plan));
    expect(() => runner.means(theta.map(() => Number.NaN))).toThrow(/finite/);
    expect(() => runner.gradient(theta, () => new Float64Array(0))).toThrow(/cotangents/);
    runner.free();
  });
});
