/**
 * A back-test on disk, so that one that ends early goes on where it stopped.
 *
 *   OUT/NAME/walk.json          where the walk stands, after the last moment that was done
 *   OUT/NAME/trades/ID.json     a trade that is over, written before the walk's file says so
 *
 * Both are written whole. A walk of another configuration or another history is refused, never mixed.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClosedTrade, HistoryState, VoidTrade, WalkState } from "../../hedging/index.ts";
import { InputError } from "../../num/errors.ts";
import { writeFileAtomically } from "../atomicWrite.ts";

/** Where a walk stands. */
export interface SavedWalk {
  readonly schemaVersion: 1;
  /** Of configuration and history. */
  readonly key: string;
  /** Chain files that were done. */
  readonly filesDone: number;
  readonly history: HistoryState;
  readonly walk: WalkState;
  readonly closed: readonly string[];
  readonly voided: readonly VoidTrade[];
}

/** Results of one back-test. */
export interface BacktestStore {
  /** What was saved; undefined at the beginning. */
  load(): SavedWalk | undefined;
  saveTrade(trade: ClosedTrade): void;
  save(saved: SavedWalk): void;
  /** Trades by name. */
  trades(ids: readonly string[]): ClosedTrade[];
}

/** The folder of a back-test. */
export function backtestStore(folder: string, key: string): BacktestStore {
  const walkFile = join(folder, "walk.json");
  const tradeFile = (id: string): string => join(folder, "trades", `${id}.json`);
  const parse = <T>(path: string): T => {
    try {
      return JSON.parse(readFileSync(path, "utf8")) as T;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InputError(
        `${path}: expected a file of a back-test, got ${why}. Remove the folder, or choose another with --out.`,
      );
    }
  };
  return {
    load() {
      if (!existsSync(walkFile)) return undefined;
      const saved = parse<SavedWalk>(walkFile);
      if (saved.schemaVersion === 1 && saved.key === key) return saved;
      throw new InputError(
        `${folder}: expected the results of this configuration and history, got those of another. Choose another folder with --out, or remove it.`,
      );
    },
    saveTrade: (trade) =>
      writeFileAtomically(tradeFile(trade.trade.id), `${JSON.stringify(trade)}\n`),
    save: (saved) => writeFileAtomically(walkFile, `${JSON.stringify(saved)}\n`),
    trades: (ids) => ids.map((id) => parse<ClosedTrade>(tradeFile(id))),
  };
}
