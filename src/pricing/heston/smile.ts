/**
 * All strikes of an expiry at once, with gradients: what calibration runs on.
 *
 *   call(k) = Black(k, w̄) − (e^{k/2}/π) ∫₀^∞ Re[e^{−iuk} (φ(u − i/2) − e^{−w̄(u² + ¼)/2})]/(u² + ¼) du
 *
 * Strikes share the characteristic function. The Black price of the mean variance w̄ takes the bulk of the integral, and
 * with it the poles at ±i/2: the integrand is analytic up to the moments' explosions. u = B sinh y, trapezoidal in y, bent
 * where strikes make the integrand turn, as in price.ts; absolute error about 1e-11 of the forward. Deep wings need
 * price.ts, which keeps relative accuracy.
 *
 * Source  Lewis (2000), Option valuation under stochastic volatility, chapter 2; Andersen & Piterbarg (2010), Interest
 * Rate Modeling, section 8.4, for the control variate
 */
import { blackOtm } from "../../formulas/index.ts";
import {
  BATES_PARAMETERS,
  characteristicRoom,
  logCharacteristic,
  logCharacteristicGradient,
} from "./characteristic.ts";
import { momentRange } from "./explosion.ts";
import {
  type BatesParams,
  type HestonParams,
  jumpDrift,
  totalVarianceScale,
  widestAngle,
} from "./params.ts";

/** ln(1/ε) of the rule, with room for what the integrand grows in its strip. */
const digits = 32;
/** Growth allowed across the strip, as exponents: of φ, and of e^{−iuk}. */
const momentGrowth = 4;
const strikeGrowth = 7;
const angleShare = 0.95;
const narrowestAngle = 0.02;
const negligible = 1e-13;
const mostNodes = 2000;

/** Arrays of one expiry's nodes, kept between calls. */
export interface SmileRoom {
  readonly uR: Float64Array;
  readonly uI: Float64Array;
  /** (φ − φ_Black)·weight: re, im */
  readonly valueR: Float64Array;
  readonly valueI: Float64Array;
  /** [parameter][node] */
  readonly gradientR: Float64Array;
  readonly gradientI: Float64Array;
  readonly scratch: Float64Array;
}

/** Room for `hestonSmile`. */
export function smileRoom(): SmileRoom {
  return {
    uR: new Float64Array(mostNodes),
    uI: new Float64Array(mostNodes),
    valueR: new Float64Array(mostNodes),
    valueI: new Float64Array(mostNodes),
    gradientR: new Float64Array(mostNodes * BATES_PARAMETERS),
    gradientI: new Float64Array(mostNodes * BATES_PARAMETERS),
    scratch: characteristicRoom(),
  };
}

/** Out-of-the-money prices per forward of one expiry and, where asked for, their gradients.
 *
 * Shape     k [strike], increasing → prices [strike], gradient [strike][parameter] (the first `parameters` of characteristic.ts)
 * Accuracy  as a rule below 1e-11 absolute, per unit of forward; up to 1e-6 where wide rare jumps meet a narrow diffusion
 */
export function hestonSmile(
  params: HestonParams | BatesParams,
  years: number,
  k: Float64Array,
  room: SmileRoom,
  prices: Float64Array,
  gradient?: Float64Array,
  parameters: number = BATES_PARAMETERS,
): void {
  const variance = totalVarianceScale(params, years);
  const wanted = gradient === undefined ? 0 : parameters;
  const contour = contourOf(params, years, k, room.scratch);
  const nodes = placeNodes(params, years, k, variance, contour, room, wanted);
  const { uR, uI, valueR, valueI, gradientR, gradientI } = room;
  const stdDev = Math.sqrt(variance);
  const isBent = contour.omega !== 0;
  const middle = middleOf(k);
  for (let i = 0; i < k.length; i++) {
    const strike = k[i] - middle;
    const scale = -Math.exp(0.5 * k[i]) / Math.PI;
    let sum = 0;
    gradient?.fill(0, i * wanted, (i + 1) * wanted);
    for (let j = 0; j < nodes; j++) {
      // e^{−iuk} = e^{Im u k} (cos − i sin)(Re u k), of which the nodes hold the middle strike's
      const size = isBent ? Math.exp(uI[j] * strike) : 1;
      const angle = uR[j] * strike;
      const c = size * Math.cos(angle);
      const s = size * Math.sin(angle);
      sum += c * valueR[j] + s * valueI[j];
      for (let p = 0; p < wanted; p++) {
        const at = p * mostNodes + j;
        gradient![i * wanted + p] += c * gradientR[at] + s * gradientI[at];
      }
    }
    prices[i] = blackOtm(k[i], stdDev) + scale * sum;
    for (let p = 0; p < wanted; p++) gradient![i * wanted + p] *= scale;
  }
}

const middleOf = (k: Float64Array): number => 0.5 * (k[0] + k[k.length - 1]);

/** u(y) = B (sinh(y + iω) − i sin ω), and the step in y. */
interface Contour {
  readonly scale: number;
  readonly omega: number;
  readonly step: number;
}

/** The contour for all strikes: bent halfway to where their integrands stop turning. */
function contourOf(
  params: HestonParams | BatesParams,
  years: number,
  k: Float64Array,
  scratch: Float64Array,
): Contour {
  const { v0, kappa, theta, nu, rho } = params;
  const { low, high } = momentRange(params, years);
  const pace = v0 + kappa * theta * years;
  const straight = pace * Math.sqrt((1 - rho) * (1 + rho));
  const drift = jumpDrift(params, years);
  const turn = (strike: number) => Math.atan2(pace * rho + (strike + drift) * nu, straight);
  const [first, last] = [turn(k[0]), turn(k[k.length - 1])];
  const wanted = -0.25 * (first + last);
  const widest = angleShare * widestAngle(params, years);
  const bend = Math.max(-0.5 * widest, Math.min(0.5 * widest, wanted));
  // a small bend is not worth an exponential for each node and strike
  const omega =
    Math.abs(bend) < 0.3 && 0.9 * (Math.PI / 2 - Math.max(-first, last)) > 0.5 ? 0 : bend;
  const decaying = Math.PI / 2 - Math.max(Math.abs(first + omega), Math.abs(last + omega));
  const angle = Math.max(narrowestAngle, Math.min(widest - Math.abs(omega), 0.95 * decaying));
  const farthest = Math.max(Math.abs(k[0]), Math.abs(k[k.length - 1]), 1e-9);
  let reach = Math.min(0.9 * Math.min(high - 0.5, 0.5 - low), strikeGrowth / farthest);
  while (growthAt(params, years, reach, scratch) > momentGrowth) reach *= 0.8;
  const sin = Math.sin(omega);
  const span = Math.max(
    Math.abs(Math.sin(omega + angle) - sin),
    Math.abs(Math.sin(omega - angle) - sin),
  );
  return { scale: reach / span, omega, step: (2 * Math.PI * angle) / digits };
}

/** ln of the larger of the moments of order ½ ± reach. */
function growthAt(
  params: HestonParams | BatesParams,
  years: number,
  reach: number,
  scratch: Float64Array,
): number {
  logCharacteristic(params, years, 0, -0.5 - reach, scratch);
  const right = scratch[0];
  logCharacteristic(params, years, 0, -0.5 + reach, scratch);
  return Number.isNaN(right + scratch[0]) ? Infinity : Math.max(right, scratch[0]);
}

/** Fills the nodes of an expiry; returns how many. */
function placeNodes(
  params: HestonParams | BatesParams,
  years: number,
  k: Float64Array,
  variance: number,
  { scale, omega, step }: Contour,
  room: SmileRoom,
  wanted: number,
): number {
  const { uR, uI, valueR, valueI, gradientR, gradientI, scratch } = room;
  const sin = Math.sin(omega);
  const cos = Math.cos(omega);
  const middle = middleOf(k);
  let n = 0;
  for (let quiet = 0; n < mostNodes && quiet < 2; n++) {
    const grow = Math.exp(n * step);
    const sinh = 0.5 * (grow - 1 / grow);
    const cosh = 0.5 * (grow + 1 / grow);
    const xR = scale * sinh * cos;
    const xI = scale * (cosh - 1) * sin;
    // u² + ¼ and u'(y)/(u² + ¼)
    const squareR = (xR - xI) * (xR + xI) + 0.25;
    const squareI = 2 * xR * xI;
    const over = ((n === 0 ? 0.5 : 1) * step * scale) / (squareR * squareR + squareI * squareI);
    const weightR = (cosh * cos * squareR + sinh * sin * squareI) * over;
    const weightI = (sinh * sin * squareR - cosh * cos * squareI) * over;
    if (wanted > 0) logCharacteristicGradient(params, years, xR, xI - 0.5, scratch);
    else logCharacteristic(params, years, xR, xI - 0.5, scratch);
    const phi = Math.exp(scratch[0] + xI * middle);
    const phiR = phi * Math.cos(scratch[1] - xR * middle);
    const phiI = phi * Math.sin(scratch[1] - xR * middle);
    const black = Math.exp(-0.5 * variance * squareR + xI * middle);
    const blackR = black * Math.cos(-0.5 * variance * squareI - xR * middle);
    const blackI = black * Math.sin(-0.5 * variance * squareI - xR * middle);
    uR[n] = xR;
    uI[n] = xI;
    valueR[n] = (phiR - blackR) * weightR - (phiI - blackI) * weightI;
    valueI[n] = (phiR - blackR) * weightI + (phiI - blackI) * weightR;
    const wholeR = phiR * weightR - phiI * weightI;
    const wholeI = phiR * weightI + phiI * weightR;
    for (let p = 0; p < wanted; p++) {
      const dR = scratch[2 + 2 * p];
      const dI = scratch[3 + 2 * p];
      gradientR[p * mostNodes + n] = wholeR * dR - wholeI * dI;
      gradientI[p * mostNodes + n] = wholeR * dI + wholeI * dR;
    }
    const growth = Math.exp(Math.abs(xI) * (k[k.length - 1] - middle));
    const size = growth * Math.max(phi, black) * (Math.abs(weightR) + Math.abs(weightI));
    quiet = size < negligible ? quiet + 1 : 0;
  }
  return n;
}
