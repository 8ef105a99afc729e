/** `volterra data pull` and `watch` as a new user meets them: results, wrong flags, no network, Ctrl-C, a full disk. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type Replay, startReplay } from "../../../test/deribit/replayServer.ts";
import { testRun, testRunWith } from "../testRun.ts";

const parent = mkdtempSync(join(tmpdir(), "volterra-live-"));
let replay: Replay | undefined;
afterAll(() => rmSync(parent, { recursive: true }));
afterEach(async () => {
  await replay?.close();
  replay = undefined;
});
let stores = 0;
const freshStore = (): string => join(parent, `store-${stores++}`);

describe("volterra data pull", () => {
  it("says what was stored, and the second time that it was there already", async () => {
    replay = await startReplay({ tickMs: 1e6 });
    const argv = ["data", "pull", "btc", "--base-url", replay.baseUrl, "--store", freshStore()];
    const only = ["--only", "instruments,funding,delivery"];
    const first = await testRun(...argv, ...only);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(
      /^\d+ rows in 4 commits stored in .* \(.*instrument 14.*\); 0 were/,
    );
    expect(first.stderr).toMatch(/^stored 14 rows \(commit 1: terms BTC\)$/m);
    const again = await testRun(...argv, ...only, "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ schemaVersion: 1, rows: {}, refused: [] });
    const chain = await testRun(...argv, "--only", "chain");
    expect(chain.code).toBe(0);
    const store = argv.at(-1) as string;
    const argvShow = [
      "chain",
      "--store",
      store,
      "--underlying",
      "BTC",
      "--min-quotes",
      "1",
      "--json",
    ];
    const shown = await testRun(...argvShow);
    expect(JSON.parse(shown.stdout)).toMatchObject({ underlying: "BTC", quotes: { read: 12 } });
  });

  it("ends with 3 when items were refused, and shows the first with its reason", async () => {
    replay = await startReplay({
      tickMs: 1e6,
      editItem: (_, item) => ({ ...item, mark_iv: "high" }),
    });
    const argv = ["data", "pull", "BTC", "--base-url", replay.baseUrl, "--store", freshStore()];
    const { code, stdout } = await testRun(...argv, "--only", "chain");
    expect(code).toBe(3);
    expect(stdout).toMatch(/^0 rows in 0 commits/);
    expect(stdout).toMatch(
      /get_book_summary_by_currency +12 .*expected a number in mark_iv, got "high"/,
    );
    expect(stdout).toMatch(/Samples of what was refused: .*quarantine/);
  });

  it("ends with 5 where nobody answers", async () => {
    const argv = ["data", "pull", "BTC", "--base-url", "http://127.0.0.1:9/api/v2"];
    const gone = await testRun(...argv, "--store", freshStore(), "--retries", "0");
    expect(gone.code).toBe(5);
    expect(gone.stderr).toMatch(/Deribit get_time: expected a reply from http:\/\/127.0.0.1:9/);
    expect(gone.stdout).toBe("");
  });
});

describe("volterra data watch", () => {
  it("ends by itself after --for, with a report", async () => {
    replay = await startReplay({ currencies: ["BTC", "ETH"] });
    const argv = ["data", "watch", "BTC", "eth", "--url", replay.wsUrl, "--store", freshStore()];
    const { code, stdout, stderr } = await testRun(...argv, "--for", "0.8", "--flush", "0.2");
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/connected: 32 channels$/m);
    expect(stdout).toMatch(/^Watched 1 s into .*: \d+ rows in \d commits \(.*option \d+/);
    expect(stdout).toMatch(/1 sessions, 0 gaps of 0.0 s together/);
  });

  it("Ctrl-C stores what came, prints the report and ends with 130", async () => {
    replay = await startReplay();
    const argv = ["data", "watch", "BTC", "--url", replay.wsUrl, "--json", "--store", freshStore()];
    const { code, stdout } = await testRunWith(
      {
        onInterrupt: (listener) => {
          const timer = setTimeout(listener, 700);
          return () => clearTimeout(timer);
        },
      },
      argv,
    );
    expect(code).toBe(130);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schemaVersion: 1, commits: 1, rows: { option: 12, future: 2 } });
  });

  it("without options watches futures and indices only", async () => {
    replay = await startReplay();
    const argv = ["data", "watch", "BTC", "--url", replay.wsUrl, "--json", "--store", freshStore()];
    const { stdout } = await testRun(...argv, "--no-options", "--for", "0.5");
    expect(Object.keys(JSON.parse(stdout).rows).sort()).toEqual(["future", "index"]);
  });

  it("ends with 3 for a currency that the exchange does not list", async () => {
    replay = await startReplay();
    const argv = ["data", "watch", "XYZ", "--url", replay.wsUrl, "--store", freshStore()];
    const { code, stderr } = await testRun(...argv);
    expect(code).toBe(3);
    expect(stderr).toMatch(/get_instruments: .*code -32602.*Check the currency/);
  });
});

describe("flags", () => {
  it.each([
    [["pull"], /missing required argument 'currencies'/],
    [["pull", "B1"], /Expected a currency such as BTC or ETH, got "B1"/],
    [["pull", "BTC", "--only", "chain,quotes"], /Expected some of instruments, .*got "quotes"/],
    [["pull", "BTC", "--from", "yesterday"], /Expected a time such as/],
    [["pull", "BTC", "--dvol", "2h"], /Allowed choices are 1D, 1h, 1m/],
    [["pull", "BTC", "--base-url", "deribit"], /Expected an address such as https:/],
    [["watch", "BTC", "--url", "https://x"], /Expected an address such as wss:/],
    [["watch", "BTC", "--flush", "0"], /Expected seconds above 0, got "0"/],
    [["watch", "BTC", "--for", "soon"], /Expected a number, got "soon"/],
  ])("%j is a usage error", async (argv, message) => {
    const { code, stderr } = await testRun("data", ...argv, "--store", freshStore());
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it("a store that is none is refused", async () => {
    const file = join(parent, "a-file");
    writeFileSync(file, "");
    const { code, stderr } = await testRun("data", "pull", "BTC", "--store", file);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/a-file/);
  });
});
