/** The lesson in a browser: its demonstrations compute, with and without isolation. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./accessibility.ts";
import { labTitle, launchChromium, noChromium, openLab } from "./labPage.ts";

describe.skipIf(noChromium)(labTitle("the lesson"), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.each([true, false])("computes what it shows, isolated: %s", async (isolated) => {
    const { page, complaints, close } = await openLab(browser, "#/lesson", { isolated });
    await page.getByText("Typical distance from the start").waitFor();
    await page.getByRole("link", { name: /^Next/ }).click();
    await page.getByRole("heading", { level: 2, name: "Drift and diffusion" }).waitFor();
    await page.getByText("Simulated futures that end in the band").waitFor();
    await page.goto(`${page.url().split("#")[0]}#/lesson?step=3`);
    await page.getByRole("button", { name: "Let the library find it" }).click();
    await page.getByText(/Found: the implied volatility is 5\d\.\d %/).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test("learns an equation in front of the reader, and reads a surface off it", async () => {
    const { page, complaints, close } = await openLab(browser, "#/lesson?step=6");
    await page.getByRole("button", { name: "Start learning" }).click();
    await page.getByText("240 of 240").waitFor();
    const inside = page.locator(".stat", { hasText: "Quotes met" });
    await expect.poll(() => inside.innerText(), { timeout: 10_000 }).toMatch(/1[4-8] of 18/);
    await page.getByRole("link", { name: /^Next/ }).click();
    await page.getByRole("heading", { level: 2, name: "Where the surface comes from" }).waitFor();
    await page.getByRole("slider", { name: "Expiry" }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test("lets a quote be moved until the auditor complains, and repairs it", async () => {
    const { page, complaints, close } = await openLab(browser, "#/lesson?step=8");
    const quote = page.getByRole("slider", { name: "Call, strike 100, 30 days" });
    await page.getByText("The auditor is content").waitFor();
    await quote.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("PageUp");
    await page.getByText("Sell two of the 100 call of 30 days").waitFor();
    await page.getByRole("button", { name: "Repair with the smallest change" }).click();
    await page.getByText("The auditor is content").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test("hedges with and without a band", async () => {
    const { page, complaints, close } = await openLab(browser, "#/lesson?step=9&cost=0.01");
    const cell = (row: string) => page.getByRole("row", { name: row }).locator("td");
    await expect
      .poll(() => cell("Follows delta").first().innerText(), { timeout: 10_000 })
      .toBe("30");
    expect(Number(await cell("Keeps to the band").first().innerText())).toBeLessThan(20);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([
    ["light", 1440, "#/lesson?step=5"],
    ["dark", 390, "#/lesson?step=9"],
  ] as const)("keeps to WCAG 2.2 AA, %s at %d pixels", async (colorScheme, width, hash) => {
    const viewport = { width, height: 900 };
    const { page, close } = await openLab(browser, hash, { colorScheme, viewport });
    await page.locator("figure").first().waitFor();
    expect(await violations(page)).toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider).toBeLessThanOrEqual(0);
    await close();
  });
});
