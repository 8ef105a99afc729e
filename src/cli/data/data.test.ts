import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testRun } from "../testRun.ts";

const parent = mkdtempSync(join(tmpdir(), "volterra-data-"));
const store = join(parent, "store");
const bars = join(parent, "btcusdt.csv");
const chain = join(parent, "snapshot.csv");
const data = (...argv: readonly string[]) => testRun("data", ...argv, "--store", store);

/** A snapshot of puts and calls around a forward of 100 with volatility near one half. */
function snapshotText(): string {
  const header =
    "timestamp,instrument_name,currency,option_type,strike,expiry_datetime,underlying,bid_price,ask_price,mark_price,implied_volatility,open_interest";
  const prices: Readonly<Record<number, number>> = {
    80: 0.02,
    90: 0.045,
    100: 0.08,
    110: 0.05,
    120: 0.03,
    130: 0.017,
  };
  const rows = Object.entries(prices).map(([strike, price]) => {
    const type = Number(strike) < 100 ? "put" : "call";
    const name = `ETH-1MAY26-${strike}-${type === "put" ? "P" : "C"}`;
    return `2026-03-28T12:00:00+00:00,${name},ETH,${type},${strike},2026-05-01T08:00:00+00:00,100,${price - 0.001},${price + 0.001},${price},0.6,1`;
  });
  return `${header}\n${rows.join("\n")}\n`;
}

beforeAll(async () => {
  const hour = (h: number): string => `2026-03-28 ${String(h).padStart(2, "0")}:00:00`;
  // Six hours are missing, and one bar is far from its neighbours.
  const rows = [0, 1, 2, 3, 4, 11, 12, 13, 14].map(
    (h) => `${hour(h)},${h === 13 ? 900 : 100 + h},${1000},${1},${h === 13 ? 900 : 100 + h}`,
  );
  writeFileSync(bars, `timestamp,open,high,low,close\n${rows.join("\n")}\n`);
  writeFileSync(chain, snapshotText());
  const { code } = await data("import", bars, chain, "--venue", "test");
  expect(code).toBe(0);
});

afterAll(() => rmSync(parent, { recursive: true }));

describe("volterra data", () => {
  it("import passes over what it has and names what it cannot read", async () => {
    const broken = join(parent, "broken.csv");
    writeFileSync(broken, "a,b\n1,2\n");
    const { code, stdout, stderr } = await data("import", bars, broken, "--json");
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 0,
      known: [bars],
      failed: [{ path: broken }],
    });
    expect(stderr).toMatch(/left out: broken\.csv: expected the columns of a known table/);
  });

  it("list counts rows by kind, venue and underlying", async () => {
    const { groups } = JSON.parse((await data("list", "--json")).stdout);
    expect(groups).toMatchObject([
      { kind: "bar", venue: "test", underlying: "BTC", rows: 9 },
      { kind: "option", venue: "deribit", underlying: "ETH", rows: 6 },
    ]);
    expect((await data("list")).stdout).toMatch(/15 rows in 1 commits/);
  });

  it("show prints the first rows of a day, as of a time", async () => {
    const { stdout } = await data("show", "bar", "BTC", "--day", "2026-03-28", "--limit", "2");
    expect(stdout).toMatch(/9 rows at 9 times/);
    const shown = await data("show", "bar", "BTC", "--as-of", "2026-03-28T03:00Z", "--json");
    // The bar that opens at 02:00 closes at 03:00; the next one is not known yet.
    expect(JSON.parse(shown.stdout)).toMatchObject({
      rows: 3,
      head: [{ close: 100 }, { close: 101 }, { close: 102 }],
    });
  });

  it("check finds the gap and the outlier, with place and count", async () => {
    const { code, stdout } = await data(
      "check",
      "--kind",
      "bar",
      "--as-of",
      "2026-03-29",
      "--json",
    );
    expect(code).toBe(0);
    const findings = JSON.parse(stdout).findings as { type: string; at: string; count: number }[];
    expect(findings).toMatchObject([
      { type: "gap", at: "2026-03-28T04:00:00.000Z", count: 1 },
      { type: "outlier", count: 2 },
    ]);
  });

  it.each(["csv", "json", "parquet"])("export writes %s", async (format) => {
    const out = join(parent, "export", `bars.${format}`);
    const { code } = await data(
      "export",
      "bar",
      "--underlying",
      "BTC",
      "--from",
      "2026-03-28T03:00Z",
      "--format",
      format,
      "--out",
      out,
    );
    expect(code).toBe(0);
    const bytes = readFileSync(out);
    if (format === "json") expect(JSON.parse(bytes.toString())).toHaveLength(6);
    else if (format === "csv") expect(bytes.toString().trim().split("\n")).toHaveLength(7);
    else expect(bytes.subarray(0, 4).toString()).toBe("PAR1");
  });

  it("the store is a source of chains: as of a time after the sweep, and not before", async () => {
    const argv = ["chain", "--store", store, "--underlying", "ETH", "--json", "--as-of"];
    const { code, stdout } = await testRun(...argv, "2026-03-28T12:10Z");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      underlying: "ETH",
      asOf: "2026-03-28T12:00:00.000Z",
      quotes: { read: 6, used: 6 },
    });
    const early = await testRun(...argv, "2026-03-28T12:09Z");
    expect(early.code).toBe(3);
    expect(early.stderr).toMatch(/the first one known at 2026-03-28T12:10/);
  });

  it.each([
    [["chain"], /FILE: expected a file, or --store/],
    [["chain", "x.csv", "--venue", "deribit"], /--venue: expected it beside --store/],
    [["chain", "--store", "s"], /--store: expected --underlying/],
    [
      ["chain", "--store", "s", "--underlying", "BTC", "--as-of", "noon"],
      /--as-of: expected a time/,
    ],
    [["data", "show", "quotes", "BTC"], /Expected one of option, future/],
    [["data", "export", "bar", "--from", "noon"], /Expected a time such as/],
  ])("%j is a usage error that says what was expected", async (argv, message) => {
    const { code, stderr } = await testRun(...argv);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it("help lists the flags of every command", async () => {
    const { stdout } = await testRun("data", "--help");
    expect(stdout).toMatch(/import .*--batch-rows/);
    expect(stdout).toMatch(/export .*--format/);
  });
});
