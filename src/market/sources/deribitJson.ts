/**
 * Deribit JSON: replies of `get_book_summary_by_currency` (kind option), with or without the
 * JSON-RPC envelope, joined to `get_instruments` when that is given.
 *
 * A missing quote is null (in `get_order_book` and `ticker` it is 0, accepted here as well). IV is in
 * percent. `underlying_price` is the forward of the row's own expiry. The book summary has no strike
 * and no expiry: they come from `get_instruments`, else from the name.
 */
import { InputError } from "../../num/errors.ts";
import type { RawQuote } from "../quote.ts";
import { type DeribitInstrument, parseDeribitOption } from "./deribitInstrument.ts";

/** An object of a reply. */
export type Json = Readonly<Record<string, unknown>>;

/** Quotes of one reply; `instruments` is the body of `get_instruments`.
 *
 * Throws  InputError when the body is an error reply, is no list, or a row lacks a field
 */
export function deribitJsonQuotes(
  source: string,
  body: unknown,
  instruments?: unknown,
): RawQuote[] {
  const list = resultList(source, body);
  const contracts = new Map<string, Json>();
  if (instruments !== undefined) {
    for (const item of resultList(`${source} (instruments)`, instruments)) {
      contracts.set(textField(source, item, "instrument_name"), item);
    }
  }
  const fallbackMs = replyTimeMs(body);
  const quotes: RawQuote[] = [];
  for (const item of list) {
    const name = textField(source, item, "instrument_name");
    const option = describeOption(source, name, contracts.get(name));
    if (option !== null) quotes.push(quoteOf(source, name, item, option, fallbackMs));
  }
  return quotes;
}

/** Text of a JSON file as quotes: one document, or one reply a line.
 *
 * Throws  InputError when the text is not JSON
 */
export function parseDeribitJson(source: string, text: string, instruments?: unknown): RawQuote[] {
  const lines = text.trim().split("\n");
  const perLine =
    lines.length > 1 && lines.every((line) => line.startsWith("{") && line.trimEnd().endsWith("}"));
  if (!perLine) return deribitJsonQuotes(source, parseJson(source, text), instruments);
  return lines.flatMap((line) => deribitJsonQuotes(source, parseJson(source, line), instruments));
}

/** Parses JSON.
 *
 * Throws  InputError with the place when it is malformed
 */
export function parseJson(source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${source}: expected JSON, got malformed text (${why}). Download it again.`,
    );
  }
}

function describeOption(
  source: string,
  name: string,
  contract: Json | undefined,
): DeribitInstrument | null {
  const named = parseDeribitOption(name);
  if (named === null || contract === undefined) return named;
  return {
    ...named,
    strike: numberField(source, contract, "strike") ?? named.strike,
    expiryMs: numberField(source, contract, "expiration_timestamp") ?? named.expiryMs,
  };
}

function quoteOf(
  source: string,
  name: string,
  item: Json,
  option: DeribitInstrument,
  fallbackMs: number,
): RawQuote {
  const number = (key: string): number | null => numberField(source, item, key);
  const isBook = "best_bid_price" in item || "best_ask_price" in item;
  if (!isBook && !("bid_price" in item && "ask_price" in item)) {
    throw new InputError(
      `${source}: expected bid_price and ask_price on ${name}, got ${Object.keys(item).join(", ").slice(0, 200)}. Pass a get_book_summary_by_currency reply of kind option.`,
    );
  }
  const side = (value: number | null): number | null => (value === 0 ? null : value);
  const markIv = number("mark_iv");
  return {
    instrument: name,
    ...option,
    asOfMs: number("creation_timestamp") ?? number("timestamp") ?? fallbackMs,
    bid: isBook ? side(number("best_bid_price")) : number("bid_price"),
    ask: isBook ? side(number("best_ask_price")) : number("ask_price"),
    mark: number("mark_price"),
    markIv: markIv === null ? null : markIv / 100,
    forward: number("underlying_price"),
    discount: option.unit === "coin" ? 1 : null,
    openInterest: number("open_interest"),
  };
}

/** Items of a reply: of its `result` when it has an envelope; a single one is a list of one. */
export function resultList(source: string, body: unknown): Json[] {
  let result: unknown = body;
  if (isObject(body)) {
    if ("error" in body) {
      throw new InputError(
        `${source}: expected a result, got an error reply ${JSON.stringify(body.error).slice(0, 200)}. Repeat the request.`,
      );
    }
    result = "result" in body ? body.result : body;
  }
  const list: unknown[] = Array.isArray(result) ? result : [result];
  if (list.length === 0 || !list.every(isObject)) {
    throw new InputError(
      `${source}: expected a list of objects as in get_book_summary_by_currency, got ${JSON.stringify(result)?.slice(0, 80)}. Pass the whole reply.`,
    );
  }
  return list;
}

function replyTimeMs(body: unknown): number {
  const micros = isObject(body) ? body.usOut : undefined;
  return typeof micros === "number" ? micros / 1000 : Number.NaN;
}

/** True for an object that is no array. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text of a field; an InputError when it is none. */
export function textField(source: string, item: Json, key: string): string {
  const value = item[key];
  if (typeof value === "string") return value;
  throw new InputError(
    `${source}: expected text in ${key}, got ${JSON.stringify(value)}. Pass a get_book_summary_by_currency reply.`,
  );
}

/** Number of a field, null when there is none; an InputError when it is something else. */
export function numberField(source: string, item: Json, key: string): number | null {
  const value = item[key];
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return value;
  throw new InputError(
    `${source}: expected a number or null in ${key}, got ${JSON.stringify(value)}. Pass the reply unchanged.`,
  );
}
