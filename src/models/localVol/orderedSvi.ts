/**
 * SVI smiles in calendar order: each expiry's total variance at or above that of the expiry before.
 *
 * Expiries are fitted from the first to the last. Where a smile would dip below the one before it, within `reach`
 * standard deviations, it is fitted again with quotes of our own there, just above the earlier smile, whose weight
 * grows until the dip is gone. Quotes that contradict the order themselves (a real calendar arbitrage of the mids)
 * are then missed, and a dip that will not go is left for Dupire's formula to report.
 *
 * Source  Gatheral & Jacquier (2014), Lemma 2.1 for the order; section 5.2 for fitting expiry after expiry
 */
import { type SviRaw, sviVariance } from "../../formulas/index.ts";
import type { SmileQuotes } from "../smileQuotes.ts";
import { fitSviSlice } from "../svi/sliceFit.ts";

/** At-the-money standard deviations within which the order is kept. */
const reach = 7;
/** Places looked at, and the least growth of total variance asked of them. */
const places = 71;
const leastGrowth = 0.01;
const rounds = 6;

export interface OrderedFit {
  readonly raw: SviRaw;
  readonly converged: boolean;
  readonly freeParameters: number;
}

/** SVI smiles of all expiries.
 *
 * Shape   smiles [expiry] by time → [expiry]
 */
export function fitOrderedSvi(smiles: readonly SmileQuotes[]): OrderedFit[] {
  const fits: OrderedFit[] = [];
  for (const smile of smiles) fits.push(fitAbove(smile, fits.at(-1)?.raw));
  return fits;
}

/** The best smile of the quotes that stays above an earlier one, as far as that can be had. */
function fitAbove(smile: SmileQuotes, before: SviRaw | undefined): OrderedFit {
  let fit = fitSviSlice(smile);
  if (before === undefined) return fit;
  const freeParameters = fit.freeParameters;
  const added = new Map<number, number>();
  const typical = Float64Array.from(smile.weight).sort()[smile.weight.length >> 1];
  for (let round = 0; round < rounds; round++) {
    const dips = dipsOf(smile, fit.raw, before);
    if (dips.length === 0) break;
    for (const k of dips) added.set(k, (added.get(k) ?? 0.2 * typical) * 2.5);
    fit = fitSviSlice(withQuotes(smile, before, added));
  }
  return { raw: fit.raw, converged: fit.converged, freeParameters };
}

/** Log-moneyness at which a smile lies below the earlier one. */
function dipsOf({ atmVariance }: SmileQuotes, raw: SviRaw, before: SviRaw): number[] {
  const unit = Math.sqrt(Math.max(atmVariance, sviVariance(before, 0)));
  return Array.from(
    { length: places },
    (_, i) => reach * unit * ((2 * i) / (places - 1) - 1),
  ).filter((k) => sviVariance(raw, k) < sviVariance(before, k));
}

/** The quotes and ours, by increasing k. */
function withQuotes(
  smile: SmileQuotes,
  before: SviRaw,
  added: ReadonlyMap<number, number>,
): SmileQuotes {
  const rows = [
    ...Array.from(smile.k, (k, i) => ({ k, w: smile.w[i], weight: smile.weight[i] })),
    ...Array.from(added, ([k, weight]) => ({
      k,
      w: (1 + leastGrowth) * sviVariance(before, k),
      weight,
    })),
  ].sort((a, b) => a.k - b.k);
  return {
    ...smile,
    k: Float64Array.from(rows, (row) => row.k),
    w: Float64Array.from(rows, (row) => row.w),
    midVol: Float64Array.from(rows, (row) => Math.sqrt(row.w / smile.years)),
    weight: Float64Array.from(rows, (row) => row.weight),
  };
}
