/**
 * One call of Deribit's public HTTP interface: waits for credits, limits the time, tries again what time can heal.
 *
 * No connection, silence, text that is not JSON, status 429 and 5xx, and error 10028 (too many requests) are tried
 * again with growing pauses (backoff.ts); after 10028 the credits are taken to be gone (limits.ts).
 */
import { InputError } from "../../../num/errors.ts";
import { type Backoff, backoffMs } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { creditLimiter, type Limiter, TOO_MANY_REQUESTS, WRONG_PARAMETERS } from "./limits.ts";

/** The other side did not answer, or answered with a failure. */
export class NetworkError extends Error {
  override readonly name: string = "NetworkError";
}

/** Where and how patiently to ask. */
export interface RequestOptions {
  /** Address in front of `/public/…`. */
  readonly baseUrl?: string;
  /** Limit of one attempt. */
  readonly timeoutMs?: number;
  /** Attempts after the first one. */
  readonly retries?: number;
  /** Pause before the first retry; it doubles each time. */
  readonly retryPauseMs?: number;
  /** Seed of the spread of pauses. */
  readonly seed?: number;
  readonly clock?: Clock;
  /** Credits that several calls share; each call has its own when absent. */
  readonly limiter?: Limiter;
  /** Stops the requests when the caller gives up. */
  readonly signal?: AbortSignal;
}

/** Defaults of a request. */
export const requestDefaults = {
  baseUrl: "https://www.deribit.com/api/v2",
  timeoutMs: 15_000,
  retries: 2,
  retryPauseMs: 500,
  longestPauseMs: 30_000,
  seed: 0,
} as const;

/** Body of a public method's reply, parsed.
 *
 * Throws  NetworkError when there is no reply or it is a failure, after the retries; InputError when the exchange does
 *         not accept the parameters; the signal's reason when aborted
 */
export async function deribitRequest(
  method: string,
  query: Readonly<Record<string, string>>,
  options: RequestOptions = {},
): Promise<unknown> {
  const { baseUrl, timeoutMs, retries, retryPauseMs, longestPauseMs, seed } = {
    ...requestDefaults,
    ...options,
  };
  const { clock = systemClock, signal } = options;
  const limiter = options.limiter ?? creditLimiter(clock);
  const backoff: Backoff = { baseMs: retryPauseMs, longestMs: longestPauseMs, seed };
  const url = `${baseUrl.replace(/\/$/, "")}/public/${method}?${new URLSearchParams(query)}`;
  for (let attempt = 0; ; attempt++) {
    await limiter.take(method, signal);
    const outcome = await attemptRequest(url, timeoutMs, clock, signal);
    if ("body" in outcome) return outcome.body;
    if (outcome.isInput) {
      throw new InputError(
        `Deribit ${method}: expected parameters that it accepts, got ${new URLSearchParams(query)} (${outcome.failure}). ${outcome.fix}`,
      );
    }
    if (!outcome.canHeal || attempt >= retries) {
      const tries = attempt === 0 ? "" : ` after ${attempt + 1} attempts`;
      throw new NetworkError(
        `Deribit ${method}: expected a reply from ${baseUrl}, got ${outcome.failure}${tries}. ${outcome.fix}`,
      );
    }
    if (outcome.isLimit) limiter.drain();
    await clock.sleep(backoffMs(attempt, backoff), signal);
  }
}

type Outcome =
  | { readonly body: unknown }
  | {
      readonly failure: string;
      readonly fix: string;
      readonly canHeal: boolean;
      /** True when the exchange says that there were too many requests. */
      readonly isLimit?: boolean;
      /** True when the exchange does not accept the parameters. */
      readonly isInput?: boolean;
    };

async function attemptRequest(
  url: string,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const limit = new AbortController();
  const done = new AbortController();
  clock.sleep(timeoutMs, done.signal).then(
    () => limit.abort(),
    // The reply came first.
    () => undefined,
  );
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      signal: signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.signal.aborted) {
      const failure = `none within ${timeoutMs / 1000} s`;
      return { failure, fix: "Check the connection or raise timeoutMs.", canHeal: true };
    }
    return {
      failure: connectionFailure(error),
      fix: "Check the address and the connection.",
      canHeal: true,
    };
  } finally {
    done.abort();
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
      // A reply that was cut off, or a page of a proxy that is busy.
      canHeal: status < 400 || status === 429 || status >= 500,
    };
  }
  const message = errorMessage(body);
  if (status < 400 && message === null) return { body };
  const isLimit = status === 429 || (message?.includes(`(code ${TOO_MANY_REQUESTS})`) ?? false);
  return {
    failure: `status ${status}${message === null ? "" : `: ${message}`}`,
    fix: isLimit ? "Wait a minute and ask again." : "Check the currency.",
    canHeal: isLimit || status >= 500,
    isLimit,
    isInput: message?.includes(`(code ${WRONG_PARAMETERS})`) ?? false,
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
