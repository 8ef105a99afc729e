/** The equation explorer in a browser: edit one quantity, the rest follow; links restore it; refusals are in words. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./accessibility.ts";
import { labTitle, launchChromium, noChromium, openLab } from "./labPage.ts";

describe.skipIf(noChromium)(labTitle("the equation explorer"), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.each([true, false])("follows an edit and links to it, isolated: %s", async (isolated) => {
    const { page, complaints, close } = await openLab(browser, "#/explorer", { isolated });
    const field = (name: string) => page.getByLabel(name, { exact: true });
    await page.getByRole("heading", { name: "Equation explorer" }).waitFor();
    expect(await field("Total variance w").inputValue()).toBe("0.022225");
    await field("Days").fill("60");
    expect(await field("Total variance w").inputValue()).toBe("0.044449");
    expect(await field("Implied volatility σ").inputValue()).toBe("52.00");
    await field("Total variance w").fill("0.022225");
    expect(await field("Implied volatility σ").inputValue()).toBe("36.77");
    await page.getByRole("radio", { name: /^Put/ }).check();
    await field("Delta, forward Δ").fill("-0.25");
    const strike = await field("Strike K").inputValue();
    expect(Number(strike)).toBeLessThan(60_300);
    const href = page.url();
    await page.goto("about:blank");
    await page.goto(href);
    expect(await field("Strike K").inputValue()).toBe(strike);
    expect(await field("Delta, forward Δ").inputValue()).toBe("-0.2500");
    expect(complaints).toEqual([]);
    await close();
  });

  test("says why a price has no volatility, and leaves the option as it was", async () => {
    const { page, complaints, close } = await openLab(browser, "#/explorer");
    const price = page.getByLabel("Option price p", { exact: true });
    await price.fill("70000");
    await page.getByText(/never worth more than the forward, 60300/).waitFor();
    expect(await page.getByLabel("Implied volatility σ").inputValue()).toBe("52.00");
    await price.fill("lots");
    await page.getByText("“lots” is not a number.").waitFor();
    await page.keyboard.press("Escape");
    expect(await price.inputValue()).toBe("2846.36");
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([
    ["light", 1440],
    ["dark", 390],
  ] as const)("keeps to WCAG 2.2 AA, %s at %d pixels", async (colorScheme, width) => {
    const viewport = { width, height: 900 };
    const { page, close } = await openLab(browser, "#/explorer", { colorScheme, viewport });
    await page.getByLabel("Option price p", { exact: true }).fill("-3");
    await page.getByText(/worth at least 0/).waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });
});
