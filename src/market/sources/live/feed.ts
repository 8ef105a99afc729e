/**
 * From subscription messages to rows: checked one by one, the newest of each instrument kept until it is taken.
 *
 * A message becomes a row only when it is what the exchange promises (schema.ts) and its time has come by the
 * exchange's own clock. What is not is refused: counted, handed to `onRefused`, never stored. A message that
 * repeats the last one, or is older than it, is counted and dropped.
 */
import { InputError } from "../../../num/errors.ts";
import { type Kind, kinds, mergeGroups, type RowGroup } from "../../store/kinds.ts";
import { underlyingOf } from "../deribitRows.ts";
import { checked, schemas } from "./schema.ts";
import { FutureTimeError, messageRow, type Reception, refuseFuture } from "./liveRows.ts";
import { type OrderBook, orderBook } from "./orderBook.ts";

/** Why something was refused. */
export type RefusalReason = "malformed" | "schema" | "future";

/** Something that was not stored. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** Channel or method that it came by. */
  readonly source: string;
  /** What was expected and what came. */
  readonly detail: string;
  /** The thing itself. */
  readonly message: unknown;
}

/** How many messages met which end. */
export interface FeedCounts {
  messages: number;
  /** Became the newest of their instrument. */
  accepted: number;
  duplicates: number;
  outOfOrder: number;
  bookGaps: number;
}

/** Takes messages, gives rows. */
export interface Feed {
  readonly counts: Readonly<FeedCounts>;
  /** One message; `receivedMs` by this machine's clock. */
  accept(channel: string, data: unknown, receivedMs: number): void;
  /** A row that did not come by a subscription. */
  add(group: RowGroup): void;
  /** What is to be known about a reception at this time. */
  reception(receivedMs: number): Reception;
  /** Says by how much the exchange's clock is ahead of this machine's. */
  setSkew(skewMs: number): void;
  /** Rows since the last call: the newest of each instrument, index and book. */
  drain(): RowGroup[];
  /** Books begin anew with the next snapshot. */
  forgetBooks(): void;
}

/** What a feed needs. */
export interface FeedOptions {
  readonly venue: string;
  /** How far an item's time may be ahead of the exchange's clock as this machine knows it. */
  readonly toleranceMs: number;
  readonly onRefused: (refusal: Refusal) => void;
  /** The book of this channel has lost a change and needs a new snapshot. */
  readonly onBookGap: (channel: string) => void;
}

/** A feed without messages. */
export function deribitFeed({ venue, toleranceMs, onRefused, onBookGap }: FeedOptions): Feed {
  const counts: FeedCounts = {
    messages: 0,
    accepted: 0,
    duplicates: 0,
    outOfOrder: 0,
    bookGaps: 0,
  };
  const waiting = new Map<string, RowGroup>();
  const last = new Map<string, RowGroup["rows"][0]>();
  const books = new Map<string, OrderBook>();
  let skewMs = 0;
  const reception = (receivedMs: number): Reception => ({
    venue,
    receivedMs: receivedMs + Math.max(0, skewMs),
    latestMs: receivedMs + skewMs + toleranceMs,
  });
  const add = (group: RowGroup): void => {
    for (const row of group.rows) {
      const key = keyOf(group, row);
      const before = last.get(key);
      if (before !== undefined && row.eventMs < before.eventMs) counts.outOfOrder++;
      else if (before !== undefined && isSame(group.kind, row, before)) counts.duplicates++;
      else {
        last.set(key, row);
        waiting.set(key, { ...group, rows: [row] } as RowGroup);
        counts.accepted++;
      }
    }
  };
  const applyBook = (channel: string, name: string, data: unknown, at: Reception): void => {
    const { timestamp } = checked(channel, schemas.book, data);
    refuseFuture(channel, timestamp, at.latestMs);
    let book = books.get(channel);
    if (book === undefined) books.set(channel, (book = orderBook(name)));
    const update = book.apply(data);
    if (update === "gap") {
      counts.bookGaps++;
      onBookGap(channel);
    }
    const top = update === "applied" ? book.top(at.receivedMs) : null;
    if (top !== null) add({ kind: "book", venue, underlying: underlyingOf(name), rows: [top] });
  };
  return {
    counts,
    accept(channel, data, receivedMs) {
      counts.messages++;
      const [topic, name] = channel.split(".");
      try {
        if (topic === "book") applyBook(channel, name, data, reception(receivedMs));
        else add(messageRow(channel, data, reception(receivedMs)));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const reason = error instanceof FutureTimeError ? "future" : "schema";
        onRefused({ reason, source: channel, detail: error.message, message: data });
        if (topic !== "book") return;
        // A change that cannot be used is a lost one.
        books.delete(channel);
        onBookGap(channel);
      }
    },
    add,
    reception,
    setSkew(value) {
      skewMs = value;
    },
    drain() {
      const groups = mergeGroups([...waiting.values()]);
      waiting.clear();
      return groups;
    },
    forgetBooks: () => books.clear(),
  };
}

type AnyRow = Readonly<Record<string, unknown>>;

function keyOf({ kind, underlying }: RowGroup, row: RowGroup["rows"][0]): string {
  const values = row as unknown as AnyRow;
  const key = kinds[kind].key.map((column) => String(values[column]));
  // Bars of an index are each an observation of their own; of what is watched, only the newest counts.
  const time = Number(values.intervalMs ?? 0) > 0 ? row.eventMs : "";
  return [kind, underlying, ...key, time].join(" ");
}

/** True when two rows of an instrument say the same of the same time. */
function isSame(kind: Kind, a: RowGroup["rows"][0], b: RowGroup["rows"][0]): boolean {
  const [left, right] = [a as unknown as AnyRow, b as unknown as AnyRow];
  return (
    a.eventMs === b.eventMs &&
    Object.keys(kinds[kind].columns).every((column) => Object.is(left[column], right[column]))
  );
}
