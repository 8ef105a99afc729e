/**
 * What Deribit promises of each message and item, as schemas. More fields than these may come; one that is
 * missing, renamed, of another type, or out of its possible range makes the whole item refused.
 *
 * Ranges tell units apart: a volatility of 0.5 where percent was promised, or seconds in place of milliseconds,
 * are as wrong as a text. Mark volatilities of the shared snapshots lie between 15 and 315 percent.
 */
import { z } from "zod";
import { InputError } from "../../../num/errors.ts";

/** Milliseconds since 1970: from 2016, when the exchange opened, to 2103. */
const instant = z.number().min(1.45e12).max(4.2e12);
const amount = z.number().nonnegative();
const positive = z.number().positive();
/** A price, null where nobody quotes. */
const side = z.number().nonnegative().nullable();
const percent = z.number().min(1).max(5000);

const ticker = {
  instrument_name: z.string(),
  timestamp: instant,
  best_bid_price: side,
  best_ask_price: side,
  open_interest: amount,
};
const summary = {
  instrument_name: z.string(),
  creation_timestamp: instant,
  bid_price: side,
  ask_price: side,
  open_interest: amount,
};
const option = { mark_price: amount, mark_iv: percent, underlying_price: positive };
const future = { mark_price: positive, funding_8h: z.number().nullish() };
const level = z.tuple([z.enum(["new", "change", "delete"]), positive, amount]);

/** Schemas by what they describe. */
export const schemas = {
  optionTicker: z.object({ ...ticker, ...option }),
  futureTicker: z.object({
    ...ticker,
    ...future,
    index_price: positive,
    last_price: z.number().nullish(),
    best_bid_amount: amount,
    best_ask_amount: amount,
  }),
  optionSummary: z.object({ ...summary, ...option }),
  futureSummary: z.object({ ...summary, ...future }),
  priceIndex: z.object({ index_name: z.string(), price: positive, timestamp: instant }),
  volatilityIndex: z.object({ index_name: z.string(), volatility: percent, timestamp: instant }),
  book: z.object({
    instrument_name: z.string(),
    timestamp: instant,
    type: z.enum(["snapshot", "change"]),
    change_id: z.int().positive(),
    prev_change_id: z.int().positive().optional(),
    bids: z.array(level),
    asks: z.array(level),
  }),
  instrument: z.object({
    instrument_name: z.string(),
    kind: z.enum(["option", "future"]),
    expiration_timestamp: z.number().min(1.45e12),
    strike: positive.optional(),
    tick_size: positive,
    contract_size: positive,
    min_trade_amount: positive,
    maker_commission: z.number(),
    taker_commission: z.number(),
  }),
  indexPrice: z.object({ index_price: positive }),
  volatilityPage: z.object({ data: z.array(z.unknown()), continuation: instant.nullish() }),
  volatilityBar: z.tuple([instant, percent, percent, percent, percent]),
  fundingItem: z.object({ timestamp: instant, interest_1h: z.number().min(-1).max(1) }),
  deliveryPage: z.object({ data: z.array(z.unknown()), records_total: amount }),
  deliveryItem: z.object({
    date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "a date such as 2026-03-28"),
    delivery_price: positive,
  }),
  tradePage: z.object({ trades: z.array(z.unknown()), has_more: z.boolean() }),
  trade: z.object({
    trade_id: z.string(),
    instrument_name: z.string(),
    timestamp: instant,
    price: amount,
    amount: positive,
    direction: z.enum(["buy", "sell"]),
    iv: z.number().nonnegative().nullish(),
    mark_price: amount.nullish(),
    index_price: positive.nullish(),
  }),
  time: instant,
};

/** The item when it is what its schema says.
 *
 * Throws  InputError that names the first field that is not
 */
export function checked<S extends z.ZodType>(
  source: string,
  schema: S,
  item: unknown,
): z.output<S> {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue.path.length === 0 ? "" : ` in ${issue.path.join(".")}`;
  throw new InputError(
    `${source}: expected ${wanted(issue)}${place}, got ${seen(item, issue.path)}. The exchange's interface may have changed; such items are not stored.`,
  );
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return /^[aeiou]/.test(issue.expected) ? `an ${issue.expected}` : `a ${issue.expected}`;
    case "too_small":
      return `${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    case "invalid_value":
      return issue.values.map(String).join(" or ");
    default:
      return issue.message;
  }
}

function seen(item: unknown, path: readonly PropertyKey[]): string {
  let value = item;
  for (const key of path) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  }
  return value === undefined ? "none" : JSON.stringify(value).slice(0, 80);
}
