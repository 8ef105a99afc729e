/**
 * The engine in a real browser: a page bundles it, runs one gradient step, and gets Node's numbers, both where
 * memory may be shared with workers and where it may not.
 *
 * Chromium is taken from CHROMIUM_PATH or /usr/bin/chromium; without one the tests are skipped and say so.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineReport, reportEngine } from "./browser/entry.ts";
import { bundleForBrowser, servePage } from "./browser/pageServer.ts";

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const missing = !existsSync(executablePath);
const title = missing
  ? `a browser (skipped: no Chromium at ${executablePath}; set CHROMIUM_PATH)`
  : "a browser";

/** max |a − b| over the largest |b|. */
function relativeDistance(a: readonly number[], b: readonly number[]): number {
  const scale = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]))) / scale;
}

describe.skipIf(missing)(title, () => {
  let browser: Browser;
  let scripts: ReadonlyMap<string, string>;
  let inNode: EngineReport;

  beforeAll(async () => {
    scripts = await bundleForBrowser(fileURLToPath(new URL("browser/entry.ts", import.meta.url)));
    inNode = await reportEngine();
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterAll(() => browser?.close());

  async function reportInPage(isolated: boolean): Promise<EngineReport> {
    const server = await servePage(scripts, { isolated });
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    try {
      await page.goto(server.url);
      const report = await page.evaluate(() =>
        (globalThis as unknown as { reportEngine(): Promise<EngineReport> }).reportEngine(),
      );
      expect(errors).toEqual([]);
      return report;
    } finally {
      await page.close();
      await server.close();
    }
  }

  test.each([
    { isolated: true, threads: 2, how: "with SharedArrayBuffer, on two threads" },
    { isolated: false, threads: 1, how: "without SharedArrayBuffer, on one thread" },
  ])("takes a gradient step $how", async ({ isolated, threads }) => {
    const report = await reportInPage(isolated);
    expect(report.isolated).toBe(isolated);
    expect(report.wasm.threads).toBe(threads);
    expect(report.wasm.gradient.some((value) => Math.abs(value) > 0.01)).toBe(true);
    // float32 inside the simulation: 8 steps of relative error 6e-8 each, and a kink that few paths straddle.
    expect(relativeDistance(report.wasm.mean, report.reference.mean)).toBeLessThan(2e-6);
    expect(relativeDistance(report.wasm.gradient, report.reference.gradient)).toBeLessThan(2e-5);
  });

  test("gives the reference result of Node, whose V8 may round exp and tanh differently", async () => {
    const { reference } = await reportInPage(false);
    expect(relativeDistance(reference.mean, inNode.reference.mean)).toBeLessThan(1e-13);
    expect(relativeDistance(reference.gradient, inNode.reference.gradient)).toBeLessThan(1e-12);
  });

  test("gives the very bits of Node on the compiled backend, whatever the number of threads", async () => {
    for (const isolated of [true, false]) {
      const { wasm } = await reportInPage(isolated);
      expect(wasm.mean).toEqual(inNode.wasm.mean);
      expect(wasm.gradient).toEqual(inNode.wasm.gradient);
    }
  });
});
