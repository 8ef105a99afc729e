/**
 * A no-transaction band that is learned: each position stays inside its band and goes to the nearer end from outside.
 *
 *   w± = e^{o₁±} w_WW + e^{o₂± − 3},   m = centre + ½(w₊ + w₋) tanh o₃,   position = clamp(previous, m − w₋, m + w₊)
 *
 * w_WW is the half-width of Whalley and Wilmott, o are outputs of a small network of the state. The second term is there
 * where Γ vanishes and w_WW with it: far in or out of the money the best band stays wide.
 *
 * Options come first: the centre of each is the book's vega in it (shared evenly) times a learned share. Then the linear
 * instrument: its centre is the minimum-variance delta that the options leave, and a learned shift of it. An option whose band holds 0 is never traded.
 *
 * Source  Imaki, Imajo, Ito, Minami & Nakagawa (2021), No-transaction band network; the prior width as in
 *         Whalley & Wilmott (1997)
 */
import {
  add,
  div,
  exp,
  type Expr,
  max,
  min,
  mlp,
  mul,
  type NetworkParam,
  type Num,
  sigmoid,
  sub,
  tanh,
} from "../../ir/index.ts";
import type { InstrumentView, Policy, PolicyInputs, Values } from "../problem.ts";
import { baseCount, baseInputs } from "./baseInputs.ts";
import { linearIndex, logBandWidth, minimumVariance } from "./rules.ts";

export interface BandOptions {
  /** Width of the two hidden layers. */
  readonly hidden?: number;
}

export const bandDefaults = { hidden: 8 } as const;

/** Outputs of the network for the band of an instrument: two widths twice and a tilt; one more moves its centre. */
const outputsOfBand = 5;

/** The policy. */
export function bandPolicy(options: BandOptions = {}): Policy {
  const { hidden } = { ...bandDefaults, ...options };
  return {
    name: "learned band",
    params: ({ instruments, ...shape }) => ({
      band: mlp({
        inputs: baseCount({ instruments, ...shape }),
        hidden: [hidden, hidden],
        outputs: instruments * (outputsOfBand + 1),
        activation: "tanh",
      }),
    }),
    decide: (inputs, { band }) => {
      const outputs = (band as NetworkParam)(baseInputs(inputs));
      return bandsOf(inputs, outputs);
    },
  };
}

/** Most that a learned correction moves the centre of the linear instrument, in typical positions. */
const widestShift = 0.3;

/** In Black-Scholes with options of the final price the delta is exact, and there is nothing to correct. */
const hasModelShift = ({ features, instruments }: PolicyInputs): boolean =>
  features.length > 0 || instruments.length > 1;

function bandsOf(inputs: PolicyInputs, outputs: readonly Expr[]) {
  const { instruments, book, riskAversion } = inputs;
  const linear = linearIndex(inputs);
  const others = instruments.map((_, j) => j).filter((j) => j !== linear);
  const positions: Num[] = instruments.map(() => 0);
  const details: Record<string, Num> = {};
  let delta = minimumVariance(inputs, book);
  let gamma = book.gamma;
  const place = (j: number, centre: Num, ownGamma: Num): Num => {
    const view = instruments[j];
    const own = outputs.slice(j * outputsOfBand, (j + 1) * outputsOfBand);
    const limits = edges(view, logBandWidth(ownGamma, view, riskAversion), centre, own);
    Object.assign(details, {
      [`centre${j}`]: centre,
      [`low${j}`]: limits.low,
      [`high${j}`]: limits.high,
    });
    return max(limits.low, min(limits.high, view.previous));
  };
  const shiftOf = (j: number) => outputs[instruments.length * outputsOfBand + j];
  others.forEach((j) => {
    const { greeks, typicalPosition } = instruments[j];
    const share = mul(2 / others.length, sigmoid(shiftOf(j)));
    const ratio = div(mul(greeks.vega, book.vega), add(mul(greeks.vega, greeks.vega), 1e-9));
    const most = 5 * typicalPosition;
    const centre = mul(share, max(-most, min(most, ratio)));
    // what the target of a vega hedge moves by is of the order of its size for a move of one deviation
    const moves = typicalPosition / (inputs.spot0 * inputs.typicalDeviation);
    positions[j] = place(j, centre, moves);
    delta = sub(delta, mul(positions[j], minimumVariance(inputs, greeks)));
    gamma = sub(gamma, mul(positions[j], greeks.gamma));
  });
  const { greeks, typicalPosition } = instruments[linear];
  const centre = div(delta, greeks.delta);
  const shift = mul(widestShift * typicalPosition, tanh(shiftOf(linear)));
  positions[linear] = place(linear, hasModelShift(inputs) ? add(centre, shift) : centre, gamma);
  return { positions, details: details as Values };
}

/** Ends of a band around a centre. */
function edges(
  { typicalPosition }: InstrumentView,
  logWidth: Num,
  centre: Num,
  [near1, near2, tilt, far1, far2]: readonly Expr[],
): { readonly low: Num; readonly high: Num } {
  const below = add(exp(add(logWidth, sub(near1, 0.7))), mul(typicalPosition, exp(sub(far1, 3))));
  const above = add(exp(add(logWidth, sub(near2, 0.7))), mul(typicalPosition, exp(sub(far2, 3))));
  const middle = add(centre, mul(mul(0.5, add(below, above)), tanh(tilt)));
  return { low: sub(middle, below), high: add(middle, above) };
}
