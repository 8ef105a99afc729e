/**
 * The chain a command works on: from a file or from an exchange, as the flags say.
 */
import { basename } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  clean,
  type CleanOptions,
  fetchDeribitQuotes,
  formatInstant,
  type LoadedChain,
  loadChainFile,
  parseInstant,
  type QuoteUnit,
  type TableField,
  tableFields,
  type TableFormat,
} from "../market/index.ts";
import { openStore } from "../market/store/index.ts";
import { UsageError } from "./exitCodes.ts";

/** Flags that choose and clean a chain. */
export interface ChainFlags {
  readonly source?: "deribit";
  readonly baseUrl?: string;
  readonly store?: string;
  readonly venue?: string;
  readonly underlying?: string;
  readonly day?: string;
  readonly instruments?: string;
  readonly priceUnit?: QuoteUnit;
  readonly volUnit?: "decimal" | "percent";
  readonly column?: Readonly<Partial<Record<TableField, string>>>;
  readonly asOf?: string;
  readonly expiryHour?: number;
  readonly zeroIsMissing?: boolean;
  readonly minDays?: number;
  readonly maxSpread?: number;
  readonly minDelta?: number;
  readonly maxDelta?: number;
  readonly minQuotes?: number;
  readonly maxQuotesPerExpiry?: number;
  readonly dropInvalid?: boolean;
}

/** A chain and the stem of names for files about it. */
export interface NamedChain {
  readonly loaded: LoadedChain;
  readonly name: string;
}

/** Adds the flags to a command. */
export function addChainFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--source <venue>", "read live quotes; FILE is then a currency").choices([
        "deribit",
      ]),
    )
    .option("--store <dir>", "read from a market store (volterra data) instead of a FILE")
    .option("--venue <name>", "store: venue, where several have the underlying")
    .option("--base-url <url>", "address of the venue's interface, for a proxy or a test server")
    .option("--underlying <name>", "underlying to choose, or that of a table without such a column")
    .option("--day <iso>", "beginning of the as-of time to choose, such as 2021-06-15")
    .option("--instruments <path>", "get_instruments reply that belongs to a Deribit book summary")
    .addOption(
      new Option("--price-unit <unit>", "generic table: unit of bid and ask").choices([
        "coin",
        "currency",
        "vol",
      ]),
    )
    .addOption(
      new Option("--vol-unit <unit>", "generic table: unit of volatilities").choices([
        "decimal",
        "percent",
      ]),
    )
    .option("--column <field=name>", "generic table: column of a field (repeatable)", columnFlag)
    .option(
      "--as-of <time>",
      "store: the newest chain known at this time; generic table: as-of time of the whole file",
    )
    .option("--expiry-hour <hour>", "generic table: hour UTC at which a date expires", numberFlag)
    .option("--zero-is-missing", "generic table: a price of 0 is no quote")
    .option("--min-days <days>", "drop expiries nearer than this", numberFlag)
    .option("--max-spread <share>", "drop spreads above this share of the mid vol", numberFlag)
    .option("--min-delta <delta>", "drop call deltas below this", numberFlag)
    .option("--max-delta <delta>", "drop call deltas above this", numberFlag)
    .option("--min-quotes <count>", "drop expiries with fewer quotes", numberFlag)
    .option("--max-quotes-per-expiry <count>", "thin out expiries with more quotes", numberFlag)
    .option("--drop-invalid", "drop rows with impossible values instead of refusing the file");
}

/** Reads and cleans the chain that the flags describe.
 *
 * Throws  UsageError when the flags contradict each other; otherwise as `loadChainFile`, `fetchDeribitQuotes` and
 *         the store's `chain`
 */
export async function loadChain(
  target: string | undefined,
  flags: ChainFlags,
  signal?: AbortSignal,
): Promise<NamedChain> {
  if (flags.store !== undefined) return storedChain(flags.store, target, flags);
  if (flags.venue !== undefined) {
    throw new UsageError("--venue: expected it beside --store, got no store. Leave it out.");
  }
  if (target === undefined) {
    throw new UsageError(
      "FILE: expected a file, or --store with --underlying, got neither. Name the chain to read.",
    );
  }
  if (flags.source === "deribit") return liveChain(target, flags, signal);
  if (flags.baseUrl !== undefined) {
    throw new UsageError(
      "--base-url: expected it beside --source, got a file. Add --source deribit.",
    );
  }
  const loaded = await loadChainFile(target, {
    ...cleaning(flags),
    underlying: flags.underlying,
    day: flags.day,
    instruments: flags.instruments,
    format: tableFormat(flags),
  });
  const stem = basename(target).replace(/(\.(csv|json|jsonl|parquet|gz|txt))+$/i, "");
  const chosen = [flags.underlying, flags.day].filter((part) => part !== undefined);
  return { loaded, name: fileSafe([stem, ...chosen].join("-")) };
}

/** The newest chain in a store that was known at --as-of (now, when it is absent). */
async function storedChain(
  folder: string,
  target: string | undefined,
  flags: ChainFlags,
): Promise<NamedChain> {
  const { underlying = target, venue, source } = flags;
  if (source !== undefined || (target !== undefined && flags.underlying !== undefined)) {
    const got = source === undefined ? `the file ${target}` : `--source ${source}`;
    throw new UsageError(
      `--store: expected one place to read from, got ${got} too. Leave one out.`,
    );
  }
  if (underlying === undefined) {
    throw new UsageError(
      "--store: expected --underlying beside it, got none. Say --underlying BTC.",
    );
  }
  const asOf = flags.asOf === undefined ? Date.now() : parseInstant(flags.asOf);
  if (Number.isNaN(asOf)) {
    throw new UsageError(
      `--as-of: expected a time such as 2026-03-28T09:30Z, got "${flags.asOf}". Write ISO 8601 in UTC.`,
    );
  }
  const store = await openStore(folder);
  try {
    const quoteSet = await store.chain({
      underlying,
      asOf,
      ...(venue === undefined ? {} : { venue }),
    });
    const time = formatInstant(quoteSet.asOfMs).slice(0, 16).replace(":", "");
    return {
      loaded: {
        ...clean(quoteSet, cleaning(flags)),
        source: quoteSet.source,
        rawFingerprint: quoteSet.fingerprint,
      },
      name: fileSafe(`${underlying}-${time}`),
    };
  } finally {
    store.free();
  }
}

async function liveChain(
  currency: string,
  flags: ChainFlags,
  signal: AbortSignal | undefined,
): Promise<NamedChain> {
  const { baseUrl, underlying } = flags;
  const quoteSet = await fetchDeribitQuotes(currency, {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(underlying === undefined ? {} : { underlying }),
    ...(signal === undefined ? {} : { signal }),
  });
  const cleaned = clean(quoteSet, cleaning(flags));
  const time = formatInstant(quoteSet.asOfMs).slice(0, 16).replace(":", "");
  return {
    loaded: { ...cleaned, source: quoteSet.source, rawFingerprint: quoteSet.fingerprint },
    name: fileSafe(`deribit-${quoteSet.underlying}-${time}`),
  };
}

function cleaning(flags: ChainFlags): CleanOptions {
  const { minDays, maxSpread, minDelta, maxDelta, minQuotes, maxQuotesPerExpiry } = flags;
  const invalidRows = flags.dropInvalid ? "drop" : undefined;
  return { minDays, maxSpread, minDelta, maxDelta, minQuotes, maxQuotesPerExpiry, invalidRows };
}

function tableFormat(flags: ChainFlags): TableFormat | undefined {
  if (flags.priceUnit === undefined) {
    const tableFlags = ["volUnit", "column", "asOf", "expiryHour", "zeroIsMissing"] as const;
    const given = tableFlags.find((name) => flags[name] !== undefined);
    if (given === undefined) return undefined;
    throw new UsageError(
      `--${given.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}: expected --price-unit beside it, got none. Say coin, currency or vol.`,
    );
  }
  return {
    price: flags.priceUnit,
    vol: flags.volUnit,
    columns: flags.column,
    asOf: flags.asOf,
    underlying: flags.underlying,
    expiryHourUtc: flags.expiryHour,
    zeroIsMissing: flags.zeroIsMissing,
  };
}

const fileSafe = (text: string): string => text.replace(/[^\w.-]+/g, "_");

/** Parser of a flag that is a number. */
export function numberFlag(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`Expected a number, got "${text}".`);
  }
  return value;
}

/** Parser of a flag that counts something. */
export function countFlag(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError(`Expected a whole number, got "${text}".`);
  }
  return value;
}

function columnFlag(
  text: string,
  before: Partial<Record<TableField, string>> = {},
): Partial<Record<TableField, string>> {
  const at = text.indexOf("=");
  const field = tableFields.find((name) => name === text.slice(0, at));
  if (field === undefined || at === text.length - 1) {
    throw new InvalidArgumentError(
      `Expected field=name with a field among ${tableFields.join(", ")}, got "${text}".`,
    );
  }
  return { ...before, [field]: text.slice(at + 1) };
}
