/**
 * Quotes that a model is not shown, to be asked about afterwards.
 *
 * Strikes: of each expiry's quotes by strike, the second, fifth, eighth, … are held out, never the first or the last,
 * so the question is one of interpolation. Expiries: whole expiries between the first and the last, spread evenly over
 * their ranks; one, the middle, unless more are asked for. Each is held out alone.
 */
import { type Chain, type CleanQuote, subsetChain } from "../market/index.ts";

/** A chain to fit and the quotes to ask about; null when there are too few quotes to hold any out. */
export interface HoldOut {
  readonly shown: Chain;
  readonly hidden: Chain;
}

/** Is the quote with this rank among `count` by strike held out? */
export const isHeldOutRank = (rank: number, count: number): boolean =>
  rank % 3 === 1 && rank < count - 1;

/** Every third strike of each expiry held out. */
export function holdOutStrikes(chain: Chain): HoldOut | null {
  const held = new Set<CleanQuote>(
    chain.expiries.flatMap(({ quotes }) =>
      quotes.filter((_, rank) => isHeldOutRank(rank, quotes.length)),
    ),
  );
  return split(chain, (quote) => held.has(quote));
}

/** Chains without one of their expiries, for `count` interior expiries. */
export function holdOutExpiries(chain: Chain, count = 1): HoldOut[] {
  return heldOutExpiryRanks(chain.expiries.length, count).flatMap((rank) => {
    const { expiryMs } = chain.expiries[rank];
    const part = split(chain, (_, own) => own === expiryMs);
    return part === null ? [] : [part];
  });
}

/** Ranks of the interior expiries to hold out: evenly spread, the middle one when it is one. */
export function heldOutExpiryRanks(expiries: number, count: number): number[] {
  const interior = expiries - 2;
  if (interior < 1) return [];
  const wanted = Math.min(count, interior);
  const ranks = Array.from(
    { length: wanted },
    (_, i) => 1 + Math.floor(((i + 0.5) * interior) / wanted),
  );
  return [...new Set(ranks)];
}

function split(
  chain: Chain,
  isHidden: (quote: CleanQuote, expiryMs: number) => boolean,
): HoldOut | null {
  const hidden = chain.expiries.flatMap(({ quotes, expiryMs }) =>
    quotes.filter((quote) => isHidden(quote, expiryMs)),
  ).length;
  const all = chain.expiries.reduce((sum, { quotes }) => sum + quotes.length, 0);
  if (hidden === 0 || hidden === all) return null;
  return {
    shown: subsetChain(chain, (quote, { expiryMs }) => !isHidden(quote, expiryMs)),
    hidden: subsetChain(chain, (quote, { expiryMs }) => isHidden(quote, expiryMs)),
  };
}
