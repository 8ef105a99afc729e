/** Hedge: a rule learns in the tab, is measured, explained, saved as the file of the command line and read again. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testRun } from "../../src/cli/testRun.ts";
import { violations } from "./accessibility.ts";
import { labTitle, launchChromium, noChromium, openLab } from "./labPage.ts";

/** Few dates and steps: the path of the page, not the quality of the rule. */
const address = "#/hedge?days=4&iterations=50&date=1";

const stat = (page: Page, label: string) =>
  page.locator(".stat", { hasText: label }).locator("dd").first();

async function train(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.getByText("Every day in a table").waitFor({ timeout: 45_000 });
}

describe.skipIf(noChromium)(labTitle("hedge"), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test.each([{ isolated: true }, { isolated: false }])(
    "learns a band near the exact one and replays a path with reasons, isolated: $isolated",
    async ({ isolated }) => {
      const { page, complaints, close } = await openLab(browser, address, { isolated });
      await expect
        .poll(() => stat(page, "Exact optimum").innerText(), { timeout: 20_000 })
        .toMatch(/^\d\.\d\d/);
      await train(page);
      expect(await stat(page, "Steps").innerText()).toMatch(/^50 \/ 50\s+finished/);
      const gap = Number.parseFloat(await stat(page, "Above the exact optimum").innerText());
      expect(gap).toBeGreaterThan(-0.1);
      expect(gap).toBeLessThan(1);
      await page.getByText("learned band", { exact: true }).waitFor();
      await page.getByRole("figure", { name: "Units held over the price, 1 of 4" }).waitFor();
      await page.getByRole("slider", { name: "Day", exact: true }).fill("2");
      await page.getByRole("figure", { name: "Units held over the price, 2 of 4" }).waitFor();
      await page.getByText(/Day 0, price 100/).waitFor();
      await page.getByText(/below the band from 0\.\d+ to 0\.\d+: it buys/).waitFor();
      await page
        .getByText(/one unit more would take .* of risk away/i)
        .waitFor({ timeout: 20_000 });
      await page.getByLabel("Path", { exact: true }).selectOption("bad");
      await page.getByText("One future in forty is worse").waitFor();
      expect(page.url()).toContain("path=bad");
      await page.getByRole("slider", { name: "Cost of a trade" }).fill("0");
      await page.getByText("After the training.", { exact: true }).waitFor();
      expect(page.url()).toContain("cost=0");
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test("stops when asked and keeps the best; draws the frontier", async () => {
    const { page, complaints, close } = await openLab(
      browser,
      "#/hedge?days=5&iterations=2000&lines=straddle_-1_100",
    );
    await page.getByText("the position is more than one call or put").first().waitFor();
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.locator(".mark-band").first().waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Stop, keep the best" }).click();
    await page.getByText("stopped: this is the best so far").waitFor({ timeout: 20_000 });
    await page.getByRole("slider", { name: "Steps of training" }).fill("100");
    await page.getByRole("button", { name: "Draw the frontier" }).click();
    await page.getByText(/^Took/).waitFor({ timeout: 45_000 });
    await page.getByText("learned, one policy for all").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test("saves a policy that the command line measures, and reads it again; other files are refused in words", async () => {
    const { page, complaints, close } = await openLab(browser, address);
    await train(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save policy file" }).click(),
    ]);
    const folder = mkdtempSync(join(tmpdir(), "volterra-lab-test-"));
    const file = join(folder, "lab.policy.json");
    await download.saveAs(file);
    const run = await testRun("hedge", "evaluate", file, "--quick", "--json", "--out", folder);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      name: "lab-hedge",
      riskMeasure: "entropic, a = 0.3",
    });
    const open = page.getByLabel("Open a policy file");
    const cut = Buffer.from(readFileSync(file, "utf8").slice(0, 400));
    await open.setInputFiles({ name: "cut.json", mimeType: "application/json", buffer: cut });
    await page
      .getByRole("alert")
      .getByText(/cut\.json: expected/)
      .waitFor();
    const wrong = Buffer.from("version: 1\nmarket: { kind: black-scholes, spot: 100, vol: 60 }\n");
    await open.setInputFiles({ name: "wrong.yaml", mimeType: "text/yaml", buffer: wrong });
    await page
      .getByRole("alert")
      .getByText(/wrong\.yaml:2: market\.vol: expected/)
      .waitFor();
    expect(await stat(page, "Steps").innerText()).toMatch(/^50 \/ 50/);
    await open.setInputFiles(file);
    await page.getByText("a policy trained for 50 iterations").waitFor();
    await page.getByText("Every day in a table").waitFor({ timeout: 45_000 });
    await page.getByRole("button", { name: "Back to my own settings" }).click();
    await page.getByRole("slider", { name: "Days to expiry" }).waitFor();
    expect(complaints).toEqual([]);
    rmSync(folder, { recursive: true });
    await close();
  });

  test("takes a position line by line, refuses what cannot be, and links to it", async () => {
    const { page, complaints, close } = await openLab(browser, "#/hedge?days=8");
    await page.getByLabel("Position", { exact: true }).selectOption("spread");
    const held = page.getByLabel("Held").nth(1);
    expect(await held.inputValue()).toBe("1");
    await held.fill("0");
    await page.getByText(/Expected a number from −100 to 100 other than 0/).waitFor();
    expect(page.url()).toContain("call_1_115");
    await held.fill("2.5");
    await page.getByRole("button", { name: "Add a line" }).click();
    await expect.poll(() => page.url()).toContain("call_-1_100.call_2.5_115.call_-1_105");
    const href = page.url();
    await page.goto("about:blank");
    await page.goto(href);
    await expect.poll(() => page.getByLabel("Held").count()).toBe(3);
    expect(await page.getByLabel("Position", { exact: true }).inputValue()).toBe("own");
    await page.getByLabel("An option as well").check();
    await page.getByLabel("Instrument").selectOption({ label: "call 110" });
    await page.getByLabel("How the price moves").selectOption("learned");
    await page.getByText("There is no learned market yet").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([
    ["light", 1440],
    ["dark", 390],
  ] as const)("keeps to WCAG 2.2 AA, %s at %d pixels", async (colorScheme, width) => {
    const viewport = { width, height: 900 };
    const { page, close } = await openLab(browser, address, { colorScheme, viewport });
    await train(page);
    await page.getByText("Every day in a table").click();
    expect(await violations(page)).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
    await close();
  });
});
