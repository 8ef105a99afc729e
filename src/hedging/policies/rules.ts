/**
 * Rules without parameters: what a learned policy is compared with.
 *
 * Source  Leland (1985), Option pricing and replication with transaction costs; Whalley & Wilmott (1997), An asymptotic
 *         analysis of an optimal hedging model for option pricing with transaction costs, for the band
 */
import { abs, add, exp, log, max, min, mul, type Num, square, sub } from "../../ir/index.ts";
import type { Policy, PolicyInputs } from "../problem.ts";

/** No position. */
export const noHedge: Policy = { name: "no hedge", params: {}, position: () => 0 };

/** Black's delta at the market's volatility, at every date. */
export const deltaHedge: Policy = {
  name: "delta",
  params: {},
  position: ({ greeks }) => greeks.delta,
};

/** Black's delta at Leland's volatility σ√(1 + √(2/π) 2c/(σ√Δ)), at every date. */
export const lelandHedge: Policy = {
  name: "Leland",
  params: {},
  position: ({ costShare, tradingYears, typicalDeviation, horizonYears, greeksAt }) => {
    const vol = typicalDeviation / Math.sqrt(horizonYears);
    const number = (Math.sqrt(2 / Math.PI) * 2 * costShare) / (vol * Math.sqrt(tradingYears));
    return greeksAt(Math.sqrt(1 + number)).delta;
  },
};

/** Half-width of Whalley and Wilmott's band: (3cΓ²S/(2a))^{1/3}, as its logarithm, floored where Γ vanishes. */
export function logBandWidth({ greeks, spot, costShare, riskAversion }: PolicyInputs): Num {
  const inner = mul(mul((1.5 * costShare) / riskAversion, square(abs(greeks.gamma))), spot);
  return mul(1 / 3, log(add(inner, 1e-12)));
}

/** Black's delta with Whalley and Wilmott's band around it. */
export const whalleyWilmottHedge: Policy = {
  name: "Whalley-Wilmott",
  params: {},
  position: (inputs) => {
    const width = exp(logBandWidth(inputs));
    const { delta } = inputs.greeks;
    return max(sub(delta, width), min(add(delta, width), inputs.previous));
  },
};
