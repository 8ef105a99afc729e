/**
 * Pulling from Deribit by HTTP into the store: part by part, each batch committed when it came.
 *
 * A pull that was interrupted goes on: windows of history that are whole are not asked for again, and rows that
 * are stored already are left out. So doing it twice stores nothing twice.
 */
import { createHash } from "node:crypto";
import { InputError } from "../../../num/errors.ts";
import { isObject } from "../../sources/deribitJson.ts";
import { type Clock, systemClock } from "../../sources/live/clock.ts";
import { creditLimiter } from "../../sources/live/limits.ts";
import type { Reception } from "../../sources/live/liveRows.ts";
import { deribitRequest, type RequestOptions } from "../../sources/live/request.ts";
import { checked, schemas } from "../../sources/live/schema.ts";
import type { Commit } from "../journal.ts";
import type { Kind } from "../kinds.ts";
import { openStore, type StoreReader } from "../reader.ts";
import type { StoreWriter } from "../writer.ts";
import { freshRows } from "./freshRows.ts";
import { historyParts } from "./pullHistory.ts";
import { nowParts } from "./pullNow.ts";
import {
  type Batch,
  type DvolStep,
  type Part,
  type PartContext,
  type PullPart,
  pullParts,
} from "./pullParts.ts";
import { type Quarantine, quarantineIn, type RefusalCount } from "./quarantine.ts";

/** What to pull. */
export interface PullOptions extends RequestOptions {
  readonly currencies: readonly string[];
  readonly parts?: readonly PullPart[];
  /** History from here on, in whole windows. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly dvolStep?: DvolStep;
  /** How far an item's time may be ahead of the exchange's clock. */
  readonly toleranceMs?: number;
  /** Before something is asked for. */
  readonly onStep?: (text: string) => void;
  /** When a batch is on the disk. */
  readonly onCommit?: (commit: Commit) => void;
}

/** What a pull did. */
export interface PullReport {
  readonly rows: Readonly<Partial<Record<Kind, number>>>;
  readonly commits: number;
  /** Rows that were in the store already. */
  readonly known: number;
  /** The exchange's clock minus this machine's. */
  readonly skewMs: number;
  /** Parts that the exchange does not have, or whose replies could not be used. */
  readonly failed: readonly {
    readonly currency: string;
    readonly part: PullPart;
    readonly error: string;
  }[];
  readonly refused: readonly RefusalCount[];
  readonly quarantine: string | null;
  readonly interrupted: boolean;
}

/** Defaults of a pull: everything but trades, with thirty days of history. */
export const pullDefaults = {
  parts: pullParts.filter((part) => part !== "trades"),
  historyMs: 30 * 86_400_000,
  dvolStep: "1D",
  toleranceMs: 2000,
  retries: 5,
} as const;

const partsByName: Readonly<Record<PullPart, Part>> = { ...nowParts, ...historyParts };

/** Pulls.
 *
 * Throws  NetworkError when the exchange does not answer; InputError when it knows none of the currencies; what a
 *         commit throws. What was committed before stays.
 */
export async function pullDeribit(writer: StoreWriter, options: PullOptions): Promise<PullReport> {
  const { currencies, parts = pullDefaults.parts, signal, clock = systemClock } = options;
  const quarantine = quarantineIn(writer.folder, "pull", clock.now);
  const store = await openStore(writer.folder);
  const tally = { rows: {} as Partial<Record<Kind, number>>, commits: 0, known: 0 };
  const failed: { currency: string; part: PullPart; error: string }[] = [];
  try {
    const exchange = await meetExchange(options, clock);
    for (const currency of currencies) {
      for (const part of pullParts.filter((name) => parts.includes(name))) {
        if (signal?.aborted) break;
        const context = contextOf(exchange, currency, options, clock, writer, quarantine);
        try {
          options.onStep?.(`${currency} ${part}`);
          for await (const batch of partsByName[part](context)) {
            await keep(writer, store, batch, tally, options.onCommit);
            options.onStep?.(`${currency} ${part}: ${batch.name}`);
            if (signal?.aborted) break;
          }
        } catch (error) {
          if (signal?.aborted) break;
          if (!(error instanceof InputError)) throw error;
          failed.push({ currency, part, error: error.message });
        }
      }
    }
    const asked = currencies.length * parts.length;
    if (failed.length === asked && signal?.aborted !== true) throw new InputError(failed[0].error);
    return {
      ...tally,
      skewMs: exchange.skewMs,
      failed,
      refused: quarantine.counts(),
      quarantine: quarantine.file(),
      interrupted: signal?.aborted === true,
    };
  } finally {
    store.free();
  }
}

interface Exchange {
  readonly venue: string;
  readonly skewMs: number;
  readonly request: (
    method: string,
    query: Readonly<Record<string, string>>,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

/** Asks for the time, which says how the clocks compare and whether it is the test network. */
async function meetExchange(options: PullOptions, clock: Clock): Promise<Exchange> {
  const limiter = options.limiter ?? creditLimiter(clock);
  const { retries = pullDefaults.retries } = options;
  const request: Exchange["request"] = async (method, query) => {
    const body = await deribitRequest(method, query, { ...options, clock, limiter, retries });
    if (isObject(body) && "result" in body) return body;
    throw new InputError(
      `Deribit ${method}: expected a reply with a result, got ${JSON.stringify(body)?.slice(0, 80)}. Check the base address.`,
    );
  };
  const before = clock.now();
  const body = await request("get_time", {});
  const after = clock.now();
  const serverMs = checked("Deribit get_time", schemas.time, body.result);
  const difference = serverMs - (before + after) / 2;
  return {
    venue: body.testnet === true ? "deribit-testnet" : "deribit",
    skewMs: Math.abs(difference) <= (after - before) / 2 ? 0 : difference,
    request,
  };
}

function contextOf(
  { venue, skewMs, request }: Exchange,
  currency: string,
  options: PullOptions,
  clock: Clock,
  writer: StoreWriter,
  quarantine: Quarantine,
): PartContext {
  const toMs = Math.min(options.toMs ?? Infinity, clock.now() + skewMs);
  return {
    venue,
    currency,
    fromMs: options.fromMs ?? toMs - pullDefaults.historyMs,
    toMs,
    dvolStep: options.dvolStep ?? pullDefaults.dvolStep,
    has: (window) => writer.has(window),
    refuse: quarantine.add,
    async ask(method, query) {
      const { result, usOut } = await request(method, query);
      const now = clock.now();
      const at: Reception = {
        venue,
        receivedMs: now + Math.max(0, skewMs),
        latestMs: now + skewMs + (options.toleranceMs ?? pullDefaults.toleranceMs),
      };
      const saidMs = typeof usOut === "number" ? Math.floor(usOut / 1000) : now + skewMs;
      return { result, at, sentMs: Math.round(Math.min(saidMs, at.latestMs)) };
    },
  };
}

async function keep(
  writer: StoreWriter,
  store: StoreReader,
  { name, window, groups }: Batch,
  tally: { rows: Partial<Record<Kind, number>>; commits: number; known: number },
  onCommit: PullOptions["onCommit"],
): Promise<void> {
  store.refresh();
  const fresh = await freshRows(store, groups);
  tally.known += fresh.known;
  // A whole window is noted even when it held nothing, so that it is not asked for again.
  if (fresh.groups.length === 0 && window === null) return;
  const digest = createHash("sha256").update(JSON.stringify(fresh.groups)).digest("hex");
  const source = {
    name: window ?? name,
    fingerprint: window ?? digest,
    format: "Deribit pull",
    groups: fresh.groups,
  };
  const commit = await writer.commit([source]);
  tally.commits++;
  for (const { kind, rows } of commit.files) tally.rows[kind] = (tally.rows[kind] ?? 0) + rows;
  onCommit?.(commit);
}
