/**
 * A surface some time later, when nothing is known but its smiles: each expiry keeps its volatility at fixed k.
 *
 *   w'(k, T) = w(k, T + τ) · T / (T + τ)
 *
 * k = ln(K/F) is measured from the new forward, so this is the sticky-moneyness rule of practice; it is what a model
 * without dynamics has to say about the next snapshot.
 */
import { InputError } from "../num/errors.ts";
import { type ModelSurface, surfaceOfVariance } from "./modelSurface.ts";

/** The surface after `elapsedYears`; expiries that have passed are gone.
 *
 * Throws  InputError for negative time, or when every expiry has passed
 */
export function rollSurface(surface: ModelSurface, elapsedYears: number): ModelSurface {
  if (!(elapsedYears >= 0)) {
    throw new InputError(
      `rollSurface: expected elapsed years of at least 0, got ${elapsedYears}. Roll forward in time.`,
    );
  }
  const years = surface.years.filter((t) => t > elapsedYears).map((t) => t - elapsedYears);
  if (years.length === 0) {
    throw new InputError(
      `rollSurface: expected an expiry after ${elapsedYears} years, got ${surface.years.at(-1)} as the last. Roll by less.`,
    );
  }
  return surfaceOfVariance(
    years,
    (k, t) => (surface.totalVariance(k, t + elapsedYears) * t) / (t + elapsedYears),
  );
}
