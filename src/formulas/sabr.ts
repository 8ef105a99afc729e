/**
 * SABR: closed-form smiles of  dF = α F^β dW,  dα = ν α dZ,  d⟨W,Z⟩ = ρ dt.
 *
 * Everything is per unit of forward: a = α F^{β−1}, k = ln(K/F), c = 1 − β, g = e^{ck/2}. Every form is
 *
 *   vol(k) = a · lead(k) · z/x(z) · (1 + T·[A a²/g² + β/4 · ρνa/g + (2 − 3ρ²)/24 · ν²]),   z = ν ζ(k)/a
 *
 *   form      lead(k)                            ζ(k)              A
 *   hagan     1/(g D(k))                         −g k              c²/24
 *   obloj     ck/(e^{ck} − 1)                    (1 − e^{ck})/c    c²/24
 *   normal    e^{βk/2} D₁(k)/D(k); β = 0: 1      −g k; 1 − e^k     −β(2 − β)/24
 *
 * with D(k) = 1 + c²k²/24 + c⁴k⁴/1920 and D₁ the same at c = 1. `normal` gives a Bachelier volatility over F.
 *
 * The usual x(z) = ln((q + z − ρ)/(1 − ρ)), q² = 1 − 2ρz + z², loses digits near z = 0, for z < 0 and for ρ near ±1.
 * It equals 2 artanh(z/(1 + q)); as log1p(2z/(q + 1 − z)) for 0 ≤ z ≤ 1 and log1p((q + z − 1)/(1 − ρ)) above, with
 * q² = (1 − z)² + 2z(1 − ρ), no term cancels, so that no series is needed; x(−z; −ρ) = −x(z; ρ) does the rest.
 * dx/dz = 1/q and dx/dρ = z²/(q(1 + q − ρz)).
 *
 * The bracket is an expansion in T: for long T and high ν the factor can reach 0, where no volatility exists. That is
 * an error here, never a clamp. Density may be negative far from the money long before: the model's fit looks for it.
 *
 * Source: P. Hagan, D. Kumar, A. Lesniewski and D. Woodward, Wilmott (2002), eqs. (2.17), (A.59), (A.67);
 * J. Obłój, "Fine-tune your smile", arXiv:0708.0998 (2008), eq. (3)
 */
import { InputError, NumericalError } from "../num/errors.ts";
import { requireFinite, requireNonNegative, requirePositive } from "./checkInputs.ts";

/** Which expansion: lognormal volatility by Hagan or with Obłój's leading term, or normal volatility by Hagan. */
export type SabrForm = "hagan" | "obloj" | "normal";

/** One option under SABR.
 *
 * Units   forward, strike, shift in one currency (F + shift follows the dynamics); alpha in currency^{1−β} per √year,
 *         nu per √year
 */
export interface SabrInputs {
  readonly forward: number;
  readonly strike: number;
  readonly yearsToExpiry: number;
  readonly alpha: number;
  readonly beta: number;
  readonly rho: number;
  readonly nu: number;
  readonly shift?: number;
}

/** Parameters of one expiry in the units of the formula: per unit of (shifted) forward. */
export interface SabrSlice {
  readonly form: SabrForm;
  readonly beta: number;
  readonly years: number;
  /** a = α F^{β−1}: α as a lognormal volatility. */
  readonly a: number;
  readonly rho: number;
  readonly nu: number;
}

/** What a strike contributes, whatever the parameters but β. */
export interface SabrStrike {
  readonly lead: number;
  readonly zeta: number;
  readonly g: number;
}

/** x(z) of the expansion, without cancellation; trusts |rho| < 1.
 *
 * Accuracy  relative error below 1e-15, but for the rounding of 1 − |rho| itself
 */
export function sabrX(z: number, rho: number): number {
  if (z < 0) return -sabrX(-z, -rho);
  const q = rootQ(z, rho);
  return Math.log1p(z <= 1 ? (2 * z) / (q + 1 - z) : (q + z - 1) / (1 - rho));
}

/** q = √(1 − 2ρz + z²) for z >= 0, as a sum of positive terms. */
function rootQ(z: number, rho: number): number {
  return Math.sqrt((1 - z) * (1 - z) + 2 * z * (1 - rho));
}

/** z/x(z), 1 at z = 0. */
function zOverX(z: number, rho: number): number {
  return z === 0 ? 1 : z / sabrX(z, rho);
}

/** The strike's part of the formula at k = ln(K/F). */
export function sabrStrike(form: SabrForm, beta: number, k: number): SabrStrike {
  if (form === "normal" && beta === 0) return { lead: 1, zeta: -Math.expm1(k), g: 1 };
  const c = 1 - beta;
  const u = c * k;
  const g = Math.exp(0.5 * u);
  if (form === "obloj") {
    const growth = u === 0 ? 1 : Math.expm1(u) / u;
    return { lead: 1 / growth, zeta: -k * growth, g };
  }
  const series = evenSeries(u);
  if (form === "hagan") return { lead: 1 / (g * series), zeta: -g * k, g };
  return { lead: (Math.exp(0.5 * beta * k) * evenSeries(k)) / series, zeta: -g * k, g };
}

/** 1 + u²/24 + u⁴/1920: sinh(u/2)/(u/2) to fourth order. */
function evenSeries(u: number): number {
  const u2 = u * u;
  return 1 + (u2 / 24) * (1 + u2 / 80);
}

/** Coefficients A and B of a²/g² and of ρνa/g in the time correction. */
function timeCoefficients(form: SabrForm, beta: number): { A: number; B: number } {
  const A = form === "normal" ? (-beta * (2 - beta)) / 24 : (1 - beta) ** 2 / 24;
  return { A, B: beta / 4 };
}

/** The factor 1 + T·[…] at a strike. At or below 0 the expansion has no volatility. */
export function sabrTimeFactor(slice: SabrSlice, g: number): number {
  const { a, rho, nu } = slice;
  const { A, B } = timeCoefficients(slice.form, slice.beta);
  const scaled = a / g;
  const spread = ((2 - 3 * rho * rho) / 24) * nu * nu;
  return 1 + slice.years * (A * scaled * scaled + B * rho * nu * scaled + spread);
}

/** Volatility at a strike, over F for the normal form; not positive where the time factor is not: check it. */
export function sabrSliceVol(slice: SabrSlice, strike: SabrStrike): number {
  const h = zOverX((slice.nu * strike.zeta) / slice.a, slice.rho);
  return slice.a * strike.lead * h * sabrTimeFactor(slice, strike.g);
}

/** Volatility and its derivatives in a, ρ and ν.
 *
 * Shape   → out [4]: vol, ∂/∂a, ∂/∂ρ, ∂/∂ν
 */
export function sabrSliceGradient(slice: SabrSlice, strike: SabrStrike, out: Float64Array): void {
  const { a, rho, nu, years } = slice;
  const { lead, zeta, g } = strike;
  const { A, B } = timeCoefficients(slice.form, slice.beta);
  const z = (nu * zeta) / a;
  const q = z < 0 ? rootQ(-z, -rho) : rootQ(z, rho);
  const x = sabrX(z, rho);
  const h = z === 0 ? 1 : z / x;
  // The quotient (1 − h/q)/x is 0/0 at z = 0; its series there.
  const hz = Math.abs(z) < 1e-4 ? -rho / 2 + ((2 - 3 * rho * rho) / 6) * z : (1 - h / q) / x;
  const hRho = (-h * h * z) / (q * (1 + q - rho * z));
  const scaled = a / g;
  const cross = B * nu * scaled;
  const spread = (2 - 3 * rho * rho) / 24;
  const factor = 1 + years * (A * scaled * scaled + rho * cross + spread * nu * nu);
  out[0] = a * lead * h * factor;
  out[1] = lead * ((h - z * hz) * factor + h * years * (2 * A * scaled * scaled + rho * cross));
  out[2] = a * lead * (hRho * factor + h * years * (cross - (rho * nu * nu) / 4));
  out[3] = lead * (zeta * hz * factor + a * h * years * (B * rho * scaled + 2 * spread * nu));
}

/** a of the smile whose volatility at the forward is `atmVol`: the smallest positive root of
 * a(1 + T[A a² + B ρν a + (2 − 3ρ²)/24 ν²]) = atmVol, in which β = 1 leaves a quadratic. NaN when there is none.
 */
export function sabrAFromAtm(slice: Omit<SabrSlice, "a">, atmVol: number): number {
  const { rho, nu, years } = slice;
  const { A, B } = timeCoefficients(slice.form, slice.beta);
  // In y = a/atmVol the cubic is d3 y³ + d2 y² + d1 y = 1, with coefficients of size 1 or less.
  const d3 = years * A * atmVol * atmVol;
  const d2 = years * B * rho * nu * atmVol;
  const d1 = 1 + years * ((2 - 3 * rho * rho) / 24) * nu * nu;
  return atmVol * (d3 === 0 ? quadraticRoot(d2, d1) : cubicRoot(d3, d2, d1));
}

/** Smallest y > 0 with d2 y² + d1 y = 1, or NaN. */
function quadraticRoot(d2: number, d1: number): number {
  const root = Math.sqrt(d1 * d1 + 4 * d2);
  if (d1 > 0) return 2 / (d1 + root);
  return d2 > 0 ? (root - d1) / (2 * d2) : Number.NaN;
}

/** Smallest y > 0 with d3 y³ + d2 y² + d1 y = 1, or NaN: Newton inside the first stretch on which the cubic rises
 * through 1. Closed forms lose digits where roots are far apart. */
function cubicRoot(d3: number, d2: number, d1: number): number {
  const excess = (y: number): number => ((d3 * y + d2) * y + d1) * y - 1;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (const turn of turningPoints(d3, d2, d1)) {
    if (excess(turn) >= 0) {
      high = turn;
      break;
    }
    low = turn;
  }
  if (high === Number.POSITIVE_INFINITY) {
    if (d3 < 0) return Number.NaN;
    high = Math.max(1, 2 * low);
    while (excess(high) < 0) high *= 2;
  }
  let y = d1 > 0 && 1 / d1 > low && 1 / d1 < high ? 1 / d1 : 0.5 * (low + high);
  for (let i = 0; i < 200; i++) {
    const value = excess(y);
    if (value < 0) low = y;
    else high = y;
    const newton = y - value / ((3 * d3 * y + 2 * d2) * y + d1);
    const next = newton >= low && newton <= high ? newton : 0.5 * (low + high);
    if (Math.abs(next - y) <= 1e-16 * y) return next;
    y = next;
  }
  return y;
}

/** Positive roots of 3 d3 y² + 2 d2 y + d1, increasing. */
function turningPoints(d3: number, d2: number, d1: number): number[] {
  const discriminant = d2 * d2 - 3 * d3 * d1;
  if (!(discriminant > 0)) return [];
  const larger = -(d2 + Math.sign(d2 || 1) * Math.sqrt(discriminant));
  return [larger / (3 * d3), d1 / larger].filter((y) => y > 0).sort((p, q) => p - q);
}

function checkDynamics(where: string, inputs: Omit<SabrInputs, "strike" | "alpha">): void {
  const { beta, rho } = inputs;
  requireNonNegative(where, "yearsToExpiry", inputs.yearsToExpiry);
  requireNonNegative(where, "nu", inputs.nu);
  requireFinite(where, "shift", inputs.shift ?? 0);
  if (!(beta >= 0 && beta <= 1)) {
    throw new InputError(`${where}: expected beta in [0, 1], got ${beta}. Take 1 for lognormal.`);
  }
  if (!(rho > -1 && rho < 1)) {
    throw new InputError(`${where}: expected rho in (-1, 1), got ${rho}. Keep away from ±1.`);
  }
}

/** Implied volatility under SABR: Black's (of F + shift, K + shift) or, for `normal`, Bachelier's.
 *
 * Units     as `SabrInputs`; lognormal volatility as a decimal, normal volatility in currency, both per √year
 * Accuracy  relative error below 1e-14 for the formula itself (reference values at 50 digits)
 * Throws    InputError for parameters out of range, or forward or strike not above −shift (`normal` with β = 0 takes
 *           any sign); NumericalError where the time correction is not positive
 * Source    Hagan et al. (2002), eqs. (2.17), (A.59); Obłój (2008), eq. (3)
 * @example  sabrVol("hagan", { forward: 100, strike: 80, yearsToExpiry: 1, alpha: 0.3, beta: 1, rho: -0.6, nu: 0.8 })
 *           // 0.35422615022002135
 */
export function sabrVol(form: SabrForm, inputs: SabrInputs): number {
  const where = "sabrVol";
  const { forward, strike, yearsToExpiry: years, alpha, beta, rho, nu, shift = 0 } = inputs;
  checkDynamics(where, inputs);
  requirePositive(where, "alpha", alpha);
  const isExactNormal = form === "normal" && beta === 0;
  const unit = isExactNormal ? 1 : forward + shift;
  if (isExactNormal) {
    requireFinite(where, "forward", forward);
    requireFinite(where, "strike", strike);
  } else {
    requirePositive(where, "forward + shift", unit);
    requirePositive(where, "strike + shift", strike + shift);
  }
  const slice = { form, beta, years, a: alpha * unit ** (beta - 1), rho, nu };
  const at = isExactNormal
    ? { lead: 1, zeta: forward - strike, g: 1 }
    : sabrStrike(form, beta, shiftedLogMoneyness(forward, strike, shift));
  const factor = sabrTimeFactor(slice, at.g);
  if (!(factor > 0)) {
    throw new NumericalError(
      `${where}: expected a positive time correction, got ${factor} for T = ${years}, nu = ${nu}, rho = ${rho}. The expansion does not reach that far: shorten T or lower nu.`,
      factor,
    );
  }
  const vol = sabrSliceVol(slice, at);
  return form === "normal" ? unit * vol : vol;
}

/** ln((K + s)/(F + s)); near the money from K − F, which is exact. */
function shiftedLogMoneyness(forward: number, strike: number, shift: number): number {
  const ratio = (strike + shift) / (forward + shift);
  if (ratio > 0.5 && ratio < 2) return Math.log1p((strike - forward) / (forward + shift));
  return Math.log(ratio);
}

/** α that gives a volatility at the forward: the smallest positive root of the cubic.
 *
 * Units     as `sabrVol`: `atmVol` is lognormal for `hagan` and `obloj`, normal for `normal`
 * Throws    InputError for parameters out of range; NumericalError when no positive α gives this volatility
 * Source    Hagan et al. (2002), eq. (2.18) and its use there
 */
export function sabrAlphaFromAtm(
  form: SabrForm,
  inputs: Omit<SabrInputs, "strike" | "alpha"> & { readonly atmVol: number },
): number {
  const where = "sabrAlphaFromAtm";
  const { forward, yearsToExpiry: years, beta, rho, nu, shift = 0, atmVol } = inputs;
  checkDynamics(where, inputs);
  requirePositive(where, "atmVol", atmVol);
  const unit = form === "normal" && beta === 0 ? 1 : forward + shift;
  requirePositive(where, "forward + shift", unit);
  const relative = form === "normal" ? atmVol / unit : atmVol;
  const a = sabrAFromAtm({ form, beta, years, rho, nu }, relative);
  if (!(a > 0)) {
    throw new NumericalError(
      `${where}: expected an alpha for atmVol = ${atmVol}, got none for T = ${years}, nu = ${nu}, rho = ${rho}. The time correction cannot reach that volatility: shorten T or lower nu.`,
    );
  }
  return a * unit ** (1 - beta);
}
