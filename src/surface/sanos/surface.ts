/**
 * Laws at the expiries joined into a surface without static arbitrage at any date.
 *
 *   between T_j and T_{j+1}   atoms (1 − λ) q_j + λ q_{j+1}, kernel variance (1 − λ) v_j + λ v_{j+1}; λ(T) is such that
 *                             at-the-money total variance is linear in T
 *   before T_1                atoms 1 + √(T/T_1) (K_i − 1), kernel variance v_1 T/T_1
 *   after T_n                 the atoms of T_n, kernel variance v_n + (T/T_n − 1) w_n(0)
 *
 * Each of the three grows in convex order with T: a mixture moves towards the larger law, a dilation about the mean grows,
 * an independent factor of mean one only adds. Kernels do not shrink. So prices at fixed K/F do not fall in T.
 */
import { blackOtm } from "../../formulas/index.ts";
import { InputError } from "../../num/errors.ts";
import { type ModelSurface, surfaceOfVariance } from "../modelSurface.ts";
import { lawPrice, lawVariance, type SanosLaw } from "./law.ts";

/** Laws of dates between expiries that are kept for the next question. */
const rememberedDates = 64;

/** The surface of laws in convex order.
 *
 * Shape   years [expiry], increasing; laws [expiry]
 * Throws  InputError when the lengths differ or there are none
 */
export function surfaceOfLaws(years: ArrayLike<number>, laws: readonly SanosLaw[]): ModelSurface {
  if (laws.length === 0 || laws.length !== years.length) {
    throw new InputError(
      `surfaceOfLaws: expected one law for each of ${years.length} dates, got ${laws.length}. Pass at least one.`,
    );
  }
  const dates = Float64Array.from(years);
  const memory = new Map<number, SanosLaw>();
  return surfaceOfVariance(dates, (k, t) => {
    let law = memory.get(t);
    if (law === undefined) {
      law = lawAt(dates, laws, t);
      if (memory.size >= rememberedDates) memory.clear();
      memory.set(t, law);
    }
    return lawVariance(law, k);
  });
}

function lawAt(dates: Float64Array, laws: readonly SanosLaw[], t: number): SanosLaw {
  const right = dates.findIndex((date) => date >= t);
  if (right === 0) return dilated(laws[0], t / dates[0]);
  if (right < 0) {
    const last = laws[laws.length - 1];
    const more = (t / dates[dates.length - 1] - 1) * lawVariance(last, 0);
    return { ...last, kernelVariance: last.kernelVariance + more };
  }
  const share = (t - dates[right - 1]) / (dates[right] - dates[right - 1]);
  return share === 1 ? laws[right] : between(laws[right - 1], laws[right], share);
}

function dilated({ places, mass, kernelVariance }: SanosLaw, share: number): SanosLaw {
  const factor = Math.sqrt(share);
  return {
    places: places.map((k) => Math.log1p(factor * Math.expm1(k))),
    mass,
    kernelVariance: kernelVariance * share,
  };
}

/** The mixture whose at-the-money variance is `share` of the way. */
function between(earlier: SanosLaw, later: SanosLaw, share: number): SanosLaw {
  const from = lawVariance(earlier, 0);
  const to = lawVariance(later, 0);
  const target = blackOtm(0, Math.sqrt(from + share * (to - from)));
  // no room between the two to aim in
  if (!(to - from > 1e-12 * to)) return mixture(earlier, later, share);
  let [low, high] = [0, 1];
  for (let i = 0; i < 60 && high - low > 1e-15; i++) {
    const middle = 0.5 * (low + high);
    if (lawPrice(mixture(earlier, later, middle), 0) < target) low = middle;
    else high = middle;
  }
  return mixture(earlier, later, 0.5 * (low + high));
}

function mixture(earlier: SanosLaw, later: SanosLaw, share: number): SanosLaw {
  return {
    places: Float64Array.from([...earlier.places, ...later.places]),
    mass: Float64Array.from([
      ...earlier.mass.map((q) => (1 - share) * q),
      ...later.mass.map((q) => share * q),
    ]),
    kernelVariance: (1 - share) * earlier.kernelVariance + share * later.kernelVariance,
  };
}
