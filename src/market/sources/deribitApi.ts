/**
 * Live option chains from Deribit's public HTTP interface: two requests and no account.
 *
 *   get_book_summary_by_currency   bid, ask, mark, mark IV and forward of every option
 *   get_instruments                strike and expiry of each
 *
 * Uses `fetch` only, so it runs in Node and in browsers. Failures that time can heal (no connection,
 * status 429 and 5xx) are tried again with growing pauses.
 */
import { InputError } from "../../num/errors.ts";
import type { QuoteSet } from "../quote.ts";
import { collectQuotes, type Selection } from "./collect.ts";
import { deribitJsonQuotes } from "./deribitJson.ts";

/** The other side did not answer, or answered with a failure. */
export class NetworkError extends Error {
  override readonly name: string = "NetworkError";
}

/** Where and how patiently to ask. */
export interface DeribitApiOptions extends Pick<Selection, "underlying"> {
  /** Address in front of `/public/…`. */
  readonly baseUrl?: string;
  /** Limit of one request. */
  readonly timeoutMs?: number;
  /** Attempts after the first one. */
  readonly retries?: number;
  /** Pause before the first retry; it doubles each time. */
  readonly retryPauseMs?: number;
  /** Stops the requests when the caller gives up. */
  readonly signal?: AbortSignal;
}

/** Defaults of `fetchDeribitQuotes`. */
export const deribitApiDefaults = {
  baseUrl: "https://www.deribit.com/api/v2",
  timeoutMs: 15_000,
  retries: 2,
  retryPauseMs: 500,
} as const;

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
  const [summary, instruments] = await Promise.all([
    request("get_book_summary_by_currency", query, options),
    request("get_instruments", { ...query, expired: "false" }, options),
  ]);
  const source = `Deribit ${code} options`;
  const collector = collectQuotes(source, { underlying: options.underlying });
  for (const quote of deribitJsonQuotes(source, summary, instruments)) collector.add(quote);
  return collector.finish();
}

/** Body of a public method's reply, parsed. */
async function request(
  method: string,
  query: Readonly<Record<string, string>>,
  options: DeribitApiOptions,
): Promise<unknown> {
  const { baseUrl, timeoutMs, retries, retryPauseMs } = { ...deribitApiDefaults, ...options };
  const url = `${baseUrl.replace(/\/$/, "")}/public/${method}?${new URLSearchParams(query)}`;
  for (let attempt = 0; ; attempt++) {
    const outcome = await attemptRequest(url, timeoutMs, options.signal);
    if ("body" in outcome) return outcome.body;
    if (!outcome.canHeal || attempt >= retries) {
      const tries = attempt === 0 ? "" : ` after ${attempt + 1} attempts`;
      throw new NetworkError(
        `Deribit ${method}: expected a reply from ${baseUrl}, got ${outcome.failure}${tries}. ${outcome.fix}`,
      );
    }
    await pause(retryPauseMs * 2 ** attempt, options.signal);
  }
}

type Outcome =
  | { readonly body: unknown }
  | { readonly failure: string; readonly fix: string; readonly canHeal: boolean };

async function attemptRequest(
  url: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const limit = AbortSignal.timeout(timeoutMs);
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) {
      const failure = `none within ${timeoutMs / 1000} s`;
      return { failure, fix: "Check the connection or raise timeoutMs.", canHeal: true };
    }
    return {
      failure: connectionFailure(error),
      fix: "Check the address and the connection.",
      canHeal: true,
    };
  }
  return outcomeOf(status, text);
}

function outcomeOf(status: number, text: string): Outcome {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {
      failure: `status ${status} and text that is not JSON ("${text.slice(0, 60).trim()}")`,
      fix: "Check the base address and any proxy.",
      canHeal: status === 429 || status >= 500,
    };
  }
  const message = errorMessage(body);
  if (status < 400 && message === null) return { body };
  return {
    failure: `status ${status}${message === null ? "" : `: ${message}`}`,
    fix: status === 429 ? "Wait a minute and ask again." : "Check the currency.",
    canHeal: status === 429 || status >= 500,
  };
}

function errorMessage(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("error" in body)) return null;
  const error = body.error;
  if (typeof error !== "object" || error === null) return String(error);
  const part = (key: string): string => (key in error ? String(Reflect.get(error, key)) : "");
  return `${part("message")} (code ${part("code")})`;
}

/** Undici hides the reason, such as ECONNREFUSED, in `cause`. */
function connectionFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  if (!(cause instanceof Error)) return error.message;
  const code: unknown = Reflect.get(cause, "code");
  return cause.message || (typeof code === "string" ? code : error.message);
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  signal?.throwIfAborted();
}
