/**
 * Rows of the store from what Deribit sends: tickers, book summaries, instruments, trades, volatility indices.
 *
 * Every field is checked before it is used: an item that is not what the interface promises is an InputError,
 * never a row with a hole in it.
 */
import { InputError } from "../../num/errors.ts";
import { deribitExpiryMs, MS_PER_DAY } from "../dayCount.ts";
import type { RawQuote } from "../quote.ts";
import type { RowOf } from "../store/kinds.ts";
import { isObject, type Json, numberField, textField } from "./deribitJson.ts";

/** A raw quote as a row; `knownMs` is never before the quote itself. */
export function optionRow(
  quote: RawQuote,
  knownMs: number,
  exercise: "european" | "american" = "european",
): RowOf<"option"> {
  return {
    eventMs: quote.asOfMs,
    knownMs: Math.max(knownMs, quote.asOfMs),
    instrument: quote.instrument,
    type: quote.type,
    strike: quote.strike,
    expiryMs: quote.expiryMs,
    unit: quote.unit,
    bid: quote.bid,
    ask: quote.ask,
    mark: quote.mark,
    markIv: quote.markIv,
    forward: quote.forward,
    discount: quote.discount,
    openInterest: quote.openInterest,
    exercise,
  };
}

/** Expiry of a dated future, null of a perpetual, undefined when the name is of neither.
 *
 *   BTC-PERPETUAL   BTC-27MAR26   SOL_USDC-PERPETUAL
 */
export function futureExpiryMs(name: string): number | null | undefined {
  if (/^[A-Z0-9]+(_[A-Z]+)?-PERPETUAL$/.test(name)) return null;
  const date = /^[A-Z0-9]+(?:_[A-Z]+)?-(\d{1,2}[A-Z]{3}\d{2})$/.exec(name)?.[1];
  return date === undefined ? undefined : deribitExpiryMs(date);
}

/** Underlying that a name begins with: BTC-27MAR26 is on BTC, XRP_USDC-… on XRP_USDC. */
export const underlyingOf = (name: string): string => name.split("-", 1)[0];

/** A future's or perpetual's ticker or book summary as a row. */
export function futureRow(source: string, item: Json, knownMs: number): RowOf<"future"> {
  const name = textField(source, item, "instrument_name");
  const expiryMs = futureExpiryMs(name);
  if (expiryMs === undefined) {
    throw new InputError(
      `${source}: expected a future or a perpetual, got ${name}. Pass replies of one kind.`,
    );
  }
  const number = (key: string): number | null => numberField(source, item, key);
  const isTicker = "best_bid_price" in item;
  const eventMs = number(isTicker ? "timestamp" : "creation_timestamp");
  const mark = number("mark_price");
  if (eventMs === null || mark === null) {
    throw new InputError(
      `${source}: expected a time and mark_price on ${name}, got ${Object.keys(item).join(", ").slice(0, 200)}. Pass a ticker or a book summary.`,
    );
  }
  const side = (key: string): number | null => number(key) || null;
  return {
    eventMs,
    knownMs: Math.max(knownMs, eventMs),
    instrument: name,
    expiryMs,
    mark,
    bid: isTicker ? side("best_bid_price") : number("bid_price"),
    ask: isTicker ? side("best_ask_price") : number("ask_price"),
    bidAmount: side("best_bid_amount"),
    askAmount: side("best_ask_amount"),
    last: number(isTicker ? "last_price" : "last"),
    indexPrice: number("index_price") ?? number("estimated_delivery_price"),
    openInterest: number("open_interest"),
    funding8h: number("funding_8h"),
  };
}

/** Terms of a contract as a row. */
export function instrumentRow(source: string, item: Json, eventMs: number): RowOf<"instrument"> {
  const number = (key: string): number | null => numberField(source, item, key);
  const expiryMs = number("expiration_timestamp");
  const steps = item.tick_size_steps;
  return {
    eventMs,
    knownMs: eventMs,
    instrument: textField(source, item, "instrument_name"),
    contract: textField(source, item, "kind"),
    // A perpetual's expiry is written as a day in the year 3000.
    expiryMs: expiryMs !== null && expiryMs > 1e13 ? null : expiryMs,
    strike: number("strike"),
    tickSize: number("tick_size"),
    tickSteps: steps === undefined ? null : JSON.stringify(steps),
    contractSize: number("contract_size"),
    minAmount: number("min_trade_amount"),
    makerCommission: number("maker_commission"),
    takerCommission: number("taker_commission"),
  };
}

/** A trade as rows: itself, and the legs of a combination. */
export function tradeRows(source: string, item: Json): RowOf<"trade">[] {
  const required = (key: string): number => {
    const value = numberField(source, item, key);
    if (value !== null) return value;
    throw new InputError(`${source}: expected ${key} on every trade, got none. Pass whole trades.`);
  };
  const eventMs = required("timestamp");
  const iv = numberField(source, item, "iv");
  const legs = Array.isArray(item.legs) ? item.legs.filter(isObject) : [];
  return [
    {
      eventMs,
      knownMs: eventMs,
      instrument: textField(source, item, "instrument_name"),
      tradeId: textField(source, item, "trade_id"),
      price: required("price"),
      amount: required("amount"),
      direction: textField(source, item, "direction"),
      iv: iv === null ? null : iv / 100,
      mark: numberField(source, item, "mark_price"),
      indexPrice: numberField(source, item, "index_price"),
    },
    ...legs.flatMap((leg) => tradeRows(source, leg)),
  ];
}

/** Bars of the volatility index ([ms, open, high, low, close] or [ms, close], in percent) as rows of decimals. */
export function volatilityIndexRows(
  source: string,
  data: readonly unknown[],
  intervalMs: number = MS_PER_DAY,
): RowOf<"index">[] {
  return data.map((bar) => {
    const values: readonly unknown[] = Array.isArray(bar) ? bar : [];
    const isBar = [2, 5].includes(values.length) && values.every((v) => typeof v === "number");
    if (!isBar) {
      throw new InputError(
        `${source}: expected [ms, open, high, low, close] in percent, got ${JSON.stringify(bar)?.slice(0, 80)}. Pass the reply of get_volatility_index_data.`,
      );
    }
    const [eventMs, open, high, low] = values as readonly number[];
    const whole = values.length === 5;
    return {
      eventMs,
      knownMs: eventMs + intervalMs,
      series: "DVOL",
      unit: "vol",
      intervalMs,
      value: (values.at(-1) as number) / 100,
      open: whole ? open / 100 : null,
      high: whole ? high / 100 : null,
      low: whole ? low / 100 : null,
    };
  });
}
