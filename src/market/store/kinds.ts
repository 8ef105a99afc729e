/**
 * What the store keeps: one table for each kind of market data, as columns with their types.
 *
 * Every row has two times of its own, and gets two more when it is stored:
 *
 *   eventMs     when the observation was made at its venue; of a bar, the time it opens
 *   knownMs     the first moment at which anyone could have known the row: as-of reads look at this one
 *   ingestedMs  when this store took the row in
 *   seq         number of the commit that brought it
 *
 * `key` names the columns that, with venue, underlying and eventMs, say which observation a row is; a later
 * commit of the same observation is a correction. Prices stay in the unit of their source.
 */

/** Type of a column; a question mark says that null is a value of it. Instants are milliseconds since 1970 UTC. */
export type ColumnType = "text" | "text?" | "number" | "number?" | "instant" | "instant?";

/** How much time one partition holds. */
export type Granularity = "day" | "month" | "year";

interface KindTable {
  readonly granularity: Granularity;
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, ColumnType>>;
}

/** The kinds. */
export const kinds = {
  /** Option quotes as `RawQuote` has them; `unit` is that of bid, ask and mark. `exercise`: european or american. */
  option: {
    granularity: "day",
    key: ["instrument"],
    columns: {
      instrument: "text",
      type: "text",
      strike: "number",
      expiryMs: "instant",
      unit: "text",
      bid: "number?",
      ask: "number?",
      mark: "number?",
      markIv: "number?",
      forward: "number?",
      discount: "number?",
      openInterest: "number?",
      exercise: "text",
    },
  },
  /** Perpetuals (no expiry) and dated futures; prices in currency, funding a decimal per 8 hours. */
  future: {
    granularity: "month",
    key: ["instrument"],
    columns: {
      instrument: "text",
      expiryMs: "instant?",
      mark: "number?",
      bid: "number?",
      ask: "number?",
      bidAmount: "number?",
      askAmount: "number?",
      last: "number?",
      indexPrice: "number?",
      openInterest: "number?",
      funding8h: "number?",
    },
  },
  /** Bars of a spot market; eventMs is the opening, knownMs the close. */
  bar: {
    granularity: "year",
    key: ["instrument", "intervalMs"],
    columns: {
      instrument: "text",
      intervalMs: "number",
      open: "number",
      high: "number",
      low: "number",
      close: "number",
      volume: "number?",
    },
  },
  /** Funding of a perpetual: a decimal per interval, paid at eventMs (or the mean over the interval after it). */
  funding: {
    granularity: "year",
    key: ["instrument", "intervalMs"],
    columns: {
      instrument: "text",
      intervalMs: "number",
      rate: "number",
      mark: "number?",
    },
  },
  /** Indices of a venue, such as DVOL (unit vol: a decimal) and index prices (unit price). */
  index: {
    granularity: "month",
    key: ["series", "intervalMs"],
    columns: {
      series: "text",
      unit: "text",
      intervalMs: "number",
      value: "number",
      open: "number?",
      high: "number?",
      low: "number?",
    },
  },
  /** Macro series in the unit of their source; intervalMs is a day for daily ones. */
  macro: {
    granularity: "year",
    key: ["series", "intervalMs"],
    columns: {
      series: "text",
      unit: "text",
      intervalMs: "number",
      value: "number",
      open: "number?",
      high: "number?",
      low: "number?",
      volume: "number?",
    },
  },
  /** Volatilities by expiry that someone computed from a snapshot: at the money and at 25 delta, decimals. */
  term: {
    granularity: "month",
    key: ["expiryMs"],
    columns: {
      expiryMs: "instant",
      forward: "number",
      indexPrice: "number?",
      atmIv: "number?",
      callIv25: "number?",
      putIv25: "number?",
      quotes: "number?",
      twoSided: "number?",
    },
  },
  /** Trades; price in the unit of the instrument. */
  trade: {
    granularity: "day",
    key: ["instrument", "tradeId"],
    columns: {
      instrument: "text",
      tradeId: "text",
      price: "number",
      amount: "number",
      direction: "text",
      iv: "number?",
      mark: "number?",
      indexPrice: "number?",
    },
  },
  /** The top of an order book kept from its changes; depths are the amounts of all levels that were sent. */
  book: {
    granularity: "day",
    key: ["instrument"],
    columns: {
      instrument: "text",
      bid: "number?",
      bidAmount: "number?",
      bidDepth: "number",
      ask: "number?",
      askAmount: "number?",
      askDepth: "number",
      changeId: "number",
    },
  },
  /** Terms of contracts; commissions are decimals of the underlying, tickSteps is JSON. */
  instrument: {
    granularity: "month",
    key: ["instrument"],
    columns: {
      instrument: "text",
      contract: "text",
      expiryMs: "instant?",
      strike: "number?",
      tickSize: "number?",
      tickSteps: "text?",
      contractSize: "number?",
      minAmount: "number?",
      makerCommission: "number?",
      takerCommission: "number?",
    },
  },
} as const satisfies Readonly<Record<string, KindTable>>;

export type Kind = keyof typeof kinds;

/** Names of the kinds. */
export const kindNames = Object.keys(kinds) as readonly Kind[];

type ValueOf<T> = T extends "text"
  ? string
  : T extends "text?"
    ? string | null
    : T extends "number" | "instant"
      ? number
      : number | null;

/** Times that every row brings along. */
export interface RowTimes {
  readonly eventMs: number;
  readonly knownMs: number;
}

/** One row of a kind. */
export type RowOf<K extends Kind> = RowTimes & {
  readonly [C in keyof (typeof kinds)[K]["columns"]]: ValueOf<(typeof kinds)[K]["columns"][C]>;
};

/** Rows of one kind on one underlying at one venue. */
export type RowGroup = {
  readonly [K in Kind]: {
    readonly kind: K;
    readonly venue: string;
    readonly underlying: string;
    readonly rows: readonly RowOf<K>[];
  };
}[Kind];

/** Columns of a kind with their types, in order, without the times. */
export function columnsOf(kind: Kind): readonly (readonly [string, ColumnType])[] {
  return Object.entries(kinds[kind].columns);
}

/** Name of the partition that an event falls into: 2026-03-28, 2026-03 or 2026. */
export function partitionOf(kind: Kind, eventMs: number): string {
  const length = { day: 10, month: 7, year: 4 }[kinds[kind].granularity];
  return new Date(eventMs).toISOString().slice(0, length);
}

/** One group for each kind, venue and underlying. */
export function mergeGroups(groups: readonly RowGroup[]): RowGroup[] {
  const merged = new Map<
    string,
    { kind: Kind; venue: string; underlying: string; rows: RowOf<Kind>[] }
  >();
  for (const { kind, venue, underlying, rows } of groups) {
    const key = `${kind}\n${venue}\n${underlying}`;
    let group = merged.get(key);
    if (group === undefined) merged.set(key, (group = { kind, venue, underlying, rows: [] }));
    for (const row of rows) group.rows.push(row);
  }
  return [...merged.values()] as unknown as RowGroup[];
}
