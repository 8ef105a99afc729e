/** Files that must not be fitted: exit code 3, a message that names the fault, and nothing written. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { testRun } from "./testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = "type,strike,expiry,asOf,forward,bid,ask";
const strikes = [80, 85, 90, 95, 100, 105, 110, 115, 120];
type Row = (strike: number, index: number) => string;

function row(strike: number | string, bid: number | string, ask: number | string): string {
  const type = Number(strike) >= 100 ? "call" : "put";
  return `${type},${strike},2026-06-26T08:00Z,2026-01-05T08:00Z,100,${bid},${ask}`;
}

const table = (makeRow: Row): string => [header, ...strikes.map(makeRow), ""].join("\n");
const good: Row = (strike) => row(strike, 0.2, 0.21);
const withFault = (fault: string): string =>
  table((strike, i) => (i === 4 ? fault : good(strike, i)));

interface Case {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly says: RegExp;
}

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49]);

const cases: readonly Case[] = [
  { what: "an empty file", content: "", says: /empty|expected/ },
  { what: "a picture", content: png, says: /PNG|expected/ },
  {
    what: "a table without the ask column",
    content: table((strike) => row(strike, 0.2, "")).replaceAll(",ask", ""),
    says: /ask/,
  },
  {
    what: "per cents declared as decimals",
    content: table((strike) => row(strike, 54, 55)),
    says: /percent|decimal/,
  },
  {
    what: "a chain with every quote crossed",
    content: table((strike) => row(strike, 0.22, 0.2)),
    says: /crossed/,
  },
  {
    what: "an expiry with two quotes",
    content: [header, good(95, 0), good(100, 1), ""].join("\n"),
    says: /2/,
  },
  {
    what: "an expired chain",
    content: table(good).replaceAll("2026-06-26", "2025-06-26"),
    says: /expired/,
  },
  { what: "a price that is NaN", content: withFault(row(100, "NaN", 0.21)), says: /NaN/ },
  { what: "a negative price", content: withFault(row(100, -0.2, 0.21)), says: /-0\.2|negative/ },
  { what: "a strike of zero", content: withFault(row(0, 0.2, 0.21)), says: /strike/ },
  {
    what: "two different quotes of one option",
    content: `${table(good)}${row(100, 0.3, 0.31)}\n`,
    says: /100/,
  },
];

test.each(cases)("fit refuses $what with exit code 3 and writes nothing", async (input) => {
  const file = join(folder, "input.csv");
  const out = join(folder, "out");
  writeFileSync(file, input.content);
  const { code, stdout, stderr } = await testRun(
    "fit",
    file,
    "--out",
    out,
    "--price-unit",
    "vol",
    "--vol-unit",
    "decimal",
  );
  expect(stderr).toMatch(input.says);
  expect(code).toBe(3);
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
});

test("the same table without a fault is a chain", async () => {
  const file = join(folder, "good.csv");
  writeFileSync(file, table(good));
  const { code, stdout } = await testRun("chain", file, "--price-unit", "vol", "--json");
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(document.quotes).toMatchObject({ read: 9, used: 9, dropped: [] });
  // 2026-01-05 to 2026-06-26 is 172 days
  expect(document.expiries[0].yearsToExpiry).toBeCloseTo(172 / 365, 12);
  expect(document.expiries[0].atmVol).toBeCloseTo(0.205, 12);
});

test("an exact duplicate is dropped and counted", async () => {
  const file = join(folder, "duplicate.csv");
  writeFileSync(file, `${table(good)}${good(100, 4)}\n`);
  const { code, stdout } = await testRun("chain", file, "--price-unit", "vol", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).quotes.droppedByReason).toEqual({ duplicate: 1 });
});

test("columns and units of a table can be declared", async () => {
  const file = join(folder, "renamed.csv");
  const text = table((strike) => row(strike, 20, 21));
  writeFileSync(file, text.replace("strike", "K"));
  const flags = ["--price-unit", "vol", "--vol-unit", "percent", "--column", "strike=K"];
  const { code, stdout } = await testRun("chain", file, ...flags, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).expiries[0].atmVol).toBeCloseTo(0.205, 12);
});

test("an absent file is bad data, an absent model too", async () => {
  expect((await testRun("chain", join(folder, "absent.csv"))).code).toBe(3);
  expect((await testRun("surface", join(folder, "absent.model.json"))).code).toBe(3);
});
