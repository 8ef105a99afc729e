/** The frame of the lab: it loads lean, speaks to nobody, works with and without isolation, and keeps to WCAG 2.2 AA. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./accessibility.ts";
import { builtLab, labTitle, launchChromium, noChromium, openLab } from "./labPage.ts";

/** Kilobytes of JavaScript, gzip, that the first load may cost. */
const firstLoadKb = 120;

describe("the built lab", () => {
  test(`loads at most ${firstLoadKb} KB of JavaScript (gzip) before a section is opened`, async () => {
    const folder = await builtLab();
    const page = readFileSync(join(folder, "index.html"), "utf8");
    const scripts = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, s]) => s);
    expect(scripts.length).toBeGreaterThan(0);
    const bytes = scripts.reduce(
      (sum, script) => sum + gzipSync(readFileSync(join(folder, script))).length,
      0,
    );
    expect(bytes / 1000).toBeLessThan(firstLoadKb);
  });

  test("names every file relative to the page, so that any static host serves it", async () => {
    const folder = await builtLab();
    const page = readFileSync(join(folder, "index.html"), "utf8");
    const absolute = [...page.matchAll(/(?:src|href)="(\/[^"]*|https?:[^"]*)"/g)].map(([m]) => m);
    expect(absolute).toEqual([]);
    expect(readdirSync(join(folder, "assets")).length).toBeGreaterThan(1);
  });
});

describe.skipIf(noChromium)(labTitle("the frame"), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.each([
    { isolated: true, says: "Computes on" },
    { isolated: false, says: "one thread" },
  ])("says what it computes on, isolated: $isolated", async ({ isolated, says }) => {
    const { page, complaints, close } = await openLab(browser, "", { isolated });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
    await expect.poll(() => page.locator(".bar-foot").innerText()).toContain(says);
    expect(complaints).toEqual([]);
    await close();
  });

  test("follows the system's theme until the reader chooses, and remembers the choice", async () => {
    const { page, close } = await openLab(browser, "", { colorScheme: "dark" });
    const paper = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await paper();
    await page.getByLabel("Theme").selectOption("light");
    const light = await paper();
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await page.getByLabel("Theme").inputValue()).toBe("light");
    expect(await paper()).toBe(light);
    await close();
  });

  test("answers an address that names no section", async () => {
    const { page, complaints, close } = await openLab(browser, "#/nowhere");
    await page.getByRole("heading", { name: "No such page" }).waitFor();
    await page.getByRole("link", { name: "Go to the start" }).click();
    await page.getByRole("heading", { level: 1, name: /network learns/ }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(["light", "dark"] as const)("keeps to WCAG 2.2 AA, %s", async (colorScheme) => {
    for (const viewport of [
      { width: 390, height: 844 },
      { width: 1440, height: 900 },
    ]) {
      const { page, close } = await openLab(browser, "", { colorScheme, viewport });
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await violations(page)).toEqual([]);
      await close();
    }
  });
});
