/**
 * What a market's file holds, read and checked: the fitted model or the recorded prices that a configuration names.
 *
 * A policy file keeps it, so that it needs nothing else.
 */
import { decodeModel, type FittedModel } from "../../calibrate/index.ts";
import { decodeFloat64, encodeFloat64 } from "../../num/base64.ts";
import { type PriceRecord, readPriceRecord } from "./priceRecord.ts";
import type { WrittenConfig } from "./schema.ts";

/** What a market needs of a fitted model. */
export type MarketModel = Pick<
  FittedModel,
  "config" | "theta" | "forwards" | "underlying" | "asOfMs" | "dataFingerprint"
>;

/** The contents of a market's file. */
export type MarketData =
  | { readonly kind: "none" }
  | { readonly kind: "model"; readonly model: MarketModel }
  | { readonly kind: "prices"; readonly record: PriceRecord };

export const noMarketData: MarketData = { kind: "none" };

/** The field of a market that names a file, and the file; undefined for a market without one. */
export function marketFile(
  market: WrittenConfig["market"],
): { readonly field: "model" | "prices"; readonly path: string } | undefined {
  if (market.kind === "neural-sde") return { field: "model", path: market.model };
  if (market.kind === "history") return { field: "prices", path: market.prices };
  return undefined;
}

/** Reads the file of a market from its text.
 *
 * Throws  InputError or UnsupportedError naming the file where it is not what the market needs
 */
export async function readMarketData(
  field: "model" | "prices",
  name: string,
  text: string,
): Promise<MarketData> {
  if (field === "prices") return { kind: "prices", record: readPriceRecord(name, text) };
  const { config, theta, forwards, underlying, asOfMs, dataFingerprint } = await decodeModel(
    text,
    name,
  );
  const model = { config, theta, forwards, underlying, asOfMs, dataFingerprint };
  return { kind: "model", model };
}

/** Price of the underlying in a file: the nearest forward of a model, the last price of a record. */
export function spotOf(data: MarketData): number | undefined {
  if (data.kind === "model") return data.model.forwards[0];
  if (data.kind === "prices") return data.record.prices[data.record.prices.length - 1];
  return undefined;
}

/** The same with arrays as text. */
export type StoredData =
  | { readonly kind: "none" }
  | {
      readonly kind: "model";
      readonly model: Omit<MarketModel, "theta"> & { readonly theta: string };
    }
  | {
      readonly kind: "prices";
      readonly record: Omit<PriceRecord, "prices"> & { readonly prices: string };
    };

export function storedData(data: MarketData): StoredData {
  if (data.kind === "model") {
    return { ...data, model: { ...data.model, theta: encodeFloat64(data.model.theta) } };
  }
  if (data.kind === "prices") {
    return { ...data, record: { ...data.record, prices: encodeFloat64(data.record.prices) } };
  }
  return data;
}

/** Inverse of `storedData`. */
export function loadedData(data: StoredData, name: string): MarketData {
  if (data.kind === "model") {
    const { model } = data;
    return { ...data, model: { ...model, theta: decodeFloat64(model.theta, `${name}: model`) } };
  }
  if (data.kind === "prices") {
    const { record } = data;
    const prices = decodeFloat64(record.prices, `${name}: prices`);
    return { ...data, record: { ...record, prices } };
  }
  return data;
}
