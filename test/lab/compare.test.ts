/** Compare: models fit to quotes that the reader moves, loads and takes away, and the page survives bad files. */
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./accessibility.ts";
import { labTitle, launchChromium, noChromium, openLab } from "./labPage.ts";

const address = "#/compare?models=sabr.svi&expiry=2";

/** Waits until both models are fitted and audited. */
async function fitted(page: Page): Promise<void> {
  for (const title of ["SABR", "SVI"]) {
    const own = page.locator(".model-card", {
      has: page.getByRole("heading", { name: title, exact: true }),
    });
    await own.getByText(/none found|found|only beyond/).waitFor({ timeout: 45_000 });
    await expect.poll(() => own.getAttribute("aria-busy"), { timeout: 20_000 }).toBe("false");
  }
}

/** Path of a model's curve in the smile. */
const curve = (page: Page): Promise<string | null> =>
  page.locator(".chart-svg .mark-line").first().getAttribute("d");

describe.skipIf(noChromium)(labTitle("compare"), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.each([{ isolated: true }, { isolated: false }])(
    "fits the models of a deep link, and again when a quote is moved, isolated: $isolated",
    async ({ isolated }) => {
      const { page, complaints, close } = await openLab(browser, address, { isolated });
      await fitted(page);
      await page.getByRole("heading", { name: "Smile at 11 days" }).waitFor();
      await page.getByText("Not market data").waitFor();
      expect(await page.locator(".model-card").count()).toBe(2);
      const before = await curve(page);
      const handle = page.getByRole("slider", { name: /^put at strike/ }).first();
      const vol = Number(await handle.getAttribute("aria-valuenow"));
      await handle.focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowUp");
      await expect.poll(() => curve(page)).not.toBe(before);
      expect(Number(await handle.getAttribute("aria-valuenow"))).toBeCloseTo(vol + 3, 6);
      await page.getByRole("button", { name: "Take back my changes" }).click();
      await fitted(page);
      expect(await curve(page)).toBe(before);
      await page.getByLabel("Heston").check();
      expect(page.url()).toContain("models=sabr.svi.heston");
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test("takes quotes away and adds them, and measures sparse markets at quotes that no model saw", async () => {
    const { page, complaints, close } = await openLab(browser, address);
    await fitted(page);
    const handles = page.locator(".handle");
    const count = await handles.count();
    await handles.nth(4).focus();
    await page.keyboard.press("Delete");
    await expect.poll(() => handles.count()).toBe(count - 1);
    await page.getByLabel("Strike", { exact: true }).fill("91234");
    await page.getByLabel("Mid volatility to add").fill("50");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect.poll(() => handles.count()).toBe(count);
    await page.getByLabel("Strike", { exact: true }).fill("3");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText("within a factor of five of the forward").waitFor();
    await page.getByLabel("Sparse").check();
    await page.getByText("Four expiries with five quotes each").waitFor();
    await fitted(page);
    await expect.poll(() => page.locator(".mark-intervals .faint").count()).toBeGreaterThan(5);
    const outside = await page.locator(".model-card .figures dd").nth(2).innerText();
    expect(outside).toMatch(/^\d+\.\d\d vol points$/);
    expect(complaints).toEqual([]);
    await close();
  });

  test("answers files it cannot use in words, and stays as it was", async () => {
    const { page, complaints, close } = await openLab(browser, address);
    await fitted(page);
    const before = await curve(page);
    await page.getByLabel("Market", { exact: true }).selectOption("file");
    const head = "instrument,type,strike,expiry,forward,bid,ask\n";
    const row = (vol: number) => `X-1,call,100,2026-03-27T08:00:00Z,100,${vol},${vol + 1}\n`;
    const png = Buffer.from([
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 73, 72, 68, 82,
    ]);
    const truncated = gzipSync(Buffer.from(head + row(0.5).repeat(500))).subarray(0, 60);
    const files = [
      { name: "photo.png", mimeType: "image/png", buffer: png },
      { name: "cut.csv.gz", mimeType: "application/gzip", buffer: truncated },
      {
        name: "half.json",
        mimeType: "application/json",
        buffer: Buffer.from('{"result":[{"instru'),
      },
      { name: "other.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") },
    ];
    for (const file of files) {
      await page.getByLabel(/Choose the file/).setInputFiles(file);
      await page.getByRole("alert").getByText(file.name).waitFor({ timeout: 20_000 });
      expect(await page.getByRole("alert").innerText()).toMatch(/expected .*got /);
    }
    await page.getByLabel("The file is").selectOption("vol");
    await page.getByLabel("Underlying, if it has several").fill("X");
    await page.getByLabel("Day or time, if it has several or none").fill("2026-01-05T08:00:00Z");
    const percents = {
      name: "percent.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(head + row(50)),
    };
    await page.getByLabel(/Choose the file/).setInputFiles(percents);
    await page
      .getByRole("alert")
      .getByText(/percent/)
      .first()
      .waitFor({ timeout: 20_000 });
    // a row more than is read: what lies behind it is never looked at
    const long = {
      name: "long.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(head + row(0.5).repeat(100_001)),
    };
    await page.getByLabel(/Choose the file/).setInputFiles(long);
    await page
      .getByRole("alert")
      .getByText(/long\.csv/)
      .waitFor({ timeout: 45_000 });
    expect(await page.getByRole("alert").innerText()).toMatch(/at most 100000 quotes/);
    expect(await curve(page)).toBe(before);
    expect(complaints).toEqual([]);
    await close();
  }, 120_000);

  test("saves the numbers and the picture of a chart", async () => {
    const { page, close } = await openLab(browser, address);
    await fitted(page);
    const saved = async (kind: string | RegExp): Promise<string> => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: kind }).first().click(),
      ]);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString("latin1");
    };
    const save = async (kind: string): Promise<string> => {
      await page.locator(".menu > summary").first().click();
      return saved(kind);
    };
    expect(await save("CSV numbers")).toContain('"SABR",');
    const svg = await save("SVG drawing");
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain("SVI");
    expect(await save("PNG picture")).toMatch(/^.PNG/);
    // an empty canvas of this size is a tenth of it
    const surface = await saved(/^Save PNG/);
    expect(surface).toMatch(/^.PNG/);
    expect(surface.length).toBeGreaterThan(15_000);
    await close();
  });

  test.each([
    ["light", 1440],
    ["dark", 390],
  ] as const)("keeps to WCAG 2.2 AA, %s at %d pixels", async (colorScheme, width) => {
    const viewport = { width, height: 900 };
    const { page, close } = await openLab(browser, address, { colorScheme, viewport });
    await fitted(page);
    expect(await violations(page)).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
    await close();
  });
});
