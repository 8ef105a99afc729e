/**
 * A law between two others in time: as close to linear total variance as the order in time allows.
 *
 *   minimise Σ_k |σ(k) − σ*(k)| to first order,  σ*² T = (1 − λ) w_1(k) + λ w_2(k),  subject to o_1 ≤ o ≤ o_2
 *
 * The knots are the later law's atoms and others evenly spaced. At these o_1 is a lower bound and, at the later atoms, o_2 an
 * upper bound of an unknown; as o is convex and o_2 linear between its atoms, that is the whole order. It can always be met:
 * o_1 at the knots, joined by lines, does.
 */
import { blackOtm } from "../../formulas/index.ts";
import { NumericalError } from "../../num/errors.ts";
import { linearProgram } from "../linearProgram.ts";
import { addLaw, addTarget, lawOf } from "./fitLaws.ts";
import { makeKnots, withPlaces } from "./knots.ts";
import { atomTimeValue, lawVariance, type SanosLaw } from "./law.ts";

/** Targets are this far apart within ±`reach`, in at-the-money deviations. */
const grid = { reach: 3.5, step: 0.25 } as const;
/** Knots in a kernel deviation. */
const knotsPerKernel = 1.6;
/** Knots are no nearer to an atom of the later law than this share of their spacing. */
const clearance = 0.4;
/** A vol point that is worth less than this share of the deviation is not seen. */
const leastUnit = 1e-9;

/** What the solver's residue may leave of a later price exceeded, units of F. */
const excessAllowed = 1e-9;

/** The law λ of the way from one to the other.
 *
 * Throws  NumericalError when the solver gives up
 */
export async function lawBetween(
  earlier: SanosLaw,
  later: SanosLaw,
  share: number,
): Promise<SanosLaw> {
  const wanted = (k: number): number =>
    (1 - share) * lawVariance(earlier, k) + share * lawVariance(later, k);
  const kernelVariance =
    earlier.kernelVariance + share * (later.kernelVariance - earlier.kernelVariance);
  const { places } = later;
  const s = Math.sqrt(wanted(0));
  const step = Math.sqrt(kernelVariance) / knotsPerKernel;
  const even = makeKnots(
    Math.min(places[0], -step),
    Math.max(places[places.length - 1], step),
    step,
    s,
  );
  const knots = withPlaces(even, places, clearance * step);
  const program = linearProgram();
  const strikes = Array.from(places, Math.exp);
  const ceilings = new Set(strikes);
  const offset = addLaw(program, knots, s, (K) => {
    const lower = atomTimeValue(earlier, K);
    return [lower, ceilings.has(K) ? Math.max(atomTimeValue(later, K), lower) : Infinity];
  });
  const law = { knots, offset, scale: s };
  const count = Math.round(grid.reach / grid.step);
  for (let i = -count; i <= count; i++) {
    const k = i * grid.step * s;
    const deviation = Math.sqrt(wanted(k));
    const mid = blackOtm(k, deviation);
    const unit = blackOtm(k, deviation + 0.01 * s) - mid;
    if (!(unit > leastUnit * s)) continue;
    const target = { k, mid, bid: mid, ask: mid, unit, weight: 1 };
    addTarget(program, law, kernelVariance, target, { midWeight: 0, margin: 0 });
  }
  const { values } = await program.solve("lawBetween");
  const between = lawOf(law, values, kernelVariance, earlier);
  const excess = Math.max(
    ...strikes.map((K) => atomTimeValue(between, K) - atomTimeValue(later, K)),
  );
  if (excess > excessAllowed) {
    throw new NumericalError(
      `lawBetween: expected a law below the later one, got ${excess.toExponential(1)} above it. Leave the gap as it is.`,
    );
  }
  return between;
}
