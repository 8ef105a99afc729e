/** Inputs that all networks share, each of order 1: moneyness, time left, both together, features, condition. */
import { div, log, mul, type Num, sqrt } from "../../ir/index.ts";
import type { PolicyInputs, PolicyShape } from "../problem.ts";

/** Their values. */
export function baseInputs(inputs: PolicyInputs): readonly Num[] {
  const { spot, strike, yearsLeft, horizonYears, typicalDeviation, vol, features, condition } =
    inputs;
  const moneyness = log(div(spot, strike));
  return [
    mul(1 / typicalDeviation, moneyness),
    mul(1 / Math.sqrt(horizonYears), sqrt(yearsLeft)),
    mul(0.3, div(moneyness, mul(vol, sqrt(yearsLeft)))),
    ...features,
    ...condition,
  ];
}

/** Their number. */
export const baseCount = ({ features, conditions }: PolicyShape): number =>
  3 + features + conditions;
