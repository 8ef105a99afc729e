/**
 * Bid and ask from two hedges: of the position, and of its opposite.
 *
 * Who takes a position on must be paid its risk. For a package with a positive fair value, the side that owes it gives the ask
 * and the side that is owed it gives the bid, with its sign turned.
 */
import type { HedgeDocument } from "./document.ts";

/** One side. */
export interface QuoteSide {
  readonly price: number;
  readonly standardError: number;
}

/** A quote; amounts in `currency`. */
export interface TwoSidedQuote {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly summary: string;
  /** What is priced. */
  readonly package: string;
  readonly currency: string;
  /** Null where the risk measure is no amount of money. */
  readonly ask: QuoteSide | null;
  readonly bid: QuoteSide | null;
  readonly fairValue: number;
  readonly seed: number;
  readonly configFingerprint: string;
  readonly cost: HedgeDocument["cost"];
}

/** The quote of a position from its document and that of its opposite. */
export function twoSidedQuote(own: HedgeDocument, opposite: HedgeDocument): TwoSidedQuote {
  const isOwed = own.fairValue >= 0;
  const [seller, buyer] = isOwed ? [own, opposite] : [opposite, own];
  const { name, summary, currency, seed, configFingerprint } = own;
  return {
    schemaVersion: 1,
    name,
    summary,
    package: isOwed ? "what the desk has sold: the position with its sign turned" : "the position",
    currency,
    ask:
      seller.price === null ? null : { price: seller.price, standardError: seller.standardError },
    bid: buyer.price === null ? null : { price: -buyer.price, standardError: buyer.standardError },
    fairValue: Math.abs(own.fairValue),
    seed,
    configFingerprint,
    cost: {
      seconds: own.cost.seconds + opposite.cost.seconds,
      threads: own.cost.threads,
    },
  };
}
