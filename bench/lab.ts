/**
 * The built lab in headless Chromium: `npm run lab:build && node bench/lab.ts [ROUNDS]`.
 *
 * - JavaScript of the first load, gzip; first contentful paint
 * - the longest main thread task while each section opens, while a quote is dragged and while a hedge learns: processor time and,
 *   in brackets, wall time, of the round with the least
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

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds: wall, and of the processor. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

interface LongestTask {
  readonly processorMs: number;
  readonly wallMs: number;
}

const openPage = (browser: Browser): Promise<Page> =>
  browser.newPage({ viewport: { width: 1440, height: 900 } });

/** The longest task of the page's main thread while something is done. */
async function longestTask(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<LongestTask> {
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
  await act();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const mains = new Set(
    trace.traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  let longest: LongestTask = { processorMs: 0, wallMs: 0 };
  for (const { name, ph, pid, tid, dur = 0, tdur = 0 } of trace.traceEvents) {
    if (ph !== "X" || !name.endsWith("RunTask") || !mains.has(`${pid} ${tid}`)) continue;
    if (tdur / 1000 > longest.processorMs)
      longest = { processorMs: tdur / 1000, wallMs: dur / 1000 };
  }
  return longest;
}

function taskText(found: readonly LongestTask[]): string {
  const best = found.reduce((a, b) => (b.processorMs < a.processorMs ? b : a));
  return `longest task ${Math.round(best.processorMs)} ms (${Math.round(best.wallMs)} ms)`;
}

const least = (values: readonly number[]): string => `${Math.round(Math.min(...values))} ms`;

function firstLoad(): string {
  const html = readFileSync(`${folder}/index.html`, "utf8");
  const scripts = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, s]) => s);
  const bytes = scripts.map((script) => gzipSync(readFileSync(`${folder}/${script}`)).length);
  return `${(bytes.reduce((sum, own) => sum + own, 0) / 1000).toFixed(1)} KB in ${scripts.length} files; ${readdirSync(`${folder}/assets`).length} files in all`;
}

async function opening(browser: Browser, url: string): Promise<void> {
  const paints: number[] = [];
  const tasks: Record<string, LongestTask[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [id, title] of Object.entries(titles)) {
      const page = await openPage(browser);
      await page.goto(url);
      await page.getByRole("link", { name: title, exact: true }).first().waitFor();
      await page.waitForTimeout(500);
      const [paint] = await page.evaluate(() =>
        performance.getEntriesByName("first-contentful-paint").map(({ startTime }) => startTime),
      );
      paints.push(paint);
      const link = page.getByRole("navigation").getByRole("link", { name: title, exact: true });
      const task = await longestTask(browser, page, async () => {
        await link.click();
        await page.waitForTimeout(3000);
      });
      (tasks[id] ??= []).push(task);
      await page.close();
    }
  }
  console.log(`first contentful paint      ${least(paints)}`);
  for (const [id, found] of Object.entries(tasks)) {
    console.log(`opening ${id.padEnd(20)}${taskText(found)}`);
  }
}

async function dragging(browser: Browser, url: string): Promise<void> {
  const page = await openPage(browser);
  await page.goto(`${url}#/compare?models=sabr.svi.ssvi.heston.sanos&expiry=3`);
  const handle = page.locator(".handle").nth(6);
  await handle.waitFor();
  await page.waitForTimeout(6000);
  const box = await handle.boundingBox();
  if (box === null) throw new Error("bench/lab: no quote to drag");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const task = await longestTask(browser, page, async () => {
    for (let i = 1; i <= 60; i++) {
      await page.mouse.move(x, y - i);
      await page.waitForTimeout(30);
    }
    await page.waitForTimeout(1500);
  });
  const note = await page.getByText(/The last refit while dragging took/).innerText();
  console.log(`dragging                    ${note.slice(note.indexOf("took:"))}`);
  console.log(`dragging                    ${taskText([task])}`);
  await page.mouse.up();
  await page.close();
}

async function learning(browser: Browser, url: string): Promise<void> {
  const inside: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await openPage(browser);
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
  const tasks: LongestTask[] = [];
  let figures = "";
  for (let round = 0; round < rounds; round++) {
    const page = await openPage(browser);
    await page.goto(`${url}#/hedge`);
    await page.getByText("least price of the position").waitFor();
    const began = performance.now();
    const task = await longestTask(browser, page, async () => {
      await page.getByRole("button", { name: "Train", exact: true }).click();
      await page.getByText("finished", { exact: true }).waitFor({ timeout: 120_000 });
      learned.push(performance.now() - began);
      await page.getByText("Every day in a table").waitFor({ timeout: 120_000 });
      whole.push(performance.now() - began);
    });
    tasks.push(task);
    const stats = await page.locator(".stat").allInnerTexts();
    figures = stats.map((text) => text.replaceAll("\n", " ")).join("; ");
    await page.close();
  }
  console.log(`hedge, learned              ${least(learned)}`);
  console.log(`hedge, measured, replayed   ${least(whole)}`);
  console.log(`hedge                       ${taskText(tasks)}`);
  console.log(`hedge                       ${figures}`);
}

const server = await serveLab(folder, { port: 0, isolated: true });
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
console.log(`first load, JavaScript gzip ${firstLoad()}`);
for (const part of [opening, dragging, learning, hedging]) await part(browser, server.url);
await browser.close();
await server.close();
