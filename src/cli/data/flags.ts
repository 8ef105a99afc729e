/**
 * Flags that the `data` commands share, and how they are read.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { formatInstant, parseInstant } from "../../market/index.ts";
import { type Kind, kindNames } from "../../market/store/index.ts";

/** Folder of the store where none is named. */
const defaultStore = "volterra-store";

/** Flags of every data command. */
export interface StoreFlags {
  readonly store: string;
  readonly json?: boolean;
}

/** Flags that choose rows. */
export interface RowFlags {
  readonly venue?: string;
  readonly underlying?: string;
  readonly name?: string;
  readonly from?: number;
  readonly to?: number;
  readonly asOf?: number;
}

/** Adds --store and --json. */
export function addStoreFlags(command: Command): Command {
  return command
    .option("--store <dir>", "folder of the store", defaultStore)
    .option("--json", "print one JSON document");
}

/** Adds the flags that choose rows. */
export function addRowFlags(command: Command): Command {
  return command
    .option("--venue <name>", "rows of this venue")
    .option("--underlying <name>", "rows on this underlying")
    .option("--name <name>", "rows of this instrument or series")
    .option("--from <time>", "events from this time on (ISO 8601 UTC)", timeFlag)
    .option("--to <time>", "events before this time", timeFlag)
    .option("--as-of <time>", "only what was known at this time (default: now)", timeFlag);
}

/** Flag that chooses a kind. */
export const kindOption = (): Option =>
  new Option("--kind <kind>", "rows of this kind").choices(kindNames);

/** Parser of an argument that is a kind. */
export function kindArgument(text: string): Kind {
  const kind = kindNames.find((name) => name === text);
  if (kind !== undefined) return kind;
  throw new InvalidArgumentError(`Expected one of ${kindNames.join(", ")}, got "${text}".`);
}

/** Parser of an argument that is a currency, several of which may follow. */
export function currencyArgument(text: string, before: readonly string[] = []): readonly string[] {
  if (/^[A-Za-z]{2,6}$/.test(text)) return [...new Set([...before, text.toUpperCase()])];
  throw new InvalidArgumentError(`Expected a currency such as BTC or ETH, got "${text}".`);
}

/** Parser of a flag that is a time. */
export function timeFlag(text: string): number {
  const ms = parseInstant(text);
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError(`Expected a time such as 2026-03-28T09:30Z, got "${text}".`);
}

/** An instant for a table: to the second. */
export const shortTime = (ms: number): string => formatInstant(ms).slice(0, 19).replace("T", " ");
