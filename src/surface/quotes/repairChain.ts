/**
 * A chain with its arbitrage repaired: the same strikes, mid volatilities moved as little as possible.
 *
 * A moved quote keeps its half spread in volatility around the new mid, so that a reader of the result who takes the
 * middle of bid and ask finds the repaired mid. Quotes that are not moved keep their volatilities to the last bit.
 */
import { impliedTotalStdDev } from "../../formulas/index.ts";
import { type Chain, requoteChain } from "../../market/index.ts";
import { callQuotes } from "./callQuotes.ts";
import { type QuoteRepair, type RepairOptions, repairQuotes } from "./repair.ts";

export interface ChainRepair {
  readonly chain: Chain;
  /** Quotes in the order of the chain: expiry by expiry. */
  readonly repair: QuoteRepair;
  /** [quote] (repaired mid − mid) / half spread, in volatility. */
  readonly halfSpreads: Float64Array;
}

/** A price of intrinsic value alone has no volatility; it is given this one. */
const leastVol = 1e-6;
/** A half spread may take at most this share of its mid. */
const widestHalf = 0.999;

/** Repairs the mids of a chain.
 *
 * Throws  as `repairQuotes`
 */
export async function repairChain(chain: Chain, options: RepairOptions = {}): Promise<ChainRepair> {
  const repair = await repairQuotes(callQuotes(chain), options);
  const { moves } = repair;
  const halfSpreads = new Float64Array(moves.length);
  if (repair.moved === 0) return { chain, repair, halfSpreads };
  let i = 0;
  const repaired = requoteChain(chain, (quote, { yearsToExpiry }) => {
    const at = i++;
    if (moves[at] === 0) return quote;
    const price = Math.max(quote.mid + moves[at], 0);
    const vol = impliedTotalStdDev(price, quote.logMoneyness) / Math.sqrt(yearsToExpiry);
    const midVol = Math.max(vol, leastVol);
    const half = Math.min(quote.halfSpreadVol, widestHalf * midVol);
    halfSpreads[at] = (midVol - quote.midVol) / Math.max(quote.halfSpreadVol, Number.MIN_VALUE);
    return { bidVol: midVol - half, askVol: midVol + half };
  });
  return { chain: repaired, repair, halfSpreads };
}
