/**
 * The report in a real browser: the surface turns, a machine without WebGL keeps the page whole, and a phone
 * need not scroll sideways.
 *
 * Chromium is taken from CHROMIUM_PATH or /usr/bin/chromium; without one the tests are skipped and say so.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { htmlReport } from "../htmlReport.ts";
import { testReport } from "../testReport.ts";

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const missing = !existsSync(executablePath);
const title = missing
  ? `the report in a browser (skipped: no Chromium at ${executablePath}; set CHROMIUM_PATH)`
  : "the report in a browser";

describe.skipIf(missing)(title, () => {
  let html: string;
  const browsers: Browser[] = [];

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("surface3d.ts", import.meta.url))],
      bundle: true,
      minify: true,
      format: "iife",
      write: false,
    });
    html = htmlReport(testReport, outputFiles[0].text);
  });
  afterAll(() => Promise.all(browsers.map((browser) => browser.close())));

  async function open(args: readonly string[], width = 1400) {
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...args] });
    browsers.push(browser);
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      if (!/^(about|data|blob):/.test(request.url())) problems.push(request.url());
    });
    await page.setContent(html);
    return { page, problems };
  }

  const picture = (page: Page): Promise<string> =>
    page
      .locator("#surface3d canvas")
      .screenshot()
      .then((png) => png.toString("base64"));

  test("draws the surface and turns it by arrow keys and by dragging", async () => {
    const { page, problems } = await open(["--enable-unsafe-swiftshader"]);
    const canvas = page.locator("#surface3d canvas");
    await canvas.waitFor();
    await canvas.focus();
    const before = await picture(page);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => picture(page)).not.toBe(before);
    const turned = await picture(page);
    await canvas.hover();
    await page.mouse.down();
    await page.mouse.move(300, 400, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => picture(page)).not.toBe(turned);
    expect(problems).toEqual([]);
  });

  test("keeps its words where there is no WebGL", async () => {
    const { page, problems } = await open(["--disable-3d-apis"]);
    expect(await page.locator("#surface3d canvas").count()).toBe(0);
    expect(await page.locator("#surface3d").innerText()).toContain("heat map");
    expect(problems).toEqual([]);
  });

  test.each([360, 768, 1600])("fits a window %d pixels wide", async (width) => {
    const { page } = await open(["--disable-3d-apis"], width);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
});
