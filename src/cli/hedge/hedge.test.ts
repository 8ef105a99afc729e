/** The hedge verbs on a tiny problem: files, documents, exit codes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { testRun, testRunWith } from "../testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-hedge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
training: { iterations: 20, paths: 256 }
evaluation: { paths: 4096, sets: 2 }
`,
);
const out = join(folder, "out");
const place = join(out, "a-call.policy.json");

describe("hedge", () => {
  test("train writes a policy file, and evaluate measures it to the same numbers", async () => {
    const trained = await testRun(
      "hedge",
      "train",
      config,
      "--out",
      out,
      "--threads",
      "1",
      "--json",
    );
    expect(trained.code).toBe(0);
    const document = JSON.parse(trained.stdout);
    expect(document.files.policy).toBe(place);
    const measured = await testRun("hedge", "evaluate", place, "--threads", "1", "--json");
    expect(measured.code).toBe(0);
    const again = JSON.parse(measured.stdout);
    expect(again).toMatchObject({
      schemaVersion: 1,
      risk: document.risk,
      price: document.price,
      configFingerprint: document.configFingerprint,
      seed: 1,
      paths: 8192,
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
    const text = readFileSync(config, "utf8");
    const one = join(folder, "one.yaml");
    writeFileSync(one, text.replace("quantity: -2", "quantity: -1").replace("0.5", "1"));
    const prices = await Promise.all(
      [config, one].map(async (path) => {
        const { stdout } = await testRun("hedge", "evaluate", path, "--threads", "1", "--json");
        const { oracle, risk, standardError } = JSON.parse(stdout);
        expect(risk).toBeGreaterThan(oracle.price - 4 * standardError);
        return oracle.price;
      }),
    );
    expect(prices[0]).toBeCloseTo(2 * prices[1], 9);
  });

  test("an interrupted training saves the best so far and ends with 130", async () => {
    const where = join(folder, "interrupted");
    const { code, stderr } = await testRunWith(
      {
        onInterrupt: (listener) => {
          const timer = setTimeout(listener, 0);
          return () => clearTimeout(timer);
        },
      },
      ["hedge", "train", config, "--out", where, "--threads", "1"],
    );
    expect(code).toBe(130);
    expect(stderr).toContain("Interrupted");
    const measured = await testRun(
      "hedge",
      "evaluate",
      join(where, "a-call.policy.json"),
      "--json",
    );
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
    ["a missing argument", 2, () => ["evaluate"]],
    ["an unknown verb", 2, () => ["fly"]],
  ] as const)("%s ends with code %i and a message", async (_, expected, argv) => {
    const { code, stdout, stderr } = await testRun("hedge", ...argv());
    expect(code).toBe(expected);
    expect(stdout).toBe("");
    expect(stderr).not.toBe("");
  });
});
