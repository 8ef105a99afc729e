/**
 * Rules without parameters: what a learned policy is compared with. They trade the first margined or spot instrument; the
 * vega of the book is hedged with the first option where the rule's name says so.
 *
 * Source  Leland (1985), Option pricing and replication with transaction costs; Whalley & Wilmott (1997), An asymptotic
 *         analysis of an optimal hedging model for option pricing with transaction costs, for the band
 */
import {
  add,
  div,
  exp,
  log,
  max,
  min,
  mul,
  type Num,
  sqrt,
  square,
  sub,
  type Expr,
} from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Greeks, InstrumentView, Policy, PolicyInputs } from "../problem.ts";

/** A rule: positions by instrument. */
const rule = (name: string, positions: (inputs: PolicyInputs) => readonly Num[]): Policy => ({
  name,
  params: () => ({}),
  decide: (inputs) => ({ positions: positions(inputs) }),
});

/** Does it move with the spot alone? */
export const isLinear = ({ kind }: Pick<InstrumentView, "kind">): boolean =>
  kind !== "option" && kind !== "swap";

/** Index of the first instrument that moves with the spot alone.
 *
 * Throws  InputError when there is none
 */
export function linearIndex({ instruments }: Pick<PolicyInputs, "instruments">): number {
  const index = instruments.findIndex(isLinear);
  if (index < 0) {
    throw new InputError(
      "hedge: expected a spot, perpetual or future among the instruments for this policy, got none.",
    );
  }
  return index;
}

/** Positions with one in the linear instrument and none elsewhere. */
const onlyLinear = (inputs: PolicyInputs, position: Num): readonly Num[] => {
  const index = linearIndex(inputs);
  return inputs.instruments.map((_, j) => (j === index ? position : 0));
};

/** Units of the linear instrument for a delta. */
const unitsFor = (inputs: PolicyInputs, delta: Num): Num =>
  div(delta, inputs.instruments[linearIndex(inputs)].greeks.delta);

/** No position. */
export const noHedge: Policy = rule("no hedge", ({ instruments }) => instruments.map(() => 0));

/** Black's delta at the market's volatility, at every date. */
export const deltaHedge: Policy = rule("delta", (inputs) =>
  onlyLinear(inputs, unitsFor(inputs, inputs.book.delta)),
);

/** Black's delta and what the volatility moves with the spot: δ + vega · dσ/dS. The least variance that the linear instrument
 * alone can reach, to first order. */
export const minimumVarianceDelta: Policy = rule("minimum-variance delta", (inputs) =>
  onlyLinear(inputs, unitsFor(inputs, minimumVariance(inputs, inputs.book))),
);

/** Delta and vega: the first option takes the book's vega, the linear instrument the delta that is left.
 *
 * Throws  InputError where there is no option
 */
export const deltaVegaHedge: Policy = rule("delta-vega", (inputs) => {
  const { instruments, book } = inputs;
  const option = instruments.findIndex((view) => !isLinear(view));
  if (option < 0) {
    throw new InputError("hedge: expected an option for the delta-vega rule, got none.");
  }
  const { greeks, typicalPosition } = instruments[option];
  const ratio = div(mul(greeks.vega, book.vega), add(square(greeks.vega), 1e-12));
  // near expiry the vegas vanish, and so does the reason to trade
  const units = max(-3 * typicalPosition, min(3 * typicalPosition, ratio));
  const delta = sub(book.delta, mul(units, greeks.delta));
  return onlyLinear(inputs, unitsFor(inputs, delta)).map((own, j) => (j === option ? units : own));
});

/** δ + vega · dσ/dS. */
export const minimumVariance = (
  { volPerReturn, spot }: Pick<PolicyInputs, "volPerReturn" | "spot">,
  { delta, vega }: Pick<Greeks, "delta" | "vega">,
): Num => add(delta, div(mul(vega, volPerReturn), spot));

/** Black's delta at Leland's volatility σ√(1 + √(2/π) 2c/(σ√Δ)), at every date. */
export const lelandHedge: Policy = rule("Leland", (inputs) => {
  const { tradingYears, typicalDeviation, horizonYears, bookAt, instruments, spot } = inputs;
  const vol = typicalDeviation / Math.sqrt(horizonYears);
  const view = instruments[linearIndex(inputs)];
  // a share of the price is the same on all paths: as a number where costs are proportional
  const share = div(view.costPerUnit, spot);
  const number = mul((2 * Math.sqrt(2 / Math.PI)) / (vol * Math.sqrt(tradingYears)), share);
  return onlyLinear(inputs, unitsFor(inputs, bookAt(sqrt(add(1, number))).delta));
});

/** Half-width of Whalley and Wilmott's band for one instrument, (3cΓ²/(2a))^{1/3} with the cost c of a unit, as its logarithm,
 * floored where Γ vanishes. */
export function logBandWidth(
  gamma: Num,
  { costPerUnit }: Pick<InstrumentView, "costPerUnit">,
  riskAversion: Num,
): Expr {
  const inner = div(mul(mul(1.5, costPerUnit), square(gamma)), riskAversion);
  return mul(1 / 3, log(add(inner, 1e-12)));
}

/** Black's delta with Whalley and Wilmott's band around it. */
export const whalleyWilmottHedge: Policy = rule("Whalley-Wilmott", (inputs) => {
  const view = inputs.instruments[linearIndex(inputs)];
  const width = exp(logBandWidth(inputs.book.gamma, view, inputs.riskAversion));
  const centre = unitsFor(inputs, inputs.book.delta);
  return onlyLinear(inputs, max(sub(centre, width), min(add(centre, width), view.previous)));
});
