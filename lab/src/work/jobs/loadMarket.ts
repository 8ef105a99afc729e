/** Quotes from where the reader says: an embedded chain, a file, or the exchange when asked. */
import {
  clean,
  daxAsOf,
  daxCsv,
  daxHalfSpreadVol,
  fetchDeribitQuotes,
  NetworkError,
  openBytes,
  type QuoteSet,
  type QuoteUnit,
} from "volterra/market";
import { syntheticChain } from "volterra/calibrate";
import { droppedText, marketOf } from "../../market/labChain.ts";
import type { LabMarket } from "../../market/labMarket.ts";
import type { Job } from "../protocol.ts";

/** Where quotes come from. */
export type MarketSource =
  | { readonly kind: "synthetic" }
  | { readonly kind: "dax" }
  | {
      readonly kind: "live";
      readonly currency: string;
      /** Instead of the exchange's own address: its test exchange, or a server that passes its replies on. */
      readonly address: string | null;
    }
  | {
      readonly kind: "file";
      readonly file: File;
      /** Unit of prices of a table that is not one of the known ones; null for the known ones. */
      readonly price: QuoteUnit | null;
      /** Where a file has several, or none. */
      readonly underlying: string;
      readonly asOf: string;
    };

/** Largest file that a page reads, in bytes: above it the command line is the better tool. */
const largestFile = 80e6;
const mostRows = 500_000;
/** Most quotes of one expiry: more cannot be told apart on a screen. */
const mostQuotesPerExpiry = 48;

export const loadMarket: Job<MarketSource, LabMarket> = async (source) => {
  const { quoteSet, about } = await read(source);
  const { chain, dropped } = clean(quoteSet, { maxQuotesPerExpiry: mostQuotesPerExpiry });
  return marketOf(chain, `${about}${droppedText(dropped)}`);
};

async function read(source: MarketSource): Promise<{ quoteSet: QuoteSet; about: string }> {
  switch (source.kind) {
    case "synthetic": {
      const { default: csv } = await import("virtual:synthetic-chain");
      return {
        quoteSet: await embedded("synthetic chain", csv, syntheticChain),
        about:
          "Synthetic: made by this project's own simulator in the manner of BTC options. Not market data.",
      };
    }
    case "dax":
      return {
        quoteSet: await embedded("DAX 2002", daxCsv(), { underlying: "DAX", asOf: daxAsOf }),
        about: `DAX options of 5 July 2002 (QuantLib test suite): real mid volatilities, with an assumed half spread of ${100 * daxHalfSpreadVol} vol points.`,
      };
    case "live": {
      const quoteSet = await askDeribit(source.currency, source.address);
      return { quoteSet, about: `${source.currency} options, fetched from Deribit a moment ago.` };
    }
    case "file": {
      const { file, price, underlying, asOf } = source;
      const [name, time] = [underlying || undefined, asOf || undefined];
      const quoteSet = await openBytes(file.name, piecesOf(file), {
        maxBytes: largestFile,
        maxCsvBytes: largestFile,
        maxRows: mostRows,
        ...(price === null
          ? { underlying: name, day: time }
          : { format: { price, underlying: name, asOf: time } }),
      });
      return { quoteSet, about: `From ${file.name}.` };
    }
  }
}

/** Live quotes; failures in words that fit a page. */
async function askDeribit(currency: string, address: string | null): Promise<QuoteSet> {
  try {
    const at = address === null ? {} : { baseUrl: address };
    return await fetchDeribitQuotes(currency, { retries: 1, ...at });
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    throw new Error(`${reasonOf(error.message)} (${error.message})`);
  }
}

/** A browser does not tell a page whether nobody answered or the page may not read the answer. */
function reasonOf(message: string): string {
  if (message.includes("429")) {
    return "Deribit asks for patience: too many questions came from your address. Wait a minute, then ask again.";
  }
  if (/Failed to fetch|NetworkError|Load failed/.test(message)) {
    return "No answer that this page may read: either there is no connection, or the server does not allow pages of other sites to read it (CORS). The command line needs no such permission: volterra chain BTC --source deribit. Or save the reply and open it as a file.";
  }
  return "Deribit answered, but not with quotes.";
}

const embedded = (
  name: string,
  csv: string,
  { underlying, asOf }: { readonly underlying: string; readonly asOf: string },
): Promise<QuoteSet> =>
  openBytes(name, [new TextEncoder().encode(csv)], { format: { price: "vol", underlying, asOf } });

async function* piecesOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
