/**
 * `kill -9` at any moment of a watch: nothing that was acknowledged is lost, nothing is there by halves.
 *
 * Two watches run at a time, each with a store of its own, against an exchange that tears connections besides.
 * They merge small files after every second commit, so that kills fall into that, too.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Replay, startReplay } from "../../../test/deribit/replayServer.ts";
import { compareWithTruth } from "../../../test/deribit/storedTruth.ts";
import { openStore, openWriter } from "../../market/store/index.ts";

const KILLS = Number(process.env.VOLTERRA_KILLS ?? 20);
const STORES = 2;
const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const bare = fileURLToPath(new URL("../../../test/deribit/watchChild.ts", import.meta.url));
const parent = mkdtempSync(join(tmpdir(), "volterra-watch-"));
const children: ChildProcess[] = [];
let exchange: Replay;

beforeAll(async () => {
  exchange = await startReplay({ tickMs: 15, faults: ["drop", "malformed"], faultShare: 0.002 });
});

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await exchange.close();
  rmSync(parent, { recursive: true });
});

interface Ended {
  /** Rows that the process had acknowledged. */
  readonly rows: number;
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a watch and sends it a signal after so many acknowledgements and a moment more. */
async function watchAndSignal(
  argv: readonly string[],
  acknowledgements: number,
  thenMs: number,
  signal: NodeJS.Signals,
): Promise<Ended> {
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let [stdout, stderr] = ["", ""];
  let timer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (stderr.split("stored ").length > acknowledgements && timer === undefined) {
      timer = setTimeout(() => child.kill(signal), thenMs);
    }
  });
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  // A line that was cut off by the kill acknowledges nothing.
  const rows = Number([...stderr.matchAll(/^stored (\d+) rows \(.*\)$/gm)].at(-1)?.[1] ?? 0);
  return { rows, signal: child.signalCode, code: child.exitCode, stdout, stderr };
}

/** Rows that the journal has, after every file was found as it was written. */
async function soundRows(store: string): Promise<number> {
  const reader = await openStore(store);
  const files = reader.files();
  reader.free();
  for (const { path, sha256 } of files) {
    const bytes = readFileSync(join(store, path));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
  }
  return files.reduce((sum, { rows }) => sum + rows, 0);
}

describe("a watch that is killed", () => {
  // A second is enough where nothing else runs.
  const timeout = Math.max(60_000, KILLS * 6000);
  it(`loses no acknowledged row and leaves nothing by halves (${KILLS} times)`, {
    timeout,
  }, async () => {
    const kill = async (store: string, kills: readonly number[]): Promise<void> => {
      let before = 0;
      for (const run of kills) {
        const argv = [bare, store, exchange.wsUrl];
        const then = (run * 7) % 60;
        const { rows, signal, stderr } = await watchAndSignal(argv, 1 + (run % 2), then, "SIGKILL");
        expect(signal, stderr).toBe("SIGKILL");
        expect(rows).toBeGreaterThan(0);
        const after = await soundRows(store);
        expect(after).toBeGreaterThanOrEqual(before + rows);
        before = after;
      }
    };
    const stores = Array.from({ length: STORES }, (_, i) => join(parent, `store-${i}`));
    const runs = Array.from({ length: KILLS }, (_, run) => run);
    await Promise.all(
      stores.map((store, i) =>
        kill(
          store,
          runs.filter((run) => run % STORES === i),
        ),
      ),
    );
    for (const store of stores) {
      const writer = await openWriter(store);
      expect(writer.recovery.abandonedBy?.command).toMatch(/store-\d ws:/);
      await writer.free();
      const reader = await openStore(store);
      const named = new Set(reader.files().map(({ path }) => path));
      const { compared, wrong } = await compareWithTruth(reader, exchange.market);
      reader.free();
      expect([compared > 100, wrong]).toEqual([true, []]);
      const present = readdirSync(join(store, "data"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.includes(".parquet"))
        .map((name) => `data/${name}`);
      expect(new Set(present)).toEqual(named);
    }
  });
});

describe("a watch that is interrupted", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "by %s stores what came, prints its report and ends with 130",
    async (signal) => {
      const store = join(parent, signal);
      const where = ["--url", exchange.wsUrl, "--store", store];
      const argv = [main, "data", "watch", "BTC", ...where, "--flush", "0.03"];
      const { rows, code, stdout, stderr } = await watchAndSignal(argv, 2, 10, signal);
      expect(code, stderr).toBe(130);
      expect(stdout).toMatch(new RegExp(`^Watched \\d+ s into .*: ${rows} rows in \\d+ commits`));
      expect(stdout).toMatch(/1 sessions, 0 gaps|sessions, \d gaps of/);
      expect(await soundRows(store)).toBe(rows);
    },
  );
});
