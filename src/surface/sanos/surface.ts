/**
 * Laws at the expiries joined into a surface without static arbitrage at any date.
 *
 *   between T_j and T_{j+1}   laws of dates in between, close to linear total variance (lawBetween.ts); between two such
 *                             neighbours atoms (1 − λ) q + λ q', kernel variance (1 − λ) v + λ v', with λ(T) such that
 *                             at-the-money total variance is linear in T between them
 *   before T_1                atoms 1 + √(T/T_1) (x − 1), kernel variance v_1 T/T_1
 *   after T_n                 the atoms of T_n, kernel variance v_n + (T/T_n − 1) w_n(0)
 *
 * Each of these grows in convex order with T: a mixture moves towards the larger law, a dilation about the mean grows, an
 * independent factor of mean one only adds. Kernels do not shrink. So prices at fixed K/F do not fall in T.
 */
import { blackOtm } from "../../formulas/index.ts";
import { InputError, NumericalError } from "../../num/errors.ts";
import { type ModelSurface, surfaceOfVariance } from "../modelSurface.ts";
import { lawPrice, lawVariance, type SanosLaw } from "./law.ts";
import { lawBetween } from "./lawBetween.ts";

export interface LawSurfaceOptions {
  /** Largest ratio of at-the-money variances of neighbouring laws: gaps that are wider get dates of their own. */
  readonly varianceRatio?: number;
  /** But no more than this many. */
  readonly datesInGap?: number;
}

export const lawSurfaceDefaults = { varianceRatio: 1.4, datesInGap: 3 } as const;

/** Laws of dates between expiries that are kept for the next question. */
const rememberedDates = 64;

/** A law and its date. */
interface DatedLaw {
  readonly years: number;
  readonly law: SanosLaw;
}

/** The surface of laws in convex order.
 *
 * Shape   years [expiry], increasing; laws [expiry]
 * Throws  InputError when the lengths differ or there are none
 */
export async function surfaceOfLaws(
  years: ArrayLike<number>,
  laws: readonly SanosLaw[],
  options: LawSurfaceOptions = {},
): Promise<ModelSurface> {
  if (laws.length === 0 || laws.length !== years.length) {
    throw new InputError(
      `surfaceOfLaws: expected one law for each of ${years.length} dates, got ${laws.length}. Pass at least one.`,
    );
  }
  const settings = { ...lawSurfaceDefaults, ...options };
  const nodes: DatedLaw[] = [{ years: years[0], law: laws[0] }];
  for (let j = 1; j < laws.length; j++) {
    const later = { years: years[j], law: laws[j] };
    nodes.push(...(await lawsInGap(nodes[nodes.length - 1], later, settings)), later);
  }
  const memory = new Map<number, SanosLaw>();
  return surfaceOfVariance(years, (k, t) => {
    let law = memory.get(t);
    if (law === undefined) {
      law = lawAt(nodes, t);
      if (memory.size >= rememberedDates) memory.clear();
      memory.set(t, law);
    }
    return lawVariance(law, k);
  });
}

/** Laws between two expiries, evenly spaced in at-the-money variance; as many as the solver gives. */
async function lawsInGap(
  earlier: DatedLaw,
  later: DatedLaw,
  { varianceRatio, datesInGap }: Required<LawSurfaceOptions>,
): Promise<DatedLaw[]> {
  const ratio = lawVariance(later.law, 0) / lawVariance(earlier.law, 0);
  const wanted = Math.ceil(Math.log(Math.max(ratio, 1)) / Math.log(varianceRatio)) - 1;
  const count = Math.min(Math.max(wanted, 0), datesInGap);
  const out: DatedLaw[] = [];
  let last = earlier;
  for (let i = 0; i < count; i++) {
    // of what is left of the gap, as each law is bounded by the one before
    const share = 1 / (count + 1 - i);
    try {
      const law = await lawBetween(last.law, later.law, share);
      last = { years: last.years + share * (later.years - last.years), law };
      out.push(last);
    } catch (error) {
      // the gap stays as wide as it is: the mixture has no arbitrage either
      if (error instanceof NumericalError) break;
      throw error;
    }
  }
  return out;
}

function lawAt(nodes: readonly DatedLaw[], t: number): SanosLaw {
  const right = nodes.findIndex(({ years }) => years >= t);
  if (right >= 0 && nodes[right].years === t) return nodes[right].law;
  if (right === 0) return dilated(nodes[0].law, t / nodes[0].years);
  const { law, years } = nodes[right < 0 ? nodes.length - 1 : right - 1];
  if (right < 0) {
    const more = (t / years - 1) * lawVariance(law, 0);
    return { ...law, kernelVariance: law.kernelVariance + more };
  }
  return between(law, nodes[right].law, (t - years) / (nodes[right].years - years));
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
  // no room between the two to aim in
  if (!(to - from > 1e-12 * to)) return mixture(earlier, later, share);
  const target = blackOtm(0, Math.sqrt(from + share * (to - from)));
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
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
