/**
 * `kill -9` at any moment of an import: nothing that was acknowledged is lost, nothing is there by halves.
 *
 * Two imports run at a time, each into a store of its own. VOLTERRA_KILLS changes the number of kills.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore, openWriter } from "../../market/store/index.ts";
import { testRun } from "../testRun.ts";

const kills = Number(process.env.VOLTERRA_KILLS ?? 20);
const STORES = 2;
const FILES = 40;
const ROWS = 250;
const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const bare = fileURLToPath(new URL("../../../test/store/importChild.ts", import.meta.url));
const parent = mkdtempSync(join(tmpdir(), "volterra-crash-"));
const source = join(parent, "files");
const children: ChildProcess[] = [];

beforeAll(() => {
  mkdirSync(source);
  for (let file = 0; file < FILES; file++) {
    const rows = Array.from({ length: ROWS }, (_, i) => {
      const time = new Date(Date.UTC(2021, 0, 1, 0, 0, file * ROWS + i)).toISOString();
      return `${time},${file}.5,${file + 1},${file},${file}.5`;
    });
    const name = `btcusdt_${String(file).padStart(3, "0")}.csv`;
    writeFileSync(join(source, name), `timestamp,open,high,low,close\n${rows.join("\n")}\n`);
  }
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(parent, { recursive: true });
});

interface Killed {
  /** Rows that the process had acknowledged. */
  readonly rows: number;
  /** False when it had ended by itself before. */
  readonly wasKilled: boolean;
}

/** Starts an import and kills it after so many acknowledgements and a moment more. */
async function importAndKill(
  store: string,
  acknowledgements: number,
  thenMs: number,
): Promise<Killed> {
  const child = spawn(process.execPath, [bare, store, source, String(2 * ROWS)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  let printed = "";
  let timer: NodeJS.Timeout | undefined;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    if (printed.split("stored ").length > acknowledgements && timer === undefined) {
      timer = setTimeout(() => child.kill("SIGKILL"), thenMs);
    }
  });
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  // A line that was cut off by the kill acknowledges nothing.
  const rows = Number([...printed.matchAll(/^stored (\d+) rows \(.*\)$/gm)].at(-1)?.[1] ?? 0);
  return { rows, wasKilled: child.signalCode === "SIGKILL" };
}

/** Imports into a store again and again, killed so many times, and the rows that are there at the end. */
async function killAgainAndAgain(store: string, times: number): Promise<number> {
  let before = 0;
  let killed = 0;
  for (let run = 0; killed < times; run++) {
    expect(run).toBeLessThan(3 * times);
    if (before === FILES * ROWS) {
      rmSync(store, { recursive: true });
      before = 0;
    }
    const { rows: acknowledged, wasKilled } = await importAndKill(
      store,
      1 + (run % 3),
      (run * 7) % 40,
    );
    if (wasKilled) killed++;
    const reader = await openStore(store);
    const rows = await reader.rows("bar", { underlying: "BTC", asOf: Date.now() });
    const sources = reader.commits().flatMap((commit) => commit.sources);
    reader.free();
    expect(rows.length).toBeGreaterThanOrEqual(before + acknowledged);
    expect(sources.map(({ rows: count }) => count)).toEqual(sources.map(() => ROWS));
    expect(rows).toHaveLength(sources.length * ROWS);
    before = rows.length;
  }
  return before;
}

describe("an import that is killed", () => {
  // A second a kill is enough where nothing else runs.
  const timeout = Math.max(60_000, kills * 10_000);
  const name = `loses no acknowledged row and leaves no half file (${kills} times)`;
  it(name, { timeout }, async () => {
    const stores = Array.from({ length: STORES }, (_, i) => join(parent, `store-${i}`));
    const rowsThen = await Promise.all(
      stores.map((store) => killAgainAndAgain(store, Math.ceil(kills / STORES))),
    );
    for (const [i, store] of stores.entries()) {
      const { code, stderr } = await testRun("data", "import", source, "--store", store);
      expect(code).toBe(0);
      if (rowsThen[i] < FILES * ROWS)
        expect(stderr).toMatch(/ended without closing it; taking over/);
      const reader = await openStore(store);
      const rows = await reader.rows("bar", { underlying: "BTC", asOf: Date.now() });
      const named = new Set(reader.files().map(({ path }) => path));
      reader.free();
      expect(rows).toHaveLength(FILES * ROWS);
      const present = readdirSync(join(store, "data"), { recursive: true, encoding: "utf8" })
        .filter((path) => path.includes(".parquet"))
        .map((path) => `data/${path}`);
      expect(new Set(present)).toEqual(named);
    }
  });
});

describe("two processes", () => {
  it("the second writer is told who writes since when, with exit code 3; a reader is served", async () => {
    const store = join(parent, "shared-store");
    const writer = await openWriter(store);
    const argv = (...rest: string[]) => [main, "data", ...rest, "--store", store];
    const other = async (...rest: string[]): Promise<{ code: number | null; printed: string }> => {
      const child = spawn(process.execPath, argv(...rest), { stdio: ["ignore", "pipe", "pipe"] });
      children.push(child);
      let printed = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          printed += text;
        });
      }
      const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
      return { code, printed };
    };
    const [second, reader] = await Promise.all([other("import", source), other("list")]);
    await writer.free();
    expect(second.code).toBe(3);
    expect(second.printed).toMatch(
      new RegExp(
        `expected to be its only writer, got process ${process.pid} on .* writing to it since 20`,
      ),
    );
    expect(reader.code).toBe(0);
    expect(reader.printed).toMatch(new RegExp(`Written to by process ${process.pid}`));
  });
});
