/**
 * Live option chains from Deribit's public HTTP interface: two requests and no account.
 *
 *   get_book_summary_by_currency   bid, ask, mark, mark IV and forward of every option
 *   get_instruments                strike and expiry of each
 *
 * Uses `fetch` only, so it runs in Node and in browsers.
 */
import { InputError } from "../../num/errors.ts";
import type { QuoteSet } from "../quote.ts";
import { systemClock } from "./live/clock.ts";
import { collectQuotes, type Selection } from "./collect.ts";
import { deribitJsonQuotes } from "./deribitJson.ts";
import { creditLimiter } from "./live/limits.ts";
import { deribitRequest, type RequestOptions } from "./live/request.ts";

/** Which options, and how to ask. */
export interface DeribitApiOptions extends RequestOptions, Pick<Selection, "underlying"> {}

/** Quotes of all options settled in `currency`, as they are.
 *
 * `BTC` and `ETH` have one underlying each; `USDC` has several, of which `underlying` chooses.
 *
 * Throws  NetworkError when there is no reply or it is a failure; InputError when the reply is not
 *         what the interface promises, or holds several underlyings and none was chosen
 */
export async function fetchDeribitQuotes(
  currency: string,
  options: DeribitApiOptions = {},
): Promise<QuoteSet> {
  if (!/^[A-Za-z]{2,10}$/.test(currency)) {
    throw new InputError(
      `Deribit: expected a currency such as BTC, ETH or USDC, got "${currency}". Check the name.`,
    );
  }
  const code = currency.toUpperCase();
  const query = { currency: code, kind: "option" };
  const limiter = options.limiter ?? creditLimiter(options.clock ?? systemClock);
  // When one of the two fails, the other need not go on trying.
  const failed = new AbortController();
  const signals = options.signal === undefined ? [] : [options.signal];
  const asking = { ...options, limiter, signal: AbortSignal.any([failed.signal, ...signals]) };
  const [summary, instruments] = await Promise.all([
    deribitRequest("get_book_summary_by_currency", query, asking),
    deribitRequest("get_instruments", { ...query, expired: "false" }, asking),
  ]).finally(() => failed.abort());
  const source = `Deribit ${code} options`;
  const collector = collectQuotes(source, { underlying: options.underlying });
  for (const quote of deribitJsonQuotes(source, summary, instruments)) collector.add(quote);
  return collector.finish();
}
