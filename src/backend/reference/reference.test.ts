import { describe, expect, test } from "vitest";
import { corpus, corpusNoise } from "../../../test/corpus/programs.ts";
import { gradcheck } from "../../grad/gradcheck.ts";
import { reverseRules } from "../../grad/rules.ts";
import { add, defineProgram, max, mul, round, scalar, sqrt } from "../../ir/index.ts";
import type { Runner } from "../backend.ts";
import { wasmBackend } from "../wasm/index.ts";
import { referenceBackend } from "./index.ts";

const paths = 64;

async function runnerOf({ program, makePlan }: (typeof corpus)[number]): Promise<Runner> {
  const plan = makePlan(paths);
  const runner = await referenceBackend.prepare(program, plan);
  runner.setNoise(corpusNoise(program, plan));
  return runner;
}

describe.each(corpus.map((entry) => [entry.program.name, entry] as const))("%s", (_, entry) => {
  const { theta } = entry;

  test("every row of the Jacobian agrees with central differences", async () => {
    const runner = await runnerOf(entry);
    const { jacobian, mean } = runner.jacobian(theta);
    for (let row = 0; row < mean.length; row++) {
      const ofRow = jacobian.slice(row * theta.length, (row + 1) * theta.length);
      const worst = gradcheck((x) => runner.means(x).mean[row], ofRow, theta, { directions: 1 });
      expect(worst.relativeError, `row ${row}, ${worst.where}`).toBeLessThan(1e-6);
    }
  });

  test("the gradient is the transposed Jacobian times the cotangents, at the same means", async () => {
    const runner = await runnerOf(entry);
    const { jacobian, mean } = runner.jacobian(theta);
    const weights = mean.map((value, row) => value - 0.3 * row);
    const result = runner.gradient(theta, (seen) => seen.map((value, row) => value - 0.3 * row));
    expect(result.mean).toEqual(mean);
    for (let param = 0; param < theta.length; param++) {
      let expected = 0;
      let size = 0;
      for (const [row, weight] of weights.entries()) {
        const term = weight * jacobian[row * theta.length + param];
        expected += term;
        size += Math.abs(term);
      }
      expect(Math.abs(result.gradient[param] - expected)).toBeLessThanOrEqual(1e-12 * size);
    }
  });
});

describe("the reference runner", () => {
  const kinks = defineProgram({
    name: "kinks",
    params: { a: scalar(), b: scalar(), v: scalar() },
    factors: 1,
    init: ({ p }) => ({ tie: max(p.a, p.b), root: sqrt(max(p.v, 0)) }),
    step: ({ s }) => ({ tie: s.tie, root: s.root }),
    observe: ({ s }) => ({ sum: add(s.tie, s.root) }),
    row: ({ o }) => o.sum,
  });
  const plan = { steps: 1, stepTables: [], dates: [1], rowDate: [0], rowTables: [], paths };

  test("a tie of max sends the derivative to its first argument, and √0 sends none", async () => {
    const runner = await referenceBackend.prepare(kinks, plan);
    runner.setNoise(corpusNoise(kinks, plan));
    const { gradient } = runner.gradient(Float64Array.of(2, 2, 0), () => Float64Array.of(1));
    expect([...gradient]).toEqual([1, 0, 0]);
  });

  test("the mean and its standard error are those of the sample", async () => {
    const program = defineProgram({
      name: "one normal",
      params: {},
      factors: 1,
      init: () => ({ x: 0 }),
      step: ({ z }) => ({ x: mul(2, z[0]) }),
      observe: ({ s }) => ({ x: s.x }),
      row: ({ o }) => o.x,
    });
    const increments = Float32Array.from({ length: paths }, (_, i) => (i % 2 === 0 ? 1 : -0.5));
    const runner = await referenceBackend.prepare(program, plan);
    runner.setNoise({ increments, initial: new Float32Array(0) });
    const { mean, standardError } = runner.means(new Float64Array(0));
    // Values 2 and −1, half of the paths each: mean ½, variance (3/2)² · 64/63.
    expect(mean[0]).toBeCloseTo(0.5, 14);
    expect(standardError[0]).toBeCloseTo(1.5 / Math.sqrt(63), 14);
  });

  test("observations are laid out [date][component][path]", async () => {
    const program = defineProgram({
      name: "counters",
      params: {},
      factors: 1,
      init: () => ({ x: 0 }),
      step: ({ s, z }) => ({ x: add(s.x, z[0]) }),
      observe: ({ s }) => ({ once: s.x, twice: mul(2, s.x) }),
    });
    const grid = { ...plan, steps: 3, dates: [1, 3], rowDate: [] };
    const runner = await referenceBackend.prepare(program, grid);
    const increments = Float32Array.from({ length: 3 * paths }, (_, i) => i % paths);
    runner.setNoise({ increments, initial: new Float32Array(0) });
    const seen = runner.observations(new Float64Array(0));
    const at = (date: number, component: number) => seen[(date * 2 + component) * paths + 5];
    expect([at(0, 0), at(0, 1), at(1, 0), at(1, 1)]).toEqual([5, 10, 15, 30]);
  });

  test("round goes to the even neighbour at a half and passes the derivative on", async () => {
    const program = defineProgram({
      name: "rounding",
      params: { a: scalar() },
      factors: 0,
      init: ({ p }) => ({ x: p.a }),
      step: ({ s }) => ({ x: round(s.x) }),
      observe: ({ s }) => ({ x: s.x }),
      row: ({ o }) => o.x,
    });
    for (const backend of [referenceBackend, wasmBackend]) {
      const runner = await backend.prepare(program, plan);
      runner.setNoise({ increments: new Float32Array(0), initial: new Float32Array(0) });
      for (const [x, nearest] of [
        [0.5, 0],
        [1.5, 2],
        [-2.5, -2],
        [2.4, 2],
        [-0.6, -1],
      ]) {
        const { mean, gradient } = runner.gradient(Float64Array.of(x), () => Float64Array.of(3));
        expect(mean[0]).toBeCloseTo(nearest, 12);
        expect(gradient[0]).toBe(3);
      }
    }
  });

  test("the corpus uses every op of the language", () => {
    const used = new Set(
      corpus.flatMap(({ program }) =>
        [program.init, program.step, program.observe, program.row].flatMap(
          (graph) => graph?.nodes.map((node) => node.op) ?? [],
        ),
      ),
    );
    expect([...used].sort()).toEqual(Object.keys(reverseRules).sort());
  });

  test("running before the noise is set, or after free, is refused", async () => {
    const runner = await referenceBackend.prepare(kinks, plan);
    const theta = Float64Array.of(1, 2, 3);
    expect(() => runner.means(theta)).toThrow("expected noise for kinks, got none");
    runner.free();
    expect(() => runner.means(theta)).toThrow("got a freed one");
  });
});
