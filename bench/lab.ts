/**
 * The built lab in headless Chromium: `npm run lab:build && node bench/lab.ts [ROUNDS]`.
 *
 * - JavaScript of the first load, gzip; first contentful paint
 * - main thread tasks above 50 ms while each section opens (the most of the round that has the least)
 * - refits while a quote is dragged
 * - the neural SDE of "Watch it learn": until 95 % of the default chain is inside bid and ask, and until it is finished
 * - the training of "Hedge", and everything measured after it
 *
 * Times are wall times of this machine, with the server and the browser on it; the least of the rounds is given.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import { serveLab } from "../src/cli/labServer.ts";

const rounds = Number(process.argv[2] ?? 3);
const folder = fileURLToPath(new URL("../dist/lab", import.meta.url));
if (!existsSync(folder)) throw new Error("bench/lab: no built lab. Run `npm run lab:build` first.");

const titles = {
  compare: "Compare",
  learn: "Watch it learn",
  inside: "Look inside",
  hedge: "Hedge",
  explorer: "Equation explorer",
  lesson: "Lesson",
  quiz: "Quiz",
  limits: "Strengths and limits",
} as const;

/** Watches the page's long tasks from its beginning. */
async function watched(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Reflect.set(globalThis, "longTasks", tasks);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: "longtask", buffered: true });
  });
  return page;
}

const longest = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, ...(Reflect.get(globalThis, "longTasks") as number[]).splice(0)));

const least = (values: readonly number[]): string => `${Math.round(Math.min(...values))} ms`;

function firstLoad(): string {
  const html = readFileSync(`${folder}/index.html`, "utf8");
  const scripts = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, s]) => s);
  const bytes = scripts.map((script) => gzipSync(readFileSync(`${folder}/${script}`)).length);
  return `${(bytes.reduce((sum, own) => sum + own, 0) / 1000).toFixed(1)} KB in ${scripts.length} files; ${readdirSync(`${folder}/assets`).length} files in all`;
}

async function opening(browser: Browser, url: string): Promise<void> {
  const paints: number[] = [];
  const tasks: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [id, title] of Object.entries(titles)) {
      const page = await watched(browser);
      await page.goto(url);
      await page.getByRole("link", { name: title, exact: true }).first().waitFor();
      await page.waitForTimeout(500);
      const [paint] = await page.evaluate(() =>
        performance.getEntriesByName("first-contentful-paint").map(({ startTime }) => startTime),
      );
      paints.push(paint);
      await longest(page);
      const link = page.getByRole("navigation").getByRole("link", { name: title, exact: true });
      await link.click();
      await page.waitForTimeout(3000);
      (tasks[id] ??= []).push(await longest(page));
      await page.close();
    }
  }
  console.log(`first contentful paint      ${least(paints)}`);
  for (const [id, found] of Object.entries(tasks)) {
    console.log(
      `opening ${id.padEnd(20)}longest task above 50 ms: ${Math.round(Math.min(...found))} ms`,
    );
  }
}

async function dragging(browser: Browser, url: string): Promise<void> {
  const page = await watched(browser);
  await page.goto(`${url}#/compare?models=sabr.svi.ssvi.heston.sanos&expiry=3`);
  const handle = page.locator(".handle").nth(6);
  await handle.waitFor();
  await page.waitForTimeout(6000);
  await longest(page);
  const box = await handle.boundingBox();
  if (box === null) throw new Error("bench/lab: no quote to drag");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 1; i <= 60; i++) {
    await page.mouse.move(x, y - i);
    await page.waitForTimeout(30);
  }
  await page.waitForTimeout(1500);
  const note = await page.getByText(/The last refit while dragging took/).innerText();
  console.log(`dragging                    ${note.slice(note.indexOf("took:"))}`);
  console.log(
    `dragging                    longest task above 50 ms: ${Math.round(await longest(page))} ms`,
  );
  await page.mouse.up();
  await page.close();
}

async function learning(browser: Browser, url: string): Promise<void> {
  const inside: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await watched(browser);
    await page.goto(`${url}#/learn?slow=0`);
    const start = page.getByRole("button", { name: "Start" });
    await start.and(page.locator(":enabled")).waitFor();
    const began = performance.now();
    await start.click();
    await page.waitForFunction(() => {
      const text = document.querySelectorAll(".stat dd")[1]?.textContent ?? "";
      return Number.parseFloat(text) >= 95;
    });
    inside.push(performance.now() - began);
    await page.getByText("no arbitrage found").waitFor({ timeout: 120_000 });
    whole.push(performance.now() - began);
    await page.close();
  }
  console.log(`neural SDE, 95 % inside     ${least(inside)}`);
  console.log(`neural SDE, all of it       ${least(whole)}`);
}

async function hedging(browser: Browser, url: string): Promise<void> {
  const learned: number[] = [];
  const whole: number[] = [];
  const tasks: number[] = [];
  let figures = "";
  for (let round = 0; round < rounds; round++) {
    const page = await watched(browser);
    await page.goto(`${url}#/hedge`);
    await page.getByText("least price of the position").waitFor();
    await longest(page);
    const began = performance.now();
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByText("finished", { exact: true }).waitFor({ timeout: 120_000 });
    learned.push(performance.now() - began);
    await page.getByText("Every day in a table").waitFor({ timeout: 120_000 });
    whole.push(performance.now() - began);
    tasks.push(await longest(page));
    const stats = await page.locator(".stat").allInnerTexts();
    figures = stats.map((text) => text.replaceAll("\n", " ")).join("; ");
    await page.close();
  }
  console.log(`hedge, learned              ${least(learned)}`);
  console.log(`hedge, measured, replayed   ${least(whole)}`);
  console.log(
    `hedge                       longest task above 50 ms: ${Math.round(Math.min(...tasks))} ms`,
  );
  console.log(`hedge                       ${figures}`);
}

const server = await serveLab(folder, { port: 0, isolated: true });
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
console.log(`first load, JavaScript gzip ${firstLoad()}`);
for (const part of [opening, dragging, learning, hedging]) await part(browser, server.url);
await browser.close();
await server.close();
