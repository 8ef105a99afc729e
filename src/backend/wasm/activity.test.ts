import { expect, test } from "vitest";
import { add, defineProgram, mul, scalar } from "../../ir/index.ts";
import { activityOf } from "./activity.ts";

test("activity spreads from parameters along the steps and to what is observed, and no further", () => {
  const program = defineProgram({
    name: "chain",
    params: { a: scalar() },
    factors: 1,
    stepTables: [],
    rowTables: [],
    init: ({ p }) => ({ given: 0, third: 0, second: 0, first: p.a }),
    step: ({ s, z }) => ({
      given: add(s.given, z[0]),
      third: add(s.third, mul(s.given, s.second)),
      second: add(s.second, s.first),
      first: mul(0.5, s.first),
    }),
    observe: ({ s }) => ({ given: mul(s.given, s.given), third: s.third }),
  });
  expect(activityOf(program)).toEqual({
    states: [false, true, true, true],
    observed: [false, true],
  });
});
