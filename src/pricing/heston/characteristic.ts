/**
 * The logarithm of the characteristic function of X = ln(S_T/F), and its gradient in the parameters.
 *
 *   ln E[e^{iuX}] = C + D v₀ + λT (e^{iuμ_J − σ_J²u²/2} − 1 − iu g)
 *   m = iu + u²,  ξ = κ − νρ iu,  d² = ξ² + ν²m,  x = ξ − d = −ν²m/(ξ + d)
 *   y = x (1 − e^{−dT})/(2d),  D = −m (1 − e^{−dT})/(2d (1 + y)),  C = κθ/ν² (xT − 2 ln(1 + y))
 *
 * This form has neither a branch to follow nor a cancellation as ν → 0, u → 0, T → 0 or |ρ| → 1 (d² is collected in
 * powers of u, of which u² has the factor 1 − ρ²), and d = 0 is no pole.
 *
 * Complex numbers are pairs of locals: these functions are the inner loop of every price.
 *
 * Source  Heston (1993); Albrecher, Mayer, Schoutens & Tistaert (2007) for the branch; gradient as in Cui, del Baño
 * Rollin & Germano (2017), Proposition 2, for this form
 */
import type { BatesParams, HestonParams } from "./params.ts";

/** Parameters by position: v0, kappa, theta, nu, rho, lambda, jumpMean, jumpStdDev; five of them for Heston. */
export const BATES_PARAMETERS = 8;

/** Room for a value (re, im) and, after it, the gradient [parameter](re, im). */
export const characteristicRoom = (): Float64Array => new Float64Array(2 + 2 * BATES_PARAMETERS);

/** ln E[e^{iuX}] at u = ur + i ui.
 *
 * Shape   → out [≥ 2]: (re, im)
 * NaN, or a large real part, at and past the edges of the strip in which the moment exists (see explosion.ts).
 */
export function logCharacteristic(
  params: HestonParams | BatesParams,
  years: number,
  ur: number,
  ui: number,
  out: Float64Array,
): void {
  evaluate(params, years, ur, ui, out, false);
}

/** The same with its gradient.
 *
 * Shape   → out [2 + 2·8]: (re, im) of the value, then of each parameter's derivative; the last three are 0 for Heston
 */
export function logCharacteristicGradient(
  params: HestonParams | BatesParams,
  years: number,
  ur: number,
  ui: number,
  out: Float64Array,
): void {
  evaluate(params, years, ur, ui, out, true);
}

function evaluate(
  params: HestonParams | BatesParams,
  years: number,
  ur: number,
  ui: number,
  out: Float64Array,
  withGradient: boolean,
): void {
  const { v0, kappa, theta, nu, rho } = params;
  const nu2 = nu * nu;
  // iu, u², m = iu + u² = u(u + i)
  const iuR = -ui;
  const iuI = ur;
  const u2R = (ur - ui) * (ur + ui);
  const u2I = 2 * ur * ui;
  const mR = ur * ur - ui * (1 + ui);
  const mI = ur * (1 + 2 * ui);
  // ξ
  const xiR = kappa - nu * rho * iuR;
  const xiI = -nu * rho * iuI;
  // d² = κ² + ν(ν − 2κρ) iu + ν²(1 − ρ²) u²
  const linear = nu * (nu - 2 * kappa * rho);
  const square = nu2 * (1 - rho) * (1 + rho);
  const d2R = kappa * kappa + linear * iuR + square * u2R;
  const d2I = linear * iuI + square * u2I;
  // d, Re d ≥ 0
  const modulus = Math.sqrt(d2R * d2R + d2I * d2I);
  let dR: number;
  let dI: number;
  if (d2R >= 0) {
    dR = Math.sqrt(0.5 * (modulus + d2R));
    dI = dR === 0 ? 0 : (0.5 * d2I) / dR;
  } else {
    dI = Math.sqrt(0.5 * (modulus - d2R));
    if (d2I < 0) dI = -dI;
    dR = (0.5 * d2I) / dI;
  }
  // x/ν² and x, without the cancellation of ξ − d where Re(ξ d̄) > 0
  let ratioR: number;
  let ratioI: number;
  if (xiR * dR + xiI * dI >= 0) {
    const sR = xiR + dR;
    const sI = xiI + dI;
    const over = 1 / (sR * sR + sI * sI);
    ratioR = -(mR * sR + mI * sI) * over;
    ratioI = -(mI * sR - mR * sI) * over;
  } else {
    ratioR = (xiR - dR) / nu2;
    ratioI = (xiI - dI) / nu2;
  }
  // f = (1 − e^{−dT})/(2d)
  const zR = dR * years;
  const zI = dI * years;
  const decay = Math.exp(-zR);
  const cosZ = Math.cos(zI);
  const sinZ = Math.sin(zI);
  let fR: number;
  let fI: number;
  if (zR * zR + zI * zI < 1e-8) {
    // T/2 (1 − z/2 + z²/6)
    fR = 0.5 * years * (1 - zR / 2 + (zR * zR - zI * zI) / 6);
    fI = 0.5 * years * (-zI / 2 + (zR * zI) / 3);
  } else {
    const half = Math.sin(0.5 * zI);
    const qR = -Math.expm1(-zR) * cosZ + 2 * half * half;
    const qI = decay * sinZ;
    const over = 0.5 / (dR * dR + dI * dI);
    fR = (qR * dR + qI * dI) * over;
    fI = (qI * dR - qR * dI) * over;
  }
  // y/ν², 1 + y, D = −m f/(1 + y)
  const yR = ratioR * fR - ratioI * fI;
  const yI = ratioR * fI + ratioI * fR;
  const oneR = 1 + nu2 * yR;
  const oneI = nu2 * yI;
  const overOne = 1 / (oneR * oneR + oneI * oneI);
  const mfR = mR * fR - mI * fI;
  const mfI = mR * fI + mI * fR;
  const DR = -(mfR * oneR + mfI * oneI) * overOne;
  const DI = -(mfI * oneR - mfR * oneI) * overOne;
  // ln(1 + y)/ν²
  let logR = yR;
  let logI = yI;
  if (nu2 > 0) {
    const y2 = nu2 * (yR * yR + yI * yI);
    logR = (0.5 * Math.log1p(nu2 * (2 * yR + y2))) / nu2;
    logI = Math.atan2(oneI, oneR) / nu2;
  }
  const CR = kappa * theta * (ratioR * years - 2 * logR);
  const CI = kappa * theta * (ratioI * years - 2 * logI);
  out[0] = CR + DR * v0;
  out[1] = CI + DI * v0;
  if (withGradient) {
    shared.set([iuR, iuI, mR, mI, xiR, xiI, dR, dI, nu2 * ratioR, nu2 * ratioI]);
    shared.set([decay * cosZ, -decay * sinZ, fR, fI, oneR, oneI, DR, DI, CR, CI], 10);
    addGradient(params, years, out);
  }
  if ("lambda" in params && (params.lambda > 0 || withGradient)) {
    addJumps(params, years, iuR, iuI, u2R, u2I, out, withGradient);
  }
}

/** iu, m, ξ, d, x; e^{−dT}, f, 1 + y, D, C: what `evaluate` hands to the gradient, re and im. */
const shared = new Float64Array(20);

/** Derivatives of C + Dv₀ by v₀, κ, θ, ν and ρ. */
function addGradient(params: HestonParams, years: number, out: Float64Array): void {
  const { v0, kappa, theta, nu, rho } = params;
  const [iuR, iuI, mR, mI, xiR, xiI, dR, dI, xR, xI] = shared;
  const [eR, eI, fR, fI, oneR, oneI, DR, DI, CR, CI] = shared.subarray(10);
  out[2] = DR;
  out[3] = DI;
  out[6] = CR / theta;
  out[7] = CI / theta;
  // of κ, ν and ρ: dξ is 1, −ρ iu and −ν iu; d² gains νm dν through ν²m besides
  const overD = 1 / (dR * dR + dI * dI);
  const overY = 1 / (oneR * oneR + oneI * oneI);
  for (let which = 0; which < 3; which++) {
    const scale = which === 1 ? -rho : -nu;
    const dxiR = which === 0 ? 1 : scale * iuR;
    const dxiI = which === 0 ? 0 : scale * iuI;
    let nR = xiR * dxiR - xiI * dxiI;
    let nI = xiR * dxiI + xiI * dxiR;
    if (which === 1) {
      nR += nu * mR;
      nI += nu * mI;
    }
    const ddR = (nR * dR + nI * dI) * overD;
    const ddI = (nI * dR - nR * dI) * overD;
    const dxR = dxiR - ddR;
    const dxI = dxiI - ddI;
    // df = (T e^{−dT}/(2d) − f/d) d' = (½ T e^{−dT} − f)/d · d'
    const nextR = 0.5 * years * eR - fR;
    const nextI = 0.5 * years * eI - fI;
    const gR = (nextR * dR + nextI * dI) * overD;
    const gI = (nextI * dR - nextR * dI) * overD;
    const dfR = gR * ddR - gI * ddI;
    const dfI = gR * ddI + gI * ddR;
    // dy = x' f + x f'
    const dyR = dxR * fR - dxI * fI + xR * dfR - xI * dfI;
    const dyI = dxR * fI + dxI * fR + xR * dfI + xI * dfR;
    // dD = −(m f' + D y')/(1 + y)
    const aR = mR * dfR - mI * dfI + DR * dyR - DI * dyI;
    const aI = mR * dfI + mI * dfR + DR * dyI + DI * dyR;
    const dDR = -(aR * oneR + aI * oneI) * overY;
    const dDI = -(aI * oneR - aR * oneI) * overY;
    // d ln(1 + y) = y'/(1 + y)
    const lR = (dyR * oneR + dyI * oneI) * overY;
    const lI = (dyI * oneR - dyR * oneI) * overY;
    const factor = (kappa * theta) / (nu * nu);
    const own = which === 0 ? 1 / kappa : which === 1 ? -2 / nu : 0;
    const at = which === 0 ? 4 : which === 1 ? 8 : 10;
    out[at] = factor * (dxR * years - 2 * lR) + own * CR + dDR * v0;
    out[at + 1] = factor * (dxI * years - 2 * lI) + own * CI + dDI * v0;
  }
  out.fill(0, 12);
}

function addJumps(
  { lambda, jumpMean, jumpStdDev }: BatesParams,
  years: number,
  iuR: number,
  iuI: number,
  u2R: number,
  u2I: number,
  out: Float64Array,
  withGradient: boolean,
): void {
  const halfVariance = 0.5 * jumpStdDev * jumpStdDev;
  const aR = iuR * jumpMean - halfVariance * u2R;
  const aI = iuI * jumpMean - halfVariance * u2I;
  const half = Math.sin(0.5 * aI);
  const gain = Math.expm1(jumpMean + halfVariance);
  if (aR > 30) {
    // λT e^a may be moderate where e^a is beyond the largest number
    const size = Math.exp(aR + Math.log(lambda * years));
    out[0] += size * Math.cos(aI) - lambda * years * (1 + iuR * gain);
    out[1] += size * Math.sin(aI) - lambda * years * iuI * gain;
    return;
  }
  const size = Math.exp(aR);
  // e^a − 1, exact for small a
  const EmR = Math.expm1(aR) * Math.cos(aI) - 2 * half * half;
  const EI = size * Math.sin(aI);
  const byLambdaR = years * (EmR - iuR * gain);
  const byLambdaI = years * (EI - iuI * gain);
  out[0] += lambda * byLambdaR;
  out[1] += lambda * byLambdaI;
  if (!withGradient) return;
  const ER = EmR + 1;
  const mean = gain + 1;
  out[12] = byLambdaR;
  out[13] = byLambdaI;
  out[14] = lambda * years * (iuR * (ER - mean) - iuI * EI);
  out[15] = lambda * years * (iuI * (ER - mean) + iuR * EI);
  out[16] = lambda * years * jumpStdDev * (-(u2R * ER - u2I * EI) - iuR * mean);
  out[17] = lambda * years * jumpStdDev * (-(u2R * EI + u2I * ER) - iuI * mean);
}
