/** The hedge verbs on a tiny problem: files, documents, exit codes. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { testRun, testRunWith } from "../testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-hedge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = `version: 1
name: a call
market: { kind: black-scholes, spot: 100, vol: 0.2 }
position: [{ type: call, quantity: -2, strike: 100%, days: 5 }]
instruments: [{ kind: spot, costs: [{ kind: proportional, share: 0.001 }] }]
risk: { kind: entropic, aversion: 0.5 }
policy: { kind: band, hidden: 4 }
training: { iterations: 20, paths: 256, validateEvery: 5 }
evaluation: { paths: 4096, sets: 2 }
`;
const config = join(folder, "call.yaml");
writeFileSync(config, text);

/** A configuration with a part of its text replaced. */
function variant(name: string, from: string | RegExp, to: string): string {
  const path = join(folder, name);
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
  return path;
}

const out = join(folder, "out");
const place = join(out, "a-call.policy.json");
const quiet = ["--threads", "1", "--json"];

describe("hedge", () => {
  test("train writes policy and report, and evaluate measures the policy to the same numbers", async () => {
    const trained = await testRun("hedge", "train", config, "--out", out, ...quiet);
    expect(trained.code).toBe(0);
    const document = JSON.parse(trained.stdout);
    expect(document.files.policy).toBe(place);
    expect(readFileSync(document.files.report, "utf8")).toContain("<!DOCTYPE html>");
    expect(existsSync(join(out, "a-call.checkpoint.json"))).toBe(false);
    const measured = await testRun("hedge", "evaluate", place, "--out", out, ...quiet);
    expect(measured.code).toBe(0);
    const again = JSON.parse(measured.stdout);
    expect(again).toMatchObject({
      schemaVersion: 1,
      risk: document.risk,
      price: document.price,
      configFingerprint: document.configFingerprint,
      seed: 1,
      paths: 8192,
      oracleHint: null,
    });
    for (const policy of [again.policy, ...again.baselines]) {
      for (const name of ["risk", "mean", "standardDeviation", "cvar95", "turnover", "cost"]) {
        expect(policy[name], `${policy.name}: ${name}`).toEqual(expect.any(Number));
      }
    }
    expect(again.baselines.map(({ name }: { name: string }) => name)).toContain("no hedge");
    expect(again.cost).toEqual({ seconds: expect.any(Number), threads: 1 });
  });

  test("two options at half the aversion have twice the oracle's price of one", async () => {
    const one = variant("one.yaml", /quantity: -2([^]*)aversion: 0.5/, "quantity: -1$1aversion: 1");
    const prices = await Promise.all(
      [config, one].map(async (path) => {
        const { stdout } = await testRun("hedge", "evaluate", path, "--out", out, ...quiet);
        const { oracle, risk, standardError } = JSON.parse(stdout);
        expect(risk).toBeGreaterThan(oracle.price - 4 * standardError);
        return oracle.price;
      }),
    );
    expect(prices[0]).toBeCloseTo(2 * prices[1], 9);
  });

  test("where the oracle does not cover it says why, and for variance there is no price", async () => {
    const path = variant(
      "variance.yaml",
      "{ kind: entropic, aversion: 0.5 }",
      "{ kind: variance }",
    );
    const { stdout } = await testRun("hedge", "evaluate", path, "--out", out, ...quiet);
    expect(JSON.parse(stdout)).toMatchObject({
      oracle: null,
      oracleHint: "the risk is variance",
      price: null,
    });
    const told = await testRun("hedge", "evaluate", path, "--out", out, "--threads", "1");
    expect(told.stdout).toContain("No exact optimum here: the risk is variance.");
  });

  test("quote asks more than the fair value, bids less, and says what to trade now", async () => {
    const flags = ["--hold", "spot=0.4", "--spot", "101", "--days-left", "4"];
    const { code, stdout } = await testRun("hedge", "quote", place, ...flags, ...quiet);
    expect(code).toBe(0);
    const quote = JSON.parse(stdout);
    expect(quote.bid.price).toBeLessThan(quote.fairValue);
    expect(quote.ask.price).toBeGreaterThan(quote.fairValue);
    const [{ held, target, trade, cost }] = quote.hedge.instruments;
    expect(held).toBeCloseTo(0.4, 6);
    expect(target - held).toBeCloseTo(trade, 12);
    // a share of 0.001 of the value traded at 101
    expect(cost).toBeCloseTo(0.001 * 101 * Math.abs(trade), 6);
    // two sold calls near the money
    expect(target).toBeGreaterThan(0.5);
    expect(target).toBeLessThan(2);
  });

  test("an interrupted training saves the best so far and ends with 130", async () => {
    const where = join(folder, "interrupted");
    const long = variant("long.yaml", "iterations: 20", "iterations: 5000");
    const { code, stderr } = await testRunWith(
      {
        onInterrupt: (listener) => {
          const timer = setTimeout(listener, 300);
          return () => clearTimeout(timer);
        },
      },
      ["hedge", "train", long, "--out", where, "--threads", "1"],
    );
    expect(code).toBe(130);
    expect(stderr).toContain("Continue with --resume");
    const policy = join(where, "a-call.policy.json");
    const measured = await testRun("hedge", "evaluate", policy, "--out", where, ...quiet);
    expect(measured.code).toBe(0);
  });

  test("example prints a configuration and schema its JSON schema", async () => {
    const example = await testRun("hedge", "example");
    expect(example.stdout).toContain("straddle");
    const schema = await testRun("hedge", "schema");
    expect(JSON.parse(schema.stdout).properties.market).toBeDefined();
  });

  test.each([
    ["a file that is not there", 3, () => ["train", join(folder, "none.yaml")]],
    ["a folder", 3, () => ["train", folder]],
    ["a policy where a configuration belongs", 2, () => ["train", place]],
    ["no thread", 2, () => ["train", config, "--threads", "0"]],
    ["a seed for a trained policy", 2, () => ["evaluate", place, "--seed", "3"]],
    ["an opposite that is none", 2, () => ["quote", place, "--opposite", place]],
    ["an instrument that there is not", 2, () => ["quote", place, "--hold", "future=1"]],
    ["a holding without a number", 2, () => ["quote", place, "--hold", "spot"]],
    ["a state that there is not", 2, () => ["quote", place, "--state", "v=1"]],
    ["more days left than there are", 2, () => ["quote", place, "--days-left", "6"]],
    ["a configuration to explain", 2, () => ["explain", config]],
    ["an example of an unknown market", 2, () => ["example", "garch"]],
    ["a missing argument", 2, () => ["evaluate"]],
    ["an unknown verb", 2, () => ["fly"]],
  ] as const)("%s ends with code %i and a message", async (_, expected, argv) => {
    const { code, stdout, stderr } = await testRun("hedge", ...argv());
    expect(stderr).not.toBe("");
    expect(stdout).toBe("");
    expect(code).toBe(expected);
  });
});
