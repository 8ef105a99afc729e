/**
 * What a misbehaving exchange does to the messages it sends: each fault turns one sound message into what goes
 * out on the wire. Which message gets which fault is drawn from a seed.
 */
import { fillPhilox, philoxKey } from "../../src/random/index.ts";
import type { Json } from "./replayMarket.ts";

/** How a notification is spoilt. */
export const faultNames = [
  "malformed",
  "missing",
  "renamed",
  "mistyped",
  "text",
  "negative",
  "decimal",
  "stranger",
  "future",
  "seconds",
  "no-data",
  "binary",
  "duplicate",
  "out-of-order",
  "lost",
  "truncated",
  "drop",
] as const;

export type FaultName = (typeof faultNames)[number];

/** Draws uniforms from a seed, one after the other. */
export function uniforms(seed: number): () => number {
  const word = new Uint32Array(1);
  let n = 0;
  return () => {
    fillPhilox(word, philoxKey(seed), [n++, 0, 0, 0]);
    return word[0] / 2 ** 32;
  };
}

/** Field of each topic that a row cannot do without. */
const vitalField = (channel: string): string =>
  channel.startsWith("ticker.")
    ? "mark_price"
    : channel.startsWith("book.")
      ? "change_id"
      : channel.startsWith("deribit_price_index.")
        ? "price"
        : "volatility";

/** The same data with one thing wrong; undefined for faults that are not in the data. */
export function spoil(fault: FaultName, channel: string, data: Json): Json | null | undefined {
  const field = vitalField(channel);
  const { [field]: value, ...rest } = data;
  const name = "instrument_name" in data ? "instrument_name" : "index_name";
  switch (fault) {
    case "missing":
      return rest;
    case "renamed":
      return { ...rest, [`${field}_new`]: value };
    case "mistyped":
      return { ...rest, [field]: [value] };
    case "text":
      return { ...rest, [field]: String(value) };
    case "negative":
      return { ...rest, [field]: -Number(value) };
    case "decimal":
      // A volatility in decimals where percent was promised.
      return "mark_iv" in data
        ? { ...data, mark_iv: Number(data.mark_iv) / 100 }
        : field === "volatility"
          ? { ...rest, volatility: Number(value) / 100 }
          : rest;
    case "stranger":
      return { ...data, [name]: `${String(data[name])}X` };
    case "future":
      return { ...data, timestamp: Number(data.timestamp) + 3_600_000 };
    case "seconds":
      return { ...data, timestamp: Math.round(Number(data.timestamp) / 1000) };
    case "no-data":
      return null;
    default:
      return undefined;
  }
}
