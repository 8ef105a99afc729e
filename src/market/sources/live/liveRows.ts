/**
 * Rows from what Deribit sends now: subscription messages and book summaries, each checked before it is used.
 *
 * A row is known when it was received, or at its own time if that is later.
 */
import { InputError } from "../../../num/errors.ts";
import { formatInstant } from "../../dayCount.ts";
import type { RowGroup } from "../../store/kinds.ts";
import { parseDeribitOption } from "../deribitInstrument.ts";
import { deribitJsonQuotes, isObject } from "../deribitJson.ts";
import { futureExpiryMs, futureRow, optionRow, underlyingOf } from "../deribitRows.ts";
import { checked, schemas } from "./schema.ts";

/** An item whose time has not come by the exchange's own clock. */
export class FutureTimeError extends InputError {}

/** When an item was received. */
export interface Reception {
  readonly venue: string;
  /** The later of both sides' clocks. */
  readonly receivedMs: number;
  /** No item can be of a later time. */
  readonly latestMs: number;
}

/** Row of a ticker or an index message.
 *
 * Throws  InputError when the message is not what the exchange promises; FutureTimeError when its time has not come
 */
export function messageRow(channel: string, data: unknown, reception: Reception): RowGroup {
  const [topic, name] = channel.split(".");
  if (topic === "ticker") return tickerRow(channel, name, data, reception);
  if (topic === "deribit_price_index") {
    const item = checked(channel, schemas.priceIndex, data);
    return indexRow(channel, name, { ...item, series: "INDEX", value: item.price }, reception);
  }
  if (topic === "deribit_volatility_index") {
    const item = checked(channel, schemas.volatilityIndex, data);
    const value = item.volatility / 100;
    return indexRow(channel, name, { ...item, series: "DVOL", value }, reception);
  }
  throw new InputError(`${channel}: expected a channel that was asked for, got another.`);
}

function tickerRow(
  channel: string,
  name: string,
  data: unknown,
  { venue, receivedMs, latestMs }: Reception,
): RowGroup {
  const isOption = parseDeribitOption(name) !== null;
  const schema = isOption ? schemas.optionTicker : schemas.futureTicker;
  const item = checked<typeof schemas.optionTicker | typeof schemas.futureTicker>(
    channel,
    schema,
    data,
  );
  refuseStranger(channel, name, item.instrument_name);
  refuseFuture(channel, item.timestamp, latestMs);
  const underlying = underlyingOf(name);
  if (!isOption) {
    const rows = [futureRow(channel, data as Readonly<Record<string, unknown>>, receivedMs)];
    return { kind: "future", venue, underlying, rows };
  }
  const rows = deribitJsonQuotes(channel, data).map((quote) => optionRow(quote, receivedMs));
  return { kind: "option", venue, underlying, rows };
}

function indexRow(
  channel: string,
  name: string,
  item: {
    readonly index_name: string;
    readonly timestamp: number;
    readonly series: "DVOL" | "INDEX";
    readonly value: number;
  },
  { venue, receivedMs, latestMs }: Reception,
): RowGroup {
  refuseStranger(channel, name, item.index_name);
  refuseFuture(channel, item.timestamp, latestMs);
  const row = {
    eventMs: item.timestamp,
    knownMs: Math.max(item.timestamp, receivedMs),
    series: item.series,
    unit: item.series === "DVOL" ? "vol" : "price",
    intervalMs: 0,
    value: item.value,
    open: null,
    high: null,
    low: null,
  };
  return { kind: "index", venue, underlying: underlyingOfIndex(name), rows: [row] };
}

/** Row of one item of a book summary; null when it is of something else, such as a combination.
 *
 * Throws  as `messageRow`
 */
export function summaryRow(
  source: string,
  item: unknown,
  { venue, receivedMs, latestMs }: Reception,
): RowGroup | null {
  const name = isObject(item) ? item.instrument_name : undefined;
  if (!isObject(item) || typeof name !== "string") {
    throw new InputError(
      `${source}: expected a text in instrument_name, got ${JSON.stringify(item)?.slice(0, 80)}. The exchange's interface may have changed; such items are not stored.`,
    );
  }
  const underlying = underlyingOf(name);
  const place = `${source} ${name}`;
  if (parseDeribitOption(name) !== null) {
    const { creation_timestamp } = checked(place, schemas.optionSummary, item);
    refuseFuture(place, creation_timestamp, latestMs);
    const rows = deribitJsonQuotes(place, item).map((quote) => optionRow(quote, receivedMs));
    return { kind: "option", venue, underlying, rows };
  }
  if (futureExpiryMs(name) === undefined) return null;
  const { creation_timestamp } = checked(place, schemas.futureSummary, item);
  refuseFuture(place, creation_timestamp, latestMs);
  return { kind: "future", venue, underlying, rows: [futureRow(place, item, receivedMs)] };
}

/** Underlying of an index: btc_usd is on BTC. */
const underlyingOfIndex = (name: string): string => name.split("_", 1)[0].toUpperCase();

function refuseStranger(channel: string, expected: string, got: string): void {
  if (got === expected) return;
  throw new InputError(`${channel}: expected ${expected}, which was asked for, got ${got}.`);
}

/** Throws a FutureTimeError when a time has not come. */
export function refuseFuture(source: string, timeMs: number, latestMs: number): void {
  if (timeMs <= latestMs) return;
  throw new FutureTimeError(
    `${source}: expected a time that has come, got ${formatInstant(timeMs)}, later than the exchange's clock (${formatInstant(latestMs)} at most). Such items are not stored.`,
  );
}
