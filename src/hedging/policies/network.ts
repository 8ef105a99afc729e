/**
 * A network that sees the position it has: δ plus what it learned, without a band built in.
 *
 * Source  Buehler, Gonon, Teichmann & Wood (2019), Deep hedging, section 4: the semi-recurrent network
 */
import { add, div, log, mlp, mul, type NetworkParam, sqrt } from "../../ir/index.ts";
import type { Policy } from "../problem.ts";

/** The policy with hidden layers of these widths. */
export function networkPolicy(hidden: readonly number[] = [16, 16]): Policy {
  return {
    name: "network",
    params: { net: mlp({ inputs: 4, hidden, outputs: 1, activation: "tanh" }) },
    position: (inputs, { net }) => {
      const { spot, spot0, years, horizonYears, typicalDeviation, greeks, previous, vol } = inputs;
      const moneyness = log(div(spot, spot0));
      const [learned] = (net as NetworkParam)([
        mul(1 / typicalDeviation, moneyness),
        mul(1 / Math.sqrt(horizonYears), sqrt(years)),
        mul(0.3, div(moneyness, mul(vol, sqrt(years)))),
        previous,
      ]);
      return add(greeks.delta, learned);
    },
  };
}
