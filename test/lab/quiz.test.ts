/** The quiz and the page of limits in a browser. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./accessibility.ts";
import { labTitle, launchChromium, noChromium, openLab } from "./labPage.ts";

describe.skipIf(noChromium)(labTitle("the quiz and the limits"), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.each([true, false])("keeps answers in the browser, isolated: %s", async (isolated) => {
    const { page, complaints, close } = await openLab(browser, "#/quiz", { isolated });
    page.on("dialog", (dialog) => void dialog.accept());
    const reveal = page.getByRole("button", { name: "Show the model answer to question 3" });
    await reveal.waitFor();
    expect(await reveal.isDisabled()).toBe(true);
    await page.getByLabel("Your answer").nth(2).fill("the noise of the simulation");
    await reveal.click();
    await page.getByText("Not the idea:").waitFor();
    await page.getByRole("button", { name: "Partly: question 3" }).click();
    await page.reload();
    await page.getByText("Not the idea:").waitFor();
    await page.getByText("1 of 12 answered").waitFor();
    await page.getByRole("button", { name: "Start over" }).click();
    await page.getByText("0 of 12 answered").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test("works in a browser that keeps nothing", async () => {
    const { page, complaints, close } = await openLab(browser);
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, "localStorage", {
        get: () => {
          throw new Error("denied");
        },
      });
    });
    await page.goto(`${page.url().split("#")[0]}?x#/quiz`);
    await page.getByText("This browser does not let the page keep anything").waitFor();
    await page.getByLabel("Your answer").first().fill("the equation");
    await page.getByRole("button", { name: "Show the model answer to question 1" }).first().click();
    await page.getByText("The equation, not the smile.").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([
    ["light", 1440, "#/quiz"],
    ["dark", 390, "#/limits"],
  ] as const)("keep to WCAG 2.2 AA, %s at %d pixels: %s", async (colorScheme, width, hash) => {
    const viewport = { width, height: 900 };
    const { page, close } = await openLab(browser, hash, { colorScheme, viewport });
    await page.locator(".quiz-card, .finding").first().waitFor();
    expect(await violations(page)).toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider).toBeLessThanOrEqual(0);
    await close();
  });
});
