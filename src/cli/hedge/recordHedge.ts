/** Trainings and back-tests noted in the run catalogue of a market store (`--record DIR`). */
import { createHash } from "node:crypto";
import type { BacktestConfig, BacktestDocument } from "../../hedging/index.ts";
import { isStore, type NewRun, recordRun } from "../../market/store/index.ts";
import { UsageError } from "../exitCodes.ts";

/** Name and text of the flag. */
export const recordFlag = [
  "--record <store>",
  "note the run in the catalogue of this market store (volterra data runs)",
] as const;

/** Looks for the store before hours of work are done for it.
 *
 * Throws  UsageError when there is none
 */
export function checkRecordStore(store: string | undefined): void {
  if (store === undefined || isStore(store)) return;
  throw new UsageError(
    `--record: expected a market store, got ${store}, which is none. Make one with volterra data import, pull or watch.`,
  );
}

/** Notes a trained policy. */
export function recordPolicy(store: string, run: Omit<NewRun, "kind">): void {
  recordRun(store, { kind: "policy", ...run });
}

/** Notes a back-test; the data are told by the files' names and sizes, as its saved state is. */
export function recordBacktest(
  store: string,
  config: BacktestConfig,
  identity: readonly string[],
  document: BacktestDocument,
  isInterrupted: boolean,
): void {
  const { settings: _, void: voided, ...results } = document;
  recordRun(store, {
    kind: "backtest",
    name: `${config.name} ${config.underlying}`,
    config: { ...config },
    dataFingerprint: createHash("sha256")
      .update(JSON.stringify(identity))
      .digest("hex")
      .slice(0, 16),
    seed: config.seed,
    status: isInterrupted ? "interrupted" : "finished",
    results: { ...results, voidTrades: voided.length },
  });
}
