import { describe, expect, test } from "vitest";
import { defineProgram, add, mul } from "../../ir/index.ts";
import { sobolNoise } from "../../random/index.ts";
import type { Plan } from "../backend.ts";
import { wasmBackend } from "./index.ts";

const program = defineProgram({
  name: "sums of normals",
  params: {},
  factors: 2,
  initialNormals: 1,
  stepTables: [],
  rowTables: [],
  init: ({ z }) => ({ x: z[0] }),
  step: ({ s, z }) => ({ x: add(s.x, mul(z[0], z[1])) }),
  observe: ({ s }) => ({ x: s.x }),
  row: ({ o }) => o.x,
});

const times = Float64Array.from({ length: 10 }, (_, i) => (i / 9) ** 2);
const plan = (paths: number): Plan => ({
  steps: 9,
  stepTables: [],
  dates: [9],
  rowDate: [0],
  rowTables: [],
  paths,
});

async function drawn(paths: number, seed: number, threads: number, first = 0) {
  const runner = await wasmBackend.prepare(program, plan(paths), { threads });
  runner.drawSobol({
    seed,
    first,
    times,
    clocks: [times, times.map((t) => t * t)],
    scale: times.map(Math.sqrt),
  });
  const { increments, initial } = runner.noise();
  const copy = { increments: increments.slice(), initial: initial.slice() };
  runner.free();
  return copy;
}

describe("quasi-random normals in the engine", () => {
  test("are those of sobolNoise to float32 accuracy, in every row, tails included", async () => {
    const paths = 16384;
    const own = await drawn(paths, 7, 2);
    const plain = sobolNoise({
      steps: 9,
      factors: 2,
      initialNormals: 1,
      paths,
      seed: 7,
      times,
      clocks: [times, times.map((t) => t * t)],
      scale: times.map(Math.sqrt),
    });
    const worst = (a: Float32Array, b: Float32Array) =>
      a.reduce(
        (most, z, i) => Math.max(most, Math.abs(z - b[i]) / Math.max(0.1, Math.abs(b[i]))),
        0,
      );
    expect(Math.max(...plain.initial)).toBeGreaterThan(3.5);
    expect(worst(own.initial, plain.initial)).toBeLessThan(1e-6);
    // nine rows are rotated at most four times each
    expect(worst(own.increments, plain.increments)).toBeLessThan(1e-5);
  });

  test("have mean 0, variance 1 and the fourth moment of a normal", async () => {
    const paths = 65536;
    const { initial } = await drawn(paths, 3, 2);
    const moment = (n: number) => initial.reduce((sum, z) => sum + z ** n, 0) / paths;
    // the points are even: far closer than four standard errors of independent draws (0.016, 0.022, 0.15)
    expect(Math.abs(moment(1))).toBeLessThan(1e-3);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(1e-3);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.02);
  });

  test("do not depend on the number of threads, nor of paths", async () => {
    const one = await drawn(4096, 11, 1);
    const two = await drawn(4096, 11, 2);
    expect(two).toEqual(one);
    const more = await drawn(8192, 11, 2);
    expect(more.initial.subarray(0, 4096)).toEqual(one.initial);
    const rest = await drawn(4096, 11, 2, 4096);
    expect(more.initial.subarray(4096)).toEqual(rest.initial);
    expect(more.increments.subarray(17 * 8192 + 4096)).toEqual(rest.increments.subarray(17 * 4096));
    expect((await drawn(4096, 12, 1)).initial).not.toEqual(one.initial);
  });
});
