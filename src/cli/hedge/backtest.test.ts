/** The back-test as a command: its files, going on after an end by force, and what it refuses. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testChains } from "../../hedging/backtest/testHistory.ts";
import type { BacktestDocument } from "../../hedging/index.ts";
import type { QuoteSet } from "../../market/index.ts";
import { testRun, testRunWith } from "../testRun.ts";

const header =
  "timestamp,instrument_name,currency,option_type,strike,expiry_datetime,underlying,bid_price,ask_price,mark_price,implied_volatility,open_interest";

/** A chain as Deribit's snapshot file. */
function snapshot({ asOfMs, quotes }: QuoteSet): string {
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
  return `${[header, ...rows].join("\n")}\n`;
}

const config = `
version: 1
name: small
underlying: BTC
position: { kind: straddle, days: 7, daysTolerance: 2 }
hedge: { fillHours: 0 }
market: { model: black-scholes, refitEveryHours: 48, retrainEveryHours: 168 }
policies: [{ name: learned, iterations: 4, paths: 64, hidden: 2 }, { name: with option, iterations: 4, paths: 64, hidden: 2, option: { days: 14 } }]
split: 2026-01-08
`;

describe("hedge backtest", () => {
  let folder = "";
  let chains = "";
  let file = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "volterra-backtest-"));
    chains = join(folder, "chains");
    mkdirSync(chains);
    for (const set of testChains({ days: 15 })) {
      const name = new Date(set.asOfMs).toISOString().replace(/[:-]/g, "").slice(0, 13);
      writeFileSync(join(chains, `snapshot_${name}.csv`), snapshot(set));
    }
    file = join(folder, "small.yaml");
    writeFileSync(file, config);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const walk = (out: string, ...more: string[]) =>
    testRun("hedge", "backtest", file, chains, "--out", join(folder, out), "--json", ...more);
  const resultOf = (text: string): Omit<BacktestDocument, "files"> => {
    const { files: _, ...document } = JSON.parse(text) as BacktestDocument & { files: unknown };
    return document;
  };

  test("measures the learned hedge and all baselines on the same trades, and writes it all down", async () => {
    const { code, stdout, stderr } = await walk("whole");
    expect(stderr).toContain("chains: 0 are done");
    expect(code).toBe(0);
    const { test: tested, before, trainings } = resultOf(stdout);
    expect(tested.strategies.map(({ name }) => name)).toEqual([
      "no hedge",
      "delta",
      "model delta",
      "minimum variance",
      "delta-vega",
      "Leland",
      "Whalley-Wilmott",
      "learned",
      "with option",
    ]);
    expect(tested.trades).toBeGreaterThan(2);
    expect(before?.trades).toBeGreaterThanOrEqual(0);
    expect(trainings).toBeGreaterThan(1);
    for (const { name, mean, cost, againstReference } of tested.strategies) {
      expect(Number.isFinite(mean.value)).toBe(true);
      expect(cost).toBeGreaterThan(0);
      expect(againstReference === null).toBe(name === "delta");
    }
    const names = readdirSync(join(folder, "whole", "small"));
    expect(names.toSorted()).toEqual(["small.html", "small.json", "trades", "walk.json"]);
    const report = readFileSync(join(folder, "whole", "small", "small.html"), "utf8");
    expect(report).toContain('<h2 id="log">');
    expect(report).toMatch(/inside the band|to its (lower|upper) edge/);
    expect(report).not.toMatch(/NaN|undefined/);
  });

  test("ended by Ctrl-C or by force between two files, goes on to the same result", async () => {
    const whole = await walk("whole");
    let begun = 0;
    const interrupted = await testRunWith(
      {
        onInterrupt: (listener) => {
          const timer = setInterval(() => {
            begun += existsSync(join(folder, "cut", "small", "trades")) ? 1 : 0;
            if (begun === 1) listener();
          }, 5);
          return () => clearInterval(timer);
        },
      },
      ["hedge", "backtest", file, chains, "--out", join(folder, "cut"), "--json"],
    );
    expect(interrupted.code).toBe(130);
    expect(resultOf(interrupted.stdout).history.moments).toBeLessThan(
      resultOf(whole.stdout).history.moments,
    );
    const place = join(folder, "cut", "small", "walk.json");
    const older = readFileSync(place, "utf8");
    const second = await walk("cut");
    expect(resultOf(second.stdout)).toEqual(resultOf(whole.stdout));
    // trades are on disk that the walk does not know of yet: as after an end between the two
    writeFileSync(place, older);
    const third = await walk("cut");
    expect(resultOf(third.stdout)).toEqual(resultOf(whole.stdout));
  });

  test.each([
    [
      "a folder without chains",
      () => [write("e", config), join(folder, "none")],
      "got none. Pass their folder",
    ],
    ["a path that is not there", () => [file, join(folder, "nowhere")], "which is not there"],
    ["a configuration that is not there", () => [join(folder, "no.yaml"), chains], "not there"],
    [
      "another coin",
      () => [write("eth", config.replace("BTC", "ETH")), chains],
      "expected quotes on ETH",
    ],
    [
      "a field that is none",
      () => [write("a", config.replace("days: 7", "day: 7")), chains],
      "Did you mean days?",
    ],
    [
      "a number out of range",
      () => [write("b", `${config}risk: { aversion: -1 }`), chains],
      "risk.aversion: expected a number > 0",
    ],
    [
      "times that do not increase",
      () => [write("c", `${config}until: 2026-01-01`), chains],
      "until: expected a time after split",
    ],
    [
      "two names alike",
      () => [write("d", config.replace("}]", "}, { name: learned }]")), chains],
      "policies[2].name",
    ],
  ])("refuses %s, by name", async (_, paths, message) => {
    const { code, stderr } = await testRun(
      "hedge",
      "backtest",
      ...paths(),
      "--out",
      join(folder, "bad"),
    );
    expect(stderr).toContain(message);
    expect([2, 3]).toContain(code);
  });

  test("refuses results of another configuration, and chains whose names and times disagree", async () => {
    await walk("whole");
    const other = write("small2", config.replace("days: 7", "days: 8"));
    const mixed = await testRun("hedge", "backtest", other, chains, "--out", join(folder, "whole"));
    expect(mixed.code).toBe(3);
    expect(mixed.stderr).toContain("got those of another");
    const swapped = join(folder, "swapped");
    mkdirSync(swapped, { recursive: true });
    const [first, second] = testChains({ days: 1 });
    writeFileSync(join(swapped, "1.csv"), snapshot(second));
    writeFileSync(join(swapped, "2.csv"), snapshot(first));
    const order = await testRun("hedge", "backtest", file, swapped, "--out", join(folder, "order"));
    expect(order.code).toBe(3);
    expect(order.stderr).toMatch(/2\.csv: expected a time after 2026.*Sort the history/);
  });

  function write(name: string, text: string): string {
    const path = join(folder, `${name}.yaml`);
    writeFileSync(path, text);
    mkdirSync(join(folder, "none"), { recursive: true });
    return path;
  }
});
