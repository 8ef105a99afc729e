/**
 * The built lab in a browser, for tests: built once per state of the sources, served with or without isolation.
 *
 * Chromium is taken from CHROMIUM_PATH or /usr/bin/chromium; without one `labTitle` says that tests are skipped.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { serveLab } from "../../src/cli/labServer.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** There is no browser to test with. */
export const noChromium = !existsSync(executablePath);

/** Title of a suite, which says so when it is skipped. */
export const labTitle = (what: string): string =>
  noChromium ? `${what} (skipped: no Chromium at ${executablePath}; set CHROMIUM_PATH)` : what;

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: ["--no-sandbox"] });

/** Folder of the lab built from the sources as they are. */
export async function builtLab(): Promise<string> {
  const folder = join(tmpdir(), `volterra-lab-${sourceState()}`);
  if (existsSync(folder)) return folder;
  const own = `${folder}-${process.pid}`;
  await build({ root: join(root, "lab"), logLevel: "error", build: { outDir: own } });
  try {
    renameSync(own, folder);
  } catch {
    rmSync(own, { recursive: true, force: true }); // another test file was first
  }
  return folder;
}

/** Names, sizes and times of every file that the build reads. */
function sourceState(): string {
  const hash = createHash("sha256");
  for (const part of ["src", "lab", "package-lock.json"]) {
    const path = join(root, part);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name))
      : [path];
    for (const file of files.sort()) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file}|${size}|${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** A page of the lab, and what went wrong on it. */
export interface LabPage {
  readonly page: Page;
  /** Uncaught errors, console errors, and requests that left the server's own address. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export interface LabPageOptions extends BrowserContextOptions {
  readonly isolated?: boolean;
}

/** Opens an address of the lab, "#/compare?expiry=2" say. */
export async function openLab(
  browser: Browser,
  hash = "",
  { isolated = true, ...contextOptions }: LabPageOptions = {},
): Promise<LabPage> {
  const server = await serveLab(await builtLab(), { port: 0, isolated });
  const context = await browser.newContext({ reducedMotion: "reduce", ...contextOptions });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !/^(blob|data):/.test(url)) complaints.push(`asked ${url}`);
  });
  await page.goto(`${server.url}${hash}`);
  return {
    page,
    complaints,
    close: async () => {
      await context.close();
      await server.close();
    },
  };
}
