/** A chain with one planted butterfly: found, repaired, written, read back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { testRun } from "./testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-repair-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A mild smile; the quote struck at 102 is `bump` too high. */
function writeChain(name: string, bump: number): string {
  const file = join(folder, name);
  const rows = [90, 94, 98, 100, 102, 106, 110].map((strike) => {
    const k = Math.log(strike / 100);
    const vol = 0.2 - 0.2 * k + 0.5 * k * k + (strike === 102 ? bump : 0);
    const type = strike < 100 ? "put" : "call";
    return `${type},${strike},2026-02-25T08:00Z,100,${vol - 0.004},${vol + 0.004}`;
  });
  writeFileSync(file, ["type,strike,expiry,forward,bid,ask", ...rows, ""].join("\n"));
  return file;
}

const table = ["--price-unit", "vol", "--as-of", "2026-01-05T08:00Z", "--underlying", "TEST"];
const wide = ["--min-delta", "0", "--max-delta", "1"];

test("a planted butterfly is named, and gone from the file that is written", async () => {
  const file = writeChain("bumped.csv", 0.05);
  const out = join(folder, "repaired.csv");
  const { code, stdout } = await testRun("repair", file, "--out", out, "--json", ...table, ...wide);
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(document.quotes.used).toBe(7);
  expect(document.arbitrage.isBidAskFeasible).toBe(false);
  for (const list of [document.arbitrage.atMid, document.arbitrage.atBidAsk]) {
    expect(list.map((one: { type: string }) => one.type)).toContain("butterfly");
    expect(list[0].sizeOfForward).toBeGreaterThan(0);
    expect(list[0].instruments[1]).toMatch(/102/);
  }
  expect(document.repair.quotes.map((one: { instrument: string }) => one.instrument)).toEqual([
    expect.stringMatching(/102/),
  ]);
  expect(document.repair.largestHalfSpreads).toBeGreaterThan(1);

  const lines = readFileSync(out, "utf8").trim().split("\n");
  expect(lines).toHaveLength(8);
  expect(lines[0]).toContain("repaired_mid");
  const columns = ["--column", "bid=repaired_bid_vol", "--column", "ask=repaired_ask_vol"];
  const read = ["--price-unit", "vol", ...columns, ...wide];
  const again = await testRun("repair", out, "--out", join(folder, "again.csv"), "--json", ...read);
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout).arbitrage.atMid).toEqual([]);
});

test("a clean chain is written as it came", async () => {
  const out = join(folder, "clean-repaired.csv");
  const argv = ["repair", writeChain("clean.csv", 0), "--out", out, ...table, ...wide];
  const { code, stdout } = await testRun(...argv);
  expect(code).toBe(0);
  expect(stdout).toContain("Arbitrage at mids: 0");
  expect(stdout).toContain("No quote was moved.");
  const [header, ...rows] = readFileSync(out, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  for (const row of rows) {
    for (const name of ["bid", "mid", "ask", "bid_vol", "mid_vol", "ask_vol"]) {
      expect(row[header.indexOf(`repaired_${name}`)]).toBe(row[header.indexOf(name)]);
    }
  }
});

test("the text names what was moved, and a bad file is bad data", async () => {
  const file = writeChain("text.csv", 0.05);
  const { stdout } = await testRun(
    "repair",
    file,
    "--out",
    join(folder, "t.csv"),
    ...table,
    ...wide,
  );
  expect(stdout).toMatch(/butterfly +1 /);
  expect(stdout).toMatch(/Moved 1 of 7 mids, by at most \d+\.\d\d half spreads/);
  expect((await testRun("repair", join(folder, "none.csv"), ...table)).code).toBe(3);
  expect((await testRun("repair", file, "--measure", "cents", ...table)).code).toBe(2);
});
