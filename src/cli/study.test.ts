/** A study of two small snapshots, twice: measured, then only summed up. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { testRun } from "./testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-study-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const [name, level] of [
  ["a", 0.2],
  ["b", 0.22],
] as const) {
  const rows = ["2026-02-25", "2026-04-25", "2026-07-25"].flatMap((expiry) =>
    [80, 88, 94, 98, 100, 102, 106, 112, 120].map((strike) => {
      const k = Math.log(strike / 100);
      const vol = level - 0.2 * k + 0.5 * k * k;
      const type = strike < 100 ? "put" : "call";
      return `2026-01-0${name === "a" ? 5 : 6}T08:00Z,TEST,${type},${strike},${expiry}T08:00Z,100,${vol - 0.004},${vol + 0.004}`;
    }),
  );
  const header = "asOf,underlying,type,strike,expiry,forward,bid,ask";
  writeFileSync(join(folder, `${name}.csv`), [header, ...rows, ""].join("\n"));
}

test("the tables of a study have a heading for every column, measured or summed up", async () => {
  const out = join(folder, "out");
  const files = [join(folder, "a.csv"), join(folder, "b.csv")];
  const argv = ["study", ...files, "--price-unit", "vol", "--models", "black-scholes,svi"];
  const tail = ["--out", out, "--reference", "black-scholes"];
  const measured = await testRun(...argv, ...tail);
  expect(measured.stderr).not.toContain("Cannot");
  expect(measured.code).toBe(0);
  expect(measured.stdout).toContain("TEST: 2 snapshots on 2 days");

  const again = await testRun(...argv, ...tail, "--summary");
  expect(again.code).toBe(0);
  expect(again.stdout).toBe(measured.stdout);

  const markdown = readFileSync(join(out, "liquid.study.md"), "utf8");
  const rows = markdown.split("\n").filter((line) => line.startsWith("|"));
  expect(rows.length).toBeGreaterThan(8);
  const cells = (line: string) => line.split("|").length;
  let before = 0;
  for (const [i, row] of rows.entries()) {
    const isHeading = rows[i + 1]?.startsWith("| ---") === true;
    if (!isHeading && before > 0) expect(cells(row), row).toBe(before);
    before = cells(row);
  }
  const inSample = rows.find((row) => row.startsWith("| svi"));
  expect(inSample).toMatch(/\| svi \| 2 \| \d/);
});
