/**
 * Watching Deribit: a session that is opened again whenever it ends, with everything subscribed anew.
 *
 *   open → heartbeat → clocks compared → contracts listed → what was missed asked for → subscribed → messages
 *
 * A session ends by the network, by silence, by error 10028 or by the other side. The next one follows after a
 * pause that grows with failures in a row (backoff.ts). The time between is a gap of the report; after it, book
 * summaries give the whole chain at once and minute bars of DVOL fill what the index did meanwhile.
 */
import { InputError } from "../../../num/errors.ts";
import type { RowGroup } from "../../store/kinds.ts";
import { parseDeribitOption } from "../deribitInstrument.ts";
import { resultList, textField } from "../deribitJson.ts";
import { futureExpiryMs, underlyingOf, volatilityIndexRows } from "../deribitRows.ts";
import { type Backoff, backoffMs } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { deribitFeed, type Feed, type FeedCounts, type Refusal } from "./feed.ts";
import { creditLimiter, type Limiter } from "./limits.ts";
import { summaryRow } from "./liveRows.ts";
import { NetworkError } from "./request.ts";
import { checked, schemas } from "./schema.ts";
import { openSession, type Session, type SessionOptions, type SocketLike } from "./session.ts";

/** What to watch and how. */
export interface WatchOptions {
  readonly currencies: readonly string[];
  /** Instruments whose order books are kept; none by default. */
  readonly books?: readonly string[];
  /** Options too, or only futures and indices. */
  readonly options?: boolean;
  readonly url?: string;
  readonly connect: (url: string) => SocketLike;
  readonly clock?: Clock;
  readonly seed?: number;
  readonly heartbeatS?: number;
  readonly timeoutMs?: number;
  /** Difference of the clocks above which the user is told. */
  readonly warnSkewMs?: number;
  /** How far a message may be ahead of the exchange's clock. */
  readonly toleranceMs?: number;
  /** How often contracts are listed and clocks compared again. */
  readonly relistMs?: number;
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** Attempts before the very first session after which watching is given up. */
  readonly firstAttempts?: number;
  readonly signal: AbortSignal;
  readonly onNotice?: (notice: Notice) => void;
  readonly onRefused?: (refusal: Refusal) => void;
}

/** Something that a watch should tell its user. */
export interface Notice {
  readonly type: "connected" | "disconnected" | "too-many-requests" | "clock" | "refused-channels";
  readonly atMs: number;
  readonly detail: string;
}

/** Time without a session. */
export interface WatchGap {
  readonly fromMs: number;
  /** When everything was subscribed again; null when it never was. */
  readonly toMs: number | null;
  readonly reason: string;
  /** Rows that were asked for afterwards. */
  readonly filledRows: number;
}

/** What happened so far. */
export interface WatchCounts extends FeedCounts {
  readonly sessions: number;
  readonly channels: number;
  readonly tooManyRequests: number;
  /** Largest difference of the clocks that was seen, the exchange's minus this machine's. */
  readonly skewMs: number;
  readonly gaps: readonly WatchGap[];
}

/** Defaults of watching. */
export const watchDefaults = {
  url: "wss://www.deribit.com/ws/api/v2",
  heartbeatS: 30,
  timeoutMs: 15_000,
  warnSkewMs: 5000,
  toleranceMs: 2000,
  relistMs: 600_000,
  firstPauseMs: 500,
  longestPauseMs: 60_000,
  firstAttempts: 5,
  channelsAtOnce: 250,
  seed: 0,
} as const;

/** Least time between two comparisons of the clocks. */
const COMPARE_AGAIN_MS = 1000;
const MINUTE_MS = 60_000;

/** A watch under way. */
export interface Watch {
  /** Rows since the last call. */
  drain(): RowGroup[];
  counts(): WatchCounts;
  /** Resolves when the signal was aborted and the session has ended.
   *
   * Rejects  NetworkError when no session could be opened at first; InputError when the exchange does not accept
   *          what is asked for
   */
  readonly done: Promise<void>;
}

type Settings = WatchOptions &
  Omit<typeof watchDefaults, keyof WatchOptions> &
  Required<Pick<WatchOptions, "clock" | Exclude<keyof typeof watchDefaults, "channelsAtOnce">>>;

/** What the parts of one watch share. */
interface State {
  readonly settings: Settings;
  readonly feed: Feed;
  readonly gaps: WatchGap[];
  /** Credits last longer than a session. */
  readonly limiter: Limiter;
  /** Names of contracts, and when they were listed. */
  listed: { readonly atMs: number; readonly names: readonly string[] } | null;
  session: Session | null;
  sessions: number;
  subscribed: Set<string>;
  tooManyRequests: number;
  skewMs: number;
  comparedMs: number;
}

/** Starts watching; it goes on until the signal is aborted. */
export function watchDeribit(options: WatchOptions): Watch {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as WatchOptions;
  const settings: Settings = { clock: systemClock, ...watchDefaults, ...given };
  const state: State = {
    settings,
    feed: deribitFeed({
      venue: venueOf(settings.url),
      toleranceMs: settings.toleranceMs,
      onRefused(refusal) {
        settings.onRefused?.(refusal);
        // Either the message is wrong or a clock was set: the exchange can tell.
        if (refusal.reason === "future") recompare(state);
      },
      onBookGap: (channel) => renewBook(state, channel),
    }),
    gaps: [],
    limiter: creditLimiter(settings.clock),
    listed: null,
    session: null,
    sessions: 0,
    subscribed: new Set(),
    tooManyRequests: 0,
    skewMs: 0,
    comparedMs: -Infinity,
  };
  return {
    drain: state.feed.drain,
    counts: () => ({
      ...state.feed.counts,
      sessions: state.sessions,
      channels: state.subscribed.size,
      tooManyRequests: state.tooManyRequests,
      skewMs: state.skewMs,
      gaps: [...state.gaps],
    }),
    done: keepWatching(state),
  };
}

/** The test network's data are kept apart from real ones. */
const venueOf = (url: string): string =>
  /^wss?:\/\/test\./.test(url) ? "deribit-testnet" : "deribit";

function notify({ settings }: State, type: Notice["type"], detail: string): void {
  settings.onNotice?.({ type, atMs: settings.clock.now(), detail });
}

/** One session after the other. */
async function keepWatching(state: State): Promise<void> {
  const { clock, signal, seed, firstPauseMs, longestPauseMs, firstAttempts } = state.settings;
  const backoff: Backoff = { baseMs: firstPauseMs, longestMs: longestPauseMs, seed };
  let failures = 0;
  let gap: { readonly fromMs: number; readonly reason: string } | null = null;
  while (!signal.aborted) {
    let reason: string;
    try {
      reason = await oneSession(state, gap, () => {
        failures = 0;
        gap = null;
      });
    } catch (error) {
      // Nothing but the network is worth trying again, and not for ever where it never worked.
      const isHopeless = !(error instanceof NetworkError) || failures + 1 >= firstAttempts;
      if (state.sessions === 0 && isHopeless && !signal.aborted) throw error;
      reason = error instanceof Error ? error.message : String(error);
      state.session?.end(reason);
    }
    state.session = null;
    if (signal.aborted) break;
    if (state.sessions > 0) gap ??= { fromMs: clock.now(), reason };
    const pauseMs = backoffMs(failures++, backoff);
    notify(state, "disconnected", `${reason}; trying again in ${(pauseMs / 1000).toFixed(1)} s`);
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
  const open = gap as { readonly fromMs: number; readonly reason: string } | null;
  if (open !== null) state.gaps.push({ ...open, toMs: null, filledRows: 0 });
}

/** One session from its opening to its end; the reason of the end. */
async function oneSession(
  state: State,
  gap: { readonly fromMs: number; readonly reason: string } | null,
  onReady: () => void,
): Promise<string> {
  const { clock, signal } = state.settings;
  const session = await openSession(sessionOptions(state));
  state.session = session;
  state.subscribed = new Set();
  state.feed.forgetBooks();
  await compareClocks(state, session);
  const channels = await channelsOf(state, session);
  const filledRows = gap === null ? 0 : await fillGap(state, session, gap.fromMs);
  await subscribe(state, session, channels);
  state.sessions++;
  const toMs = clock.now();
  if (gap !== null) state.gaps.push({ ...gap, toMs, filledRows });
  const after =
    gap === null
      ? ""
      : ` after a gap of ${((toMs - gap.fromMs) / 1000).toFixed(1)} s, ${filledRows} rows of which were asked for`;
  notify(state, "connected", `${state.subscribed.size} channels${after}`);
  onReady();
  const over = new AbortController();
  session.ended.then(
    () => over.abort(),
    () => undefined,
  );
  const listing = keepListing(state, session, over.signal).catch((error: unknown) => {
    if (!over.signal.aborted) session.end(error instanceof Error ? error.message : String(error));
  });
  const reason = await session.ended;
  await listing;
  signal.throwIfAborted();
  return reason;
}

function sessionOptions(state: State): SessionOptions {
  const { settings, feed } = state;
  const { clock, url, connect, heartbeatS, timeoutMs, signal } = settings;
  return {
    url,
    connect,
    clock,
    limiter: state.limiter,
    heartbeatS,
    timeoutMs,
    signal,
    onData: (channel, data) => feed.accept(channel, data, clock.now()),
    onMalformed: (detail, message) =>
      settings.onRefused?.({
        reason: "malformed",
        source: "session",
        detail: `session: expected a message of JSON-RPC, got ${detail}.`,
        message,
      }),
    onTooManyRequests() {
      state.tooManyRequests++;
      notify(state, "too-many-requests", "error 10028: waiting for credits");
      // The exchange ends such a session anyway; ending it first leaves no half-done subscription.
      state.session?.end("too many requests");
    },
  };
}

/** Asks the exchange for its time, and says so when it is far from ours. */
async function compareClocks(state: State, session: Session): Promise<void> {
  const { clock, warnSkewMs } = state.settings;
  state.comparedMs = clock.now();
  const before = clock.now();
  const serverMs = checked("Deribit get_time", schemas.time, await session.call("get_time", {}));
  const after = clock.now();
  // The reply was made somewhere between asking and hearing: half the round trip is the doubt.
  const difference = serverMs - (before + after) / 2;
  const skewMs = Math.abs(difference) <= (after - before) / 2 ? 0 : difference;
  state.feed.setSkew(skewMs);
  if (Math.abs(skewMs) > Math.abs(state.skewMs)) state.skewMs = skewMs;
  if (Math.abs(skewMs) > warnSkewMs) {
    const side = skewMs > 0 ? "ahead of" : "behind";
    notify(
      state,
      "clock",
      `the exchange's clock is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${side} this machine's; rows are stored as known by the later of the two`,
    );
  }
}

function recompare(state: State): void {
  const { session, settings } = state;
  if (session === null || settings.clock.now() - state.comparedMs < COMPARE_AGAIN_MS) return;
  compareClocks(state, session).catch((error: unknown) =>
    session.end(error instanceof Error ? error.message : String(error)),
  );
}

/** Asks for a new snapshot of a book. */
function renewBook({ session }: State, channel: string): void {
  if (session === null) return;
  const renew = async (): Promise<void> => {
    await session.call("unsubscribe", { channels: [channel] });
    await session.call("subscribe", { channels: [channel] });
  };
  renew().catch((error: unknown) =>
    session.end(error instanceof Error ? error.message : String(error)),
  );
}

/** The chain as it is now and DVOL as it was meanwhile; how many rows. */
async function fillGap(state: State, session: Session, fromMs: number): Promise<number> {
  const { settings, feed } = state;
  const { clock, currencies, options = true } = settings;
  const before = feed.counts.accepted;
  for (const currency of currencies) {
    for (const kind of options ? ["option", "future"] : ["future"]) {
      const source = `get_book_summary_by_currency ${currency} ${kind}`;
      const items = await session.call("get_book_summary_by_currency", { currency, kind });
      const at = feed.reception(clock.now());
      for (const item of resultList(source, { result: items })) {
        guard(state, source, item, () => {
          const group = summaryRow(source, item, at);
          if (group !== null && group.underlying === currency) feed.add(group);
        });
      }
    }
    const source = `get_volatility_index_data ${currency}`;
    const start_timestamp = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS;
    const params = { currency, start_timestamp, end_timestamp: clock.now(), resolution: "60" };
    const page = await session.call("get_volatility_index_data", params);
    const at = feed.reception(clock.now());
    guard(state, source, page, () => {
      for (const bar of checked(source, schemas.volatilityPage, page).data) {
        guard(state, source, bar, () => {
          const [ms] = checked(source, schemas.volatilityBar, bar);
          // The last bar is not over yet, so its close is none.
          if (ms + MINUTE_MS > at.latestMs - settings.toleranceMs) return;
          const rows = volatilityIndexRows(source, [bar], MINUTE_MS);
          feed.add({ kind: "index", venue: at.venue, underlying: currency, rows });
        });
      }
    });
  }
  return feed.counts.accepted - before;
}

/** Refuses an item instead of failing for it. */
function guard(state: State, source: string, message: unknown, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    state.settings.onRefused?.({ reason: "schema", source, detail: error.message, message });
  }
}

async function subscribe(state: State, session: Session, wanted: readonly string[]): Promise<void> {
  const { channelsAtOnce } = state.settings;
  const missing = wanted.filter((channel) => !state.subscribed.has(channel));
  for (let i = 0; i < missing.length; i += channelsAtOnce) {
    const channels = missing.slice(i, i + channelsAtOnce);
    const granted = await session.call("subscribe", { channels });
    const names = new Set(Array.isArray(granted) ? (granted as unknown[]) : []);
    const refused = channels.filter((channel) => !names.has(channel));
    for (const channel of channels) if (names.has(channel)) state.subscribed.add(channel);
    if (refused.length > 0) {
      notify(
        state,
        "refused-channels",
        `${refused.length} channels were not granted, such as ${refused[0]}`,
      );
    }
  }
}

/** Channels of everything that is listed: asked for now, or a while ago, since that call has the fewest credits. */
async function channelsOf(state: State, session: Session): Promise<string[]> {
  const { clock, currencies, books = [], relistMs } = state.settings;
  if (state.listed === null || clock.now() - state.listed.atMs >= relistMs) {
    const names = [];
    for (const currency of currencies) names.push(...(await listedNames(state, session, currency)));
    state.listed = { atMs: clock.now(), names };
  }
  const names = state.listed.names.filter((name) => expiryOf(name) > clock.now());
  return [
    ...names.map((name) => `ticker.${name}.100ms`),
    ...books.map((name) => `book.${name}.100ms`),
    ...currencies.flatMap((currency) => {
      const index = `${currency.toLowerCase()}_usd`;
      return [`deribit_volatility_index.${index}`, `deribit_price_index.${index}`];
    }),
  ];
}

/** Futures, and options where they are wanted, on a currency. */
async function listedNames(state: State, session: Session, currency: string): Promise<string[]> {
  const { options = true } = state.settings;
  const source = `Deribit get_instruments ${currency}`;
  const reply = await session.call("get_instruments", { currency, expired: false });
  return resultList(source, { result: reply })
    .map((item) => textField(source, item, "instrument_name"))
    .filter((name) => {
      const isFuture = futureExpiryMs(name) !== undefined;
      const isOption = options && parseDeribitOption(name) !== null;
      // Other underlyings settle in the same currency; each has its own chain.
      return (isFuture || isOption) && underlyingOf(name) === currency;
    });
}

const expiryOf = (name: string): number =>
  parseDeribitOption(name)?.expiryMs ?? futureExpiryMs(name) ?? Infinity;

/** Lists again and again while the session lasts: contracts come and go at 08:00 UTC, clocks drift. */
async function keepListing(state: State, session: Session, over: AbortSignal): Promise<void> {
  const { clock, relistMs } = state.settings;
  while (!over.aborted) {
    await clock.sleep(relistMs, over);
    await compareClocks(state, session);
    await subscribe(state, session, await channelsOf(state, session));
  }
}
