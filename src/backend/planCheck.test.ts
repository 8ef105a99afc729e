import { describe, expect, test } from "vitest";
import { add, defineProgram, max, mul, scalar, vector } from "../ir/index.ts";
import { InputError, ShapeError } from "../num/errors.ts";
import { checkCotangents, checkNoise, checkPlan, checkTheta } from "./planCheck.ts";

const program = defineProgram({
  name: "planned",
  params: { vol: scalar(), level: vector(2) },
  factors: 1,
  initialNormals: 1,
  stepTables: ["dt", "interval"],
  rowTables: ["strike"],
  init: ({ z }) => ({ x: z[0] }),
  step: ({ p, s, z, t }) => ({ x: add(s.x, mul(mul(p.level.at(t.interval), t.dt), z[0])) }),
  observe: ({ p, s }) => ({ x: mul(p.vol, s.x) }),
  row: ({ o, t }) => max(o.x, t.strike),
});
const plan = {
  steps: 3,
  stepTables: [
    [0.1, 0.1, 0.2],
    [0, 1, 1],
  ],
  dates: [1, 3],
  rowDate: [0, 1, 1],
  rowTables: [[1, 2, 3]],
  paths: 128,
};

describe("checkPlan", () => {
  test("accepts a plan that fits", () => {
    expect(() => checkPlan(program, plan)).not.toThrow();
  });

  test.each([
    [{ steps: 0 }, "plan.steps: expected an integer of at least 1, got 0"],
    [{ paths: 100 }, "plan.paths: expected a multiple of 64, got 100"],
    [{ dates: [1, 4] }, "plan.dates[1]: expected an integer in 1 … 3, got 4"],
    [{ dates: [2, 2] }, "plan.dates[1]: expected more than 2"],
    [{ rowDate: [0, 1, 0] }, "plan.rowDate[2]: expected at least 1"],
    [{ rowDate: [0, 1, 2] }, "plan.rowDate[2]: expected an integer in 0 … 1, got 2"],
    [{ stepTables: [plan.stepTables[0], [0, 1, 2]] }, "plan.stepTables[1] (interval)[2]"],
    [{ stepTables: [plan.stepTables[0], [0, 0.5, 1]] }, "got 0.5"],
    [{ rowTables: [[1, Number.NaN, 3]] }, "plan.rowTables[0] (strike)[1]: expected a finite"],
  ])("refuses %o", (change, message) => {
    expect(() => checkPlan(program, { ...plan, ...change })).toThrow(InputError);
    expect(() => checkPlan(program, { ...plan, ...change })).toThrow(message);
  });

  test.each([
    [{ stepTables: [plan.stepTables[0]] }, "plan.stepTables: expected 2 columns (dt, interval)"],
    [{ stepTables: [[1], [0]] }, "plan.stepTables[0] (dt): expected [step 3], got 1"],
    [{ rowTables: [[1]] }, "plan.rowTables[0] (strike): expected [row 3], got 1"],
  ])("refuses the shapes of %o", (change, message) => {
    expect(() => checkPlan(program, { ...plan, ...change })).toThrow(ShapeError);
    expect(() => checkPlan(program, { ...plan, ...change })).toThrow(message);
  });

  test("rows need a row function", () => {
    expect(() => checkPlan({ ...program, row: undefined }, plan)).toThrow("has no row function");
  });
});

describe("the data of a run", () => {
  test("noise must have the axes of the program and the plan", () => {
    const noise = { increments: new Float32Array(3 * 128), initial: new Float32Array(128) };
    expect(() => checkNoise(program, plan, noise)).not.toThrow();
    expect(() => checkNoise(program, plan, { ...noise, initial: new Float32Array(0) })).toThrow(
      "noise.initial: expected [initialNormal 1][path 128] = 128 numbers, got 0",
    );
    expect(() => checkNoise(program, { ...plan, steps: 4 }, noise)).toThrow("noise.increments");
  });

  test("a parameter that is not finite is named by its segment", () => {
    expect(() => checkTheta(program, Float64Array.of(1, 2, Number.NaN))).toThrow(
      "got NaN at level[1]",
    );
    expect(() => checkTheta(program, Float64Array.of(1, 2))).toThrow(ShapeError);
  });

  test("a loss must return one cotangent per row", () => {
    expect(() => checkCotangents(plan, new Float64Array(2))).toThrow("expected [row 3], got 2");
  });
});
