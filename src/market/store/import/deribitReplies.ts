/**
 * Deribit's JSON as rows: whatever public reply it is, told by what its items hold. Replies of the test network
 * go to a venue of their own.
 */
import { InputError } from "../../../num/errors.ts";
import {
  deribitJsonQuotes,
  isObject,
  type Json,
  parseJson,
  resultList,
} from "../../sources/deribitJson.ts";
import {
  futureExpiryMs,
  futureRow,
  instrumentRow,
  optionRow,
  tradeRows,
  underlyingOf,
  volatilityIndexRows,
} from "../../sources/deribitRows.ts";
import { mergeGroups, type RowGroup } from "../kinds.ts";
import { assetOf, type Hints } from "./storeTable.ts";

/** Rows of a JSON text: one document, or one reply a line.
 *
 * Throws  InputError when it is not JSON or no reply that is known
 */
export function deribitReplyGroups(source: string, text: string, hints: Hints): RowGroup[] {
  const lines = text.trim().split("\n");
  const perLine =
    lines.length > 1 && lines.every((line) => line.startsWith("{") && line.trimEnd().endsWith("}"));
  const bodies = perLine ? lines.map((line) => parseJson(source, line)) : [parseJson(source, text)];
  return mergeGroups(bodies.flatMap((body) => replyGroups(source, body, hints)));
}

/** Rows of one reply. */
export function replyGroups(source: string, body: unknown, hints: Hints): RowGroup[] {
  const venue =
    isObject(body) && body.testnet === true ? "deribit-testnet" : (hints.venue ?? "deribit");
  const bars = volatilityBars(body);
  if (bars !== null) {
    const { underlying } = assetOf(source, hints);
    return [{ kind: "index", venue, underlying, rows: volatilityIndexRows(source, bars) }];
  }
  const repliedMs = isObject(body) && typeof body.usOut === "number" ? body.usOut / 1000 : null;
  const items = tradesIn(body) ?? resultList(source, body);
  return items.flatMap((item) => itemGroups(source, venue, item, repliedMs));
}

function itemGroups(
  source: string,
  venue: string,
  item: Json,
  repliedMs: number | null,
): RowGroup[] {
  const name = item.instrument_name;
  if (typeof name !== "string") {
    throw new InputError(
      `${source}: expected instrument_name on every item, got ${JSON.stringify(item).slice(0, 80)}. Pass a whole public reply.`,
    );
  }
  const underlying = underlyingOf(name);
  if ("trade_id" in item) {
    return [{ kind: "trade", venue, underlying, rows: tradeRows(source, item) }];
  }
  if ("min_trade_amount" in item) {
    const rows = [instrumentRow(source, item, repliedMs ?? createdMs(source, item))];
    return [{ kind: "instrument", venue, underlying, rows }];
  }
  if (futureExpiryMs(name) !== undefined) {
    return [{ kind: "future", venue, underlying, rows: [futureRow(source, item, 0)] }];
  }
  const body = { result: [item], usOut: repliedMs === null ? undefined : repliedMs * 1000 };
  const rows = deribitJsonQuotes(source, body).map((quote) => optionRow(quote, 0));
  return rows.length === 0 ? [] : [{ kind: "option", venue, underlying, rows }];
}

function createdMs(source: string, item: Json): number {
  if (typeof item.creation_timestamp === "number") return item.creation_timestamp;
  throw new InputError(
    `${source}: expected usOut in the reply or creation_timestamp on every contract, got neither. Pass the reply with its envelope.`,
  );
}

/** [[ms, …], …], bare or as `data` of a result. */
function volatilityBars(body: unknown): readonly unknown[] | null {
  const result = isObject(body) && "result" in body ? body.result : body;
  const data = isObject(result) ? result.data : result;
  return Array.isArray(data) && data.length > 0 && data.every(Array.isArray) ? data : null;
}

function tradesIn(body: unknown): Json[] | null {
  const result = isObject(body) && "result" in body ? body.result : body;
  return isObject(result) && Array.isArray(result.trades) ? result.trades.filter(isObject) : null;
}
