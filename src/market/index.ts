/**
 * Market data: from files and exchanges to a cleaned option chain.
 *
 * Source → raw quotes (`QuoteSet`) → `clean` → `Chain`. `loadChainFile` does all of it for a file.
 */
export { type Chain, type CleanQuote, type Expiry, fingerprint } from "./chain.ts";
export { type Cleaned, clean } from "./clean.ts";
export { type CleanOptions, cleanDefaults } from "./cleanOptions.ts";
export { deribitExpiryMs, formatInstant, parseInstant, yearsBetween } from "./dayCount.ts";
export { countReasons, type Dropped, type DropReason } from "./dropped.ts";
export {
  type ForwardEstimate,
  forwardFromCoinParity,
  forwardFromParity,
  type ParityPair,
} from "./forward.ts";
export {
  makeQuoteSet,
  type OptionType,
  type QuoteSet,
  type QuoteUnit,
  type RawQuote,
} from "./quote.ts";
export { requoteChain, subsetChain, type VolQuote } from "./subset.ts";
export { daxAsOf, daxCsv, daxHalfSpreadVol } from "./examples/dax2002.ts";
export type { Selection } from "./sources/collect.ts";
export { type DeribitApiOptions, fetchDeribitQuotes } from "./sources/deribitApi.ts";
export { deribitJsonQuotes } from "./sources/deribitJson.ts";
export { NetworkError, requestDefaults } from "./sources/live/request.ts";
export { type TableField, type TableFormat, tableFields } from "./sources/genericTable.ts";
export {
  type LoadedChain,
  type LoadOptions,
  loadChainFile,
  openBytes,
  openFile,
  type OpenOptions,
} from "./sources/openFile.ts";
