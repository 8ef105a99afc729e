/** Trainings and back-tests in the run catalogue of a store. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testChains } from "../../hedging/backtest/testHistory.ts";
import { openWriter, type Run } from "../../market/store/index.ts";
import { testRun } from "../testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-record-"));
const store = join(folder, "store");
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => (await openWriter(store)).free());

const runs = async (): Promise<Run[]> =>
  JSON.parse((await testRun("data", "runs", "--store", store, "--json")).stdout).runs;

test("a training is noted with its configuration, fingerprint, seed, status and risk", async () => {
  const config = join(folder, "call.yaml");
  writeFileSync(
    config,
    `version: 1
name: a call
market: { kind: black-scholes, spot: 100, vol: 0.2 }
position: [{ type: call, quantity: -2, strike: 100%, days: 5 }]
instruments: [{ kind: spot, costs: [{ kind: proportional, share: 0.001 }] }]
risk: { kind: entropic, aversion: 0.5 }
policy: { kind: band, hidden: 4 }
training: { iterations: 4, paths: 128, validateEvery: 2 }
evaluation: { paths: 1024, sets: 2 }
seed: 7
`,
  );
  const out = ["--out", join(folder, "out"), "--threads", "1", "--json"];
  const trained = await testRun("hedge", "train", config, "--record", store, ...out);
  expect(trained.code).toBe(0);
  const document = JSON.parse(trained.stdout);
  const [run] = await runs();
  expect(run).toMatchObject({
    kind: "policy",
    name: "a call",
    seed: 7,
    status: document.training.status,
    dataFingerprint: document.configFingerprint,
    config: { policy: { kind: "band", hidden: 4 } },
    results: { risk: document.risk, files: document.files },
  });
});

test("a back-test is noted with its configuration, data, seed and results", async () => {
  const chains = join(folder, "chains");
  mkdirSync(chains);
  const header =
    "timestamp,instrument_name,currency,option_type,strike,expiry_datetime,underlying,bid_price,ask_price,mark_price,implied_volatility,open_interest";
  for (const { asOfMs, quotes } of testChains({ days: 10 })) {
    const at = new Date(asOfMs).toISOString();
    const rows = quotes.map((q) =>
      [
        at,
        q.instrument,
        q.underlying,
        q.type,
        q.strike,
        new Date(q.expiryMs).toISOString(),
        q.forward,
        q.bid ?? "",
        q.ask ?? "",
        q.mark,
        q.markIv,
        1,
      ].join(","),
    );
    const name = at.replace(/[:-]/g, "").slice(0, 13);
    writeFileSync(join(chains, `snapshot_${name}.csv`), `${[header, ...rows].join("\n")}\n`);
  }
  const config = join(folder, "small.yaml");
  writeFileSync(
    config,
    `version: 1
name: small
underlying: BTC
position: { kind: straddle, days: 7, daysTolerance: 2 }
hedge: { fillHours: 0 }
market: { model: black-scholes, refitEveryHours: 480, retrainEveryHours: 1680 }
policies: [{ name: learned, iterations: 1, paths: 64, hidden: 2 }]
`,
  );
  const argv = ["hedge", "backtest", config, chains, "--out", join(folder, "walk"), "--json"];
  const walked = await testRun(...argv, "--record", store);
  expect(walked.code, walked.stderr).toBe(0);
  const document = JSON.parse(walked.stdout);
  const [run] = (await runs()).filter(({ kind }) => kind === "backtest");
  expect(run).toMatchObject({
    name: "small BTC",
    status: "finished",
    seed: document.settings.seed,
    dataFingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
    config: { position: { kind: "straddle" } },
    results: { test: document.test, opened: document.opened },
  });
});

test("a store that is none is refused before any work is done", async () => {
  const argv = ["train", "no-such.yaml", "--record", join(folder, "nowhere")];
  const { code, stderr } = await testRun("hedge", ...argv);
  expect(code).toBe(2);
  expect(stderr).toMatch(/--record: expected a market store, got .*nowhere/);
});
