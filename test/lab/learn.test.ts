/** Watch it learn and look inside: a neural SDE trains in the tab, and what it learned can be seen. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testRun } from "../../src/cli/testRun.ts";
import { violations } from "./accessibility.ts";
import { labTitle, launchChromium, noChromium, openLab } from "./labPage.ts";

/** Few paths and full speed: the path of the page, not the quality of the fit. */
const address = "#/learn?paths=256&width=4&jumps=0&slow=0";

const iteration = async (page: Page): Promise<number> =>
  Number((await page.locator(".stat dd").first().innerText()).split(" ")[0]);
const inside = (page: Page): Promise<string> => page.locator(".stat dd").nth(1).innerText();

describe.skipIf(noChromium)(labTitle("watch it learn and look inside"), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.each([{ isolated: true }, { isolated: false }])(
    "trains until the quotes are inside, then shows the maps, isolated: $isolated",
    async ({ isolated }) => {
      const { page, complaints, close } = await openLab(browser, address, { isolated });
      await page.getByRole("button", { name: "One step" }).click();
      await expect.poll(() => iteration(page), { timeout: 30_000 }).toBe(0);
      await page.getByRole("button", { name: "One step" }).click();
      await expect.poll(() => iteration(page), { timeout: 30_000 }).toBe(1);
      const first = await inside(page);
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByText("no arbitrage found").waitFor({ timeout: 60_000 });
      expect(Number.parseInt(first, 10)).toBeLessThan(60);
      expect(Number.parseInt(await inside(page), 10)).toBeGreaterThanOrEqual(95);
      await page.getByRole("link", { name: "Look inside it" }).click();
      await page.getByText("fitted in Watch it learn").waitFor();
      await page.getByText("Learned volatility", { exact: true }).waitFor({ timeout: 60_000 });
      expect(await page.locator(".maps figure").count()).toBe(8);
      await page.getByRole("button", { name: "Take it away" }).click();
      await page.getByText("Both fits together took").waitFor({ timeout: 60_000 });
      expect(complaints).toEqual([]);
      await close();
    },
    180_000,
  );

  test("keeps to WCAG 2.2 AA in both themes, and saves a model file that the command line reads", async () => {
    const viewport = { width: 1440, height: 900 };
    const { page, close } = await openLab(browser, address, { colorScheme: "light", viewport });
    const audit = async (width: number): Promise<void> => {
      await page.setViewportSize({ width, height: 900 });
      expect(await violations(page)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
    };
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText("no arbitrage found").waitFor({ timeout: 60_000 });
    await audit(1440);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save model file" }).click(),
    ]);
    const folder = mkdtempSync(join(tmpdir(), "volterra-lab-test-"));
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    const { code, stdout, stderr } = await testRun("surface", file, "--json");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("impliedVol");
    expect(existsSync(file)).toBe(true);
    rmSync(folder, { recursive: true });
    await page.emulateMedia({ colorScheme: "dark" });
    await audit(390);
    await page.getByRole("link", { name: "Look inside it" }).click();
    await page.getByText("Learned volatility", { exact: true }).waitFor({ timeout: 60_000 });
    await audit(390);
    await page.emulateMedia({ colorScheme: "light" });
    await audit(1440);
    await close();
  }, 120_000);
});
