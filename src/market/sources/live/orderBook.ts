/**
 * An order book kept from its changes: a snapshot, then changes that each name the change before them.
 *
 * A change whose `prev_change_id` is not the last one seen means that one was lost. The book is then unknown
 * until the next snapshot, and gives no top.
 */
import { InputError } from "../../../num/errors.ts";
import type { RowOf } from "../../store/kinds.ts";
import { checked, schemas } from "./schema.ts";

/** What a message did to the book. */
export type BookUpdate = "applied" | "gap" | "waiting";

/** A book of one instrument. */
export interface OrderBook {
  /** Applies one message; `waiting` when there was no snapshot yet (or none since a gap).
   *
   * Throws  InputError when the message is not what the exchange promises; the book is then unknown, too
   */
  apply(data: unknown): BookUpdate;
  /** The top, or null while the book is unknown or is crossed. */
  top(knownMs: number): RowOf<"book"> | null;
}

/** An empty book that waits for its snapshot. */
export function orderBook(instrument: string): OrderBook {
  const bids = new Map<number, number>();
  const asks = new Map<number, number>();
  let changeId: number | null = null;
  let eventMs = 0;
  const apply = (data: unknown): BookUpdate => {
    const source = `book ${instrument}`;
    const message = checked(source, schemas.book, data);
    if (message.instrument_name !== instrument) {
      throw new InputError(
        `${source}: expected its own instrument, got ${message.instrument_name}.`,
      );
    }
    if (message.type === "snapshot") {
      bids.clear();
      asks.clear();
    } else if (changeId === null) return "waiting";
    else if (message.change_id === changeId) return "applied";
    else if (message.prev_change_id !== changeId) {
      changeId = null;
      return "gap";
    }
    for (const [action, price, amount] of message.bids) change(bids, action, price, amount);
    for (const [action, price, amount] of message.asks) change(asks, action, price, amount);
    changeId = message.change_id;
    eventMs = message.timestamp;
    return "applied";
  };
  return {
    apply(data) {
      try {
        return apply(data);
      } catch (error) {
        changeId = null;
        throw error;
      }
    },
    top(knownMs) {
      if (changeId === null) return null;
      const bid = bids.size === 0 ? null : Math.max(...bids.keys());
      const ask = asks.size === 0 ? null : Math.min(...asks.keys());
      if (bid !== null && ask !== null && bid >= ask) return null;
      return {
        eventMs,
        knownMs: Math.max(knownMs, eventMs),
        instrument,
        bid,
        bidAmount: bid === null ? null : (bids.get(bid) ?? null),
        bidDepth: sum(bids),
        ask,
        askAmount: ask === null ? null : (asks.get(ask) ?? null),
        askDepth: sum(asks),
        changeId,
      };
    },
  };
}

function change(side: Map<number, number>, action: string, price: number, amount: number): void {
  if (action === "delete") side.delete(price);
  else side.set(price, amount);
}

const sum = (side: ReadonlyMap<number, number>): number =>
  [...side.values()].reduce((total, amount) => total + amount, 0);
