/** A fit of one small chain, interrupted: its files, its document, its surface. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { decodeModel } from "../calibrate/index.ts";
import { testRun, testRunWith } from "./testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-fit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, "small.csv");
const rows = [90, 94, 98, 100, 102, 106, 110].map((strike) => {
  const k = Math.log(strike / 100);
  const vol = 0.2 - 0.2 * k + 0.5 * k * k;
  const type = strike < 100 ? "put" : "call";
  return `${type},${strike},2026-01-25T08:00Z,100,${vol - 0.004},${vol + 0.004}`;
});
writeFileSync(file, ["type,strike,expiry,forward,bid,ask", ...rows, ""].join("\n"));

test("an interrupted fit keeps its checkpoint, saves the best model and ends with 130", {
  timeout: 60_000,
}, async () => {
  const out = join(folder, "out");
  const place = (ending: string): string => join(out, `small-TEST.${ending}`);
  const interruptAtFirstCheckpoint = (listener: () => void): (() => void) => {
    const timer = setInterval(() => {
      if (existsSync(place("checkpoint.json"))) listener();
    }, 0);
    return () => clearInterval(timer);
  };
  const table = ["--price-unit", "vol", "--as-of", "2026-01-05T08:00Z", "--underlying", "TEST"];
  const argv = ["fit", file, "--out", out, "--threads", "1", "--json", ...table];
  const { code, stdout, stderr } = await testRunWith(
    { onInterrupt: interruptAtFirstCheckpoint },
    argv,
  );
  expect(code).toBe(130);
  expect(stderr).toContain("--resume");
  expect(existsSync(place("checkpoint.json"))).toBe(true);

  const document = JSON.parse(stdout);
  expect(document.status).toBe("cancelled");
  expect(document.quotes).toMatchObject({ read: 7, used: 6 });
  expect(document.quotes.dropped).toHaveLength(1);
  expect(document.cost.peakRssMb).toBeGreaterThan(10);
  const written = Object.values<string>(document.files);
  expect(readdirSync(out).map((name) => join(out, name))).toEqual(expect.arrayContaining(written));
  expect(readdirSync(out)).toHaveLength(written.length + 1);

  const date = ["--expiry", "2026-01-25", "--json"];
  const point = await testRun("surface", place("model.json"), "--strike", "104", ...date);
  const { callPriceCurrency, putPriceCurrency, strike, years } = JSON.parse(point.stdout);
  expect(callPriceCurrency - putPriceCurrency).toBeCloseTo(100 - 104, 10);
  expect(strike).toBe(104);
  // the model's own expiry of that day: 20 days after the as-of time
  expect(years).toBeCloseTo(20 / 365, 12);
});

test("a warm start goes on from a saved model, an hour later, and refuses what is no model", {
  timeout: 60_000,
}, async () => {
  const model = join(folder, "out", "small-TEST.model.json");
  const table = ["--price-unit", "vol", "--as-of", "2026-01-05T09:00Z", "--underlying", "TEST"];
  const argv = ["fit", file, "--threads", "1", "--json", ...table];
  const out = join(folder, "warm");
  const { code, stdout } = await testRun(...argv, "--out", out, "--warm-start", model);
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(["converged", "iteration-limit"]).toContain(document.status);
  expect(document.certificate.pass).toBe(true);
  const [before, after] = await Promise.all(
    [model, join(out, "small-TEST.model.json")].map(async (path) =>
      decodeModel(readFileSync(path, "utf8")),
    ),
  );
  expect(after.config.hidden).toEqual(before.config.hidden);

  const refused = await testRun(...argv, "--out", join(folder, "none"), "--warm-start", file);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain("small.csv");
  expect(existsSync(join(folder, "none"))).toBe(false);
});
