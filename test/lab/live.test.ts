/** Live quotes and links: a server that answers as the exchange does, and changes of quotes that a link carries. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blackPrice } from "../../src/formulas/index.ts";
import { labTitle, launchChromium, noChromium, openLab } from "./labPage.ts";

const asOfMs = Date.UTC(2026, 0, 5, 9, 25);
const forward = 80_000;
const expiries = [
  ["30JAN26", Date.UTC(2026, 0, 30, 8)],
  ["27MAR26", Date.UTC(2026, 2, 27, 8)],
] as const;

/** A book summary in coin, at 50 % with a spread of 2 points. */
const summary = expiries.flatMap(([day, expiryMs]) =>
  [65, 70, 75, 80, 85, 90, 95].map((thousand) => {
    const strike = 1000 * thousand;
    const type = strike < forward ? "put" : "call";
    const yearsToExpiry = (expiryMs - asOfMs) / (365 * 86_400_000);
    const price = (vol: number) =>
      Number((blackPrice(type, { forward, strike, yearsToExpiry, vol }) / forward).toFixed(6));
    return {
      instrument_name: `BTC-${day}-${strike}-${type === "call" ? "C" : "P"}`,
      bid_price: price(0.49),
      ask_price: price(0.51),
      mark_price: price(0.5),
      mark_iv: 50,
      underlying_price: forward,
      creation_timestamp: asOfMs,
    };
  }),
);
const instruments = summary.map(({ instrument_name }) => {
  const [, day, strike, kind] = instrument_name.split("-");
  return {
    instrument_name,
    strike: Number(strike),
    option_type: kind === "C" ? "call" : "put",
    expiration_timestamp: expiries.find(([name]) => name === day)?.[1],
  };
});

type Mood = "no permission" | "too many requests" | "quotes";

describe.skipIf(noChromium)(labTitle("live quotes and links"), () => {
  let browser: Browser;
  let mood: Mood = "no permission";
  const answer: RequestListener = (request, response) => {
    if (mood !== "no permission") response.setHeader("access-control-allow-origin", "*");
    response.setHeader("content-type", "application/json");
    if (mood === "too many requests") {
      const error = { message: "too_many_requests", code: 10_028 };
      response.writeHead(429).end(JSON.stringify({ jsonrpc: "2.0", error }));
      return;
    }
    const isSummary = request.url?.includes("get_book_summary_by_currency") === true;
    response.end(JSON.stringify({ jsonrpc: "2.0", result: isSummary ? summary : instruments }));
  };
  const server = createServer(answer);
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await launchChromium();
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await browser?.close();
  });

  test.each([true, false])(
    "says why live quotes did not come, and shows them when they do, isolated: %s",
    async (isolated) => {
      const { page, close } = await openLab(browser, "#/compare?models=svi", { isolated });
      const { port } = server.address() as AddressInfo;
      await page.getByText(/136 quotes/).waitFor({ timeout: 20_000 });
      await page.getByLabel("Market", { exact: true }).selectOption("live");
      await page.getByLabel("Another address").fill(`http://127.0.0.1:${port}/api/v2`);
      const ask = page.getByRole("button", { name: "Fetch BTC options" });
      const alert = page.getByRole("alert");
      mood = "no permission";
      await ask.click();
      await alert.getByText(/does not allow pages of other sites to read it \(CORS\)/).waitFor();
      mood = "too many requests";
      await ask.click();
      await alert.getByText(/Wait a minute, then ask again/).waitFor();
      await page.getByText(/136 quotes/).waitFor();
      mood = "quotes";
      await ask.click();
      await page.getByText(/14 quotes, 2 expiries/).waitFor();
      await page.getByText("BTC options, fetched from Deribit a moment ago").waitFor();
      expect(await alert.count()).toBe(0);
      await page.getByRole("heading", { name: "Smile at 3 months" }).waitFor();
      await close();
    },
  );

  test("a link carries quotes that were moved, taken away and added", async () => {
    const { page, complaints, close } = await openLab(browser, "#/compare?models=svi&expiry=2");
    const handles = page.locator(".handle");
    await handles.first().waitFor({ timeout: 20_000 });
    const count = await handles.count();
    await handles.nth(3).focus();
    await page.keyboard.press("Shift+ArrowUp");
    const vol = await handles.nth(3).getAttribute("aria-valuenow");
    await handles.nth(6).focus();
    await page.keyboard.press("Delete");
    await expect.poll(() => handles.count()).toBe(count - 1);
    await page.getByLabel("Strike", { exact: true }).fill("91234");
    await page.getByLabel("Mid volatility to add").fill("50");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect.poll(() => handles.count()).toBe(count);
    const href = page.url();
    await page.goto("about:blank");
    await page.goto(href);
    await page.getByRole("button", { name: "Take back my changes" }).waitFor({ timeout: 20_000 });
    expect(await handles.count()).toBe(count);
    expect(await handles.nth(3).getAttribute("aria-valuenow")).toBe(vol);
    await page.getByRole("slider", { name: /strike 91,234/ }).waitFor();
    await page.getByRole("button", { name: "Take back my changes" }).click();
    await expect.poll(() => page.url()).not.toContain("edits=");
    expect(complaints).toEqual([]);
    await close();
  });
});
