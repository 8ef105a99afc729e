import { describe, expect, test } from "vitest";
import { initialTheta, jumpTerms, neuralSdeProgram } from "../models/index.ts";
import { decodeCheckpoint, encodeCheckpoint, type Progress } from "./checkpoint.ts";
import { squaredLoss } from "../nn/index.ts";
import { iterate, type Problem, searchAt } from "./levenbergMarquardt.ts";
import { decodeModel, encodeModel, type FittedModel } from "./modelFile.ts";
import {
  coldSchedule,
  fineSchedule,
  gridFactor,
  measuredFactor,
  pathsFactor,
  withMorePaths,
} from "./schedule.ts";
import { batchPaths } from "./pricer.ts";
import { bootstrapForwardVol, type Targets, thinTargets } from "./targets.ts";
import { carriedTheta } from "./warmStart.ts";

const config = (years: readonly number[]) => ({
  yearsToExpiry: [...years],
  forwardVol: years.map(() => 0.5),
  gridSteps: 24,
  minStepsPerInterval: 4,
  hidden: [4, 4],
  maxJumps: 2,
  jumpDecayYears: 0.1,
});

describe("Levenberg-Marquardt", () => {
  // residuals A θ − b; with damping near zero one step solves the normal equations
  const linear = (rows: readonly (readonly number[])[], b: readonly number[]): Problem => ({
    residuals: (theta) =>
      Float64Array.from(rows, (row, i) => row.reduce((s, a, k) => s + a * theta[k], -b[i])),
    jacobian: () => Float64Array.from(rows.flat()),
    scale: new Float64Array(rows[0].length).fill(1),
    loss: squaredLoss,
  });

  test("solves an overdetermined linear problem in one step when hardly damped", () => {
    const problem = linear(
      [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
      [1, 2, 2.3],
    );
    const { theta } = iterate(problem, searchAt(problem, new Float64Array(2), 1e-10));
    // normal equations [[2, 1], [1, 5]] θ = [3.3, 6.3]
    expect(theta[0]).toBeCloseTo((3.3 * 5 - 6.3) / 9, 6);
    expect(theta[1]).toBeCloseTo((2 * 6.3 - 3.3) / 9, 6);
  });

  test("takes the least-norm step when there are fewer residuals than parameters", () => {
    const problem = linear([[3, 4, 0]], [5]);
    const { theta } = iterate(problem, searchAt(problem, new Float64Array(3), 1e-10));
    expect([...theta]).toEqual([0.6, 0.8, 0].map((v) => expect.closeTo(v, 6)));
  });

  test("returns the same point, more damped, when no step helps", () => {
    const stuck: Problem = { ...linear([[1]], [0]), residuals: () => Float64Array.of(1) };
    const start = searchAt(stuck, Float64Array.of(2), 1);
    const next = iterate(stuck, start);
    expect(next.theta).toEqual(start.theta);
    expect(next.damping).toBeGreaterThan(start.damping);
  });
});

describe("checkpoints", () => {
  const progress: Progress = {
    phase: 1,
    done: 2,
    stalled: 0,
    damping: 0.1,
    theta: Float64Array.of(Math.PI, -0, 5e-324),
    pathSteps: 7,
    seconds: 1.5,
    history: [{ iteration: 1, loss: 2, insideShare: 0.5, seconds: 1 }],
  };
  test("come back bit for bit", () => {
    expect(decodeCheckpoint(encodeCheckpoint("key", progress), "key")).toEqual(progress);
  });
  test("are refused for another chain or other options", () => {
    expect(() => decodeCheckpoint(encodeCheckpoint("key", progress), "other")).toThrow(
      /another fit/,
    );
  });
  test("are refused when they are something else", () => {
    expect(() => decodeCheckpoint("PNG", "key")).toThrow(/expected JSON/);
    expect(() => decodeCheckpoint('{"format":"x"}', "key")).toThrow(/volterra-checkpoint/);
  });
});

describe("model files", () => {
  const program = neuralSdeProgram(config([0.1, 0.5]));
  const model = {
    kind: "neural-sde",
    config: config([0.1, 0.5]),
    theta: initialTheta(config([0.1, 0.5]), program, 1, 0.5),
    seed: 1,
    underlying: "BTC",
    asOfMs: 0,
    expiryMs: [1, 2],
    forwards: [100, 101],
    dataFingerprint: "0123456789abcdef",
    fit: {},
    surface: {},
  } as unknown as FittedModel;

  test("come back bit for bit", async () => {
    expect(await decodeModel(await encodeModel(model))).toEqual(model);
  });
  test("tell a flipped digit", async () => {
    const text = (await encodeModel(model)).replace('"seed":1', '"seed":2');
    await expect(decodeModel(text)).rejects.toThrow(/checksum/);
  });
  test("of another version or another kind of file are refused", async () => {
    await expect(
      decodeModel((await encodeModel(model)).replace('"version":3', '"version":2')),
    ).rejects.toThrow(/version/);
    await expect(decodeModel("{}")).rejects.toThrow(/volterra model file/);
  });
  test("carry tables to the nearest expiries and everything else as it is", () => {
    const next = neuralSdeProgram(config([0.1, 0.3, 0.5]));
    const carried = carriedTheta(next, [1, 1.2, 2], model);
    const level = next.params.find((p) => p.name === "level");
    const oldLevel = program.params.find((p) => p.name === "level");
    expect(level?.shape).toEqual([3]);
    expect(carried[level?.offset ?? 0]).toBe(model.theta[oldLevel?.offset ?? 0]);
    const weights = next.params.find((p) => p.name === "net.w1");
    const old = program.params.find((p) => p.name === "net.w1");
    expect(carried.slice(weights?.offset, (weights?.offset ?? 0) + 16)).toEqual(
      model.theta.slice(old?.offset, (old?.offset ?? 0) + 16),
    );
  });
});

describe("targets", () => {
  test("forward volatility bootstraps total variance", () => {
    // 0.2² · 1 = 0.04; 0.3² · 2 = 0.18: the second year has variance 0.14
    const vols = bootstrapForwardVol(Float64Array.of(0.2, 0.3), Float64Array.of(1, 2));
    expect(vols[0]).toBeCloseTo(0.2, 12);
    expect(vols[1]).toBeCloseTo(Math.sqrt(0.14), 12);
  });
  test("falling total variance is floored instead of imaginary", () => {
    const vols = bootstrapForwardVol(Float64Array.of(0.5, 0.2), Float64Array.of(1, 2));
    expect(vols[1]).toBeGreaterThan(0);
  });
  test("thinning keeps ends, order and at least eight quotes of every expiry", () => {
    const count = 1000;
    const column = Float64Array.from({ length: count }, (_, i) => i);
    const targets = {
      yearsToExpiry: Float64Array.of(0.1, 0.2),
      expiryOf: Int32Array.from({ length: count }, (_, i) => (i < 20 ? 0 : 1)),
      logMoneyness: column,
      sign: column,
      midVol: column,
      halfSpreadVol: column,
      price: column,
      vega: column,
      scale: column,
      delta: column,
      atmVol: Float64Array.of(0.5, 0.5),
    } satisfies Targets;
    const thin = thinTargets(targets, 100);
    expect(thin.price.length).toBeLessThan(120);
    expect([...thin.expiryOf].filter((e) => e === 0)).toHaveLength(8);
    expect(thin.price[0]).toBe(0);
    expect(thin.price[thin.price.length - 1]).toBe(999);
    expect([...thin.price]).toEqual([...thin.price].sort((a, b) => a - b));
  });
  test("batches are smaller the finer the grid, and never more than the paths", () => {
    expect(batchPaths(65536, 130, 2)).toBe(16384);
    expect(batchPaths(65536, 880, 2)).toBe(4096);
    expect(batchPaths(512, 880, 2)).toBe(512);
    expect(65536 % batchPaths(65536, 5000, 2)).toBe(0);
  });
  test("tight spreads double the paths of the last phase only", () => {
    expect(pathsFactor(Float64Array.of(0.001, 0.002, 0.02))).toBe(2);
    expect(pathsFactor(Float64Array.of(0.01, 0.012))).toBe(1);
    expect(measuredFactor(Float64Array.of(0.001, 0.002, 0.02))).toBe(4);
    expect(measuredFactor(Float64Array.of(0.003, 0.003, 0.001))).toBe(2);
    expect(measuredFactor(Float64Array.of(0.01, 0.012))).toBe(1);
    expect(gridFactor(Float64Array.of(0.001, 0.002, 0.02))).toBe(2);
    expect(gridFactor(Float64Array.of(0.003, 0.003, 0.001))).toBe(1);
    // only the last phase pays for a grid twice as fine
    expect(fineSchedule.slice(0, 3).map((p, i) => p.gridShare / coldSchedule[i].gridShare)).toEqual(
      [0.5, 0.5, 0.5],
    );
    const doubled = withMorePaths(coldSchedule, 2);
    expect(doubled.map((p, i) => p.residualPaths / coldSchedule[i].residualPaths)).toEqual([
      1, 1, 2,
    ]);
  });
});

test("the jump law has total probability 1 and keeps the forward", () => {
  const c = config([0.1, 0.5]);
  const program = neuralSdeProgram(c);
  const terms = jumpTerms(c, program, initialTheta(c, program, 1, 0.5), 0.3);
  const mean = terms.probability.reduce((s, q, n) => s + q * Math.exp(terms.shift[n]), 0);
  expect(terms.probability.reduce((s, q) => s + q, 0)).toBeCloseTo(1, 14);
  expect(mean).toBeCloseTo(1, 14);
});
