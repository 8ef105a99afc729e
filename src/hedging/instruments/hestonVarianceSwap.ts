/**
 * The idealised variance swap in Heston's market: what variance has been paid, and what is expected.
 *
 *   S² = ∫₀ᵗ v ds + (v − θ)(1 − e^{−κ(T−t)})/κ + θ (T − t)
 *
 * Source  Buehler, Gonon, Teichmann & Wood (2019), section 5.1
 */
import { add, exp, max, mul, sub } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { HestonParams } from "../../pricing/index.ts";
import type { Instrument, MarketView, PathValues } from "../problem.ts";
import type { Terms } from "./spot.ts";

export interface VarianceSwapTerms extends Terms {
  readonly params: HestonParams;
  readonly spot: number;
  readonly expiryYears: number;
}

/** The instrument; in a Heston market of the same parameters alone.
 *
 * Throws  InputError for an expiry that is not positive
 */
export function hestonVarianceSwap(options: VarianceSwapTerms): Instrument {
  const { params, spot, expiryYears, ...terms } = options;
  if (!(expiryYears > 0 && Number.isFinite(expiryYears))) {
    throw new InputError(`hestonVarianceSwap: expected expiryYears > 0, got ${expiryYears}.`);
  }
  const { kappa, theta, v0 } = params;
  const price = ({ state, years }: MarketView, memory: PathValues) => {
    const left = max(sub(expiryYears, years), 0);
    const share = mul(1 / kappa, sub(1, exp(mul(-kappa, left))));
    return add(memory.paid, add(mul(sub(state.v, theta), share), mul(theta, left)));
  };
  return {
    name: "variance swap",
    limits: {},
    ...terms,
    kind: "swap",
    isFunded: true,
    expiryYears,
    memory: {
      init: { paid: 0 },
      after: (memory, before, after, dt) => ({
        paid: add(memory.paid, mul(mul(0.5, dt), add(before.state.v, after.state.v))),
      }),
    },
    price: (view, _, memory) => price(view, memory),
    greeks: (view, market, memory) => {
      const left = max(sub(expiryYears, view.years), 1e-6);
      const vol = market.vol(view, expiryYears);
      return { value: price(view, memory), delta: 0, gamma: 0, vega: mul(mul(2, vol), left) };
    },
    // ½ S² Γ at the money: 0.2 S/(σ√T)
    size: (0.2 * spot) / Math.sqrt(v0 * expiryYears),
  };
}
