/** Rows and folders for the tests of the store. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RowOf } from "./kinds.ts";
import type { SourceRows } from "./writer.ts";

/** A folder that is removed after the action. */
export async function inFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "volterra-store-"));
  try {
    return await action(join(folder, "store"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An option quote that differs from others where the test says. */
export function testOption(changes: Partial<RowOf<"option">> = {}): RowOf<"option"> {
  const eventMs = changes.eventMs ?? Date.UTC(2026, 2, 28, 12);
  return {
    eventMs,
    knownMs: eventMs,
    instrument: "BTC-26JUN26-80000-C",
    type: "call",
    strike: 80_000,
    expiryMs: Date.UTC(2026, 5, 26, 8),
    unit: "coin",
    bid: 0.1,
    ask: 0.11,
    mark: 0.105,
    markIv: 0.5,
    forward: 82_000,
    discount: 1,
    openInterest: null,
    exercise: "european",
    ...changes,
  };
}

/** A source with options on BTC. */
export function testSource(fingerprint: string, rows: readonly RowOf<"option">[]): SourceRows {
  return {
    name: `${fingerprint}.csv`,
    fingerprint,
    format: "test",
    groups: [{ kind: "option", venue: "deribit", underlying: "BTC", rows }],
  };
}
