/**
 * A no-transaction band that is learned: the position stays inside it and goes to the nearer end from outside.
 *
 *   w± = e^{o₁±} w_WW + e^{o₂± − 3},   m = δ + ½(w₊ + w₋) tanh o₃,   position = clamp(previous, m − w₋, m + w₊)
 *
 * δ is Black's delta, w_WW the half-width of Whalley and Wilmott, o the outputs of a small network of the state. The
 * second term is there where Γ vanishes and w_WW with it: far in or out of the money the best band stays wide.
 *
 * Source  Imaki, Imajo, Ito, Minami & Nakagawa (2021), No-transaction band network; the prior width as in
 *         Whalley & Wilmott (1997)
 */
import {
  add,
  div,
  exp,
  log,
  max,
  min,
  mlp,
  mul,
  type NetworkParam,
  sqrt,
  sub,
  tanh,
} from "../../ir/index.ts";
import type { Policy } from "../problem.ts";
import { logBandWidth } from "./rules.ts";

/** The policy with two hidden layers of this width. */
export function bandPolicy(hidden = 8): Policy {
  return {
    name: "learned band",
    params: { band: mlp({ inputs: 3, hidden: [hidden, hidden], outputs: 5, activation: "tanh" }) },
    position: (inputs, { band }) => {
      const { spot, spot0, years, horizonYears, typicalDeviation, greeks, previous, vol } = inputs;
      const moneyness = log(div(spot, spot0));
      const [near1, near2, tilt, far1, far2] = (band as NetworkParam)([
        mul(1 / typicalDeviation, moneyness),
        mul(1 / Math.sqrt(horizonYears), sqrt(years)),
        mul(0.3, div(moneyness, mul(vol, sqrt(years)))),
      ]);
      const width = logBandWidth(inputs);
      const below = add(exp(add(width, sub(near1, 0.7))), exp(sub(far1, 3)));
      const above = add(exp(add(width, sub(near2, 0.7))), exp(sub(far2, 3)));
      const middle = add(greeks.delta, mul(mul(0.5, add(below, above)), tanh(tilt)));
      return max(sub(middle, below), min(add(middle, above), previous));
    },
  };
}
