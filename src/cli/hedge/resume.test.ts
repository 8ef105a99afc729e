/** A training that is killed without a word, and resumed: the same weights as one that was not. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { decodePolicy } from "../../hedging/index.ts";
import { testRun } from "../testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-resume-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = join(folder, "call.yaml");
const text = `version: 1
name: call
market: { kind: black-scholes, spot: 100, vol: 0.2 }
position: [{ type: call, quantity: -1, strike: 100%, days: 5 }]
instruments: [{ kind: spot, costs: [{ kind: proportional, share: 0.001 }] }]
risk: { kind: entropic, aversion: 1 }
policy: { kind: band, hidden: 4 }
training: { iterations: 1200, paths: 256, validateEvery: 20 }
evaluation: { paths: 1024, sets: 2 }
`;
writeFileSync(config, text);

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const train = (out: string) => ["hedge", "train", config, "--out", out, "--threads", "1"];

/** Starts a training in a process of its own and kills it when it has a checkpoint. */
async function killAtCheckpoint(out: string): Promise<void> {
  const child = spawn(process.execPath, [main, ...train(out)], { stdio: "ignore" });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on("exit", (_, signal) => resolve(signal));
  });
  const checkpoint = join(out, "call.checkpoint.json");
  while (!existsSync(checkpoint) && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill("SIGKILL");
  expect(await ended).toBe("SIGKILL");
  expect(existsSync(checkpoint)).toBe(true);
  expect(existsSync(join(out, "call.policy.json"))).toBe(false);
}

test("a killed training resumes to the weights of one that was not killed", {
  timeout: 60_000,
}, async () => {
  const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
  await killAtCheckpoint(broken);
  const resumed = await testRun(...train(broken), "--resume");
  expect(resumed.stderr).toMatch(/Going on from iteration \d+\./);
  expect(resumed.code).toBe(0);
  const straight = await testRun(...train(whole));
  expect(straight.code).toBe(0);
  const [a, b] = await Promise.all(
    [whole, broken].map((out) => decodePolicy(readFileSync(join(out, "call.policy.json"), "utf8"))),
  );
  expect(Array.from(b.theta)).toEqual(Array.from(a.theta));
  expect(Array.from(b.training.history)).toEqual(Array.from(a.training.history));
  expect(b.training.risk).toBe(a.training.risk);
});

test("a checkpoint of another configuration or a damaged one is refused", {
  timeout: 30_000,
}, async () => {
  const out = join(folder, "other");
  await killAtCheckpoint(out);
  const seeded = await testRun(...train(out), "--resume", "--seed", "2");
  expect(seeded.code).toBe(3);
  expect(seeded.stderr).toContain("got one of another");
  const checkpoint = join(out, "call.checkpoint.json");
  const written = readFileSync(checkpoint, "utf8");
  writeFileSync(checkpoint, written.replace(/"mean":"..../, '"mean":"AAAA'));
  const damaged = await testRun(...train(out), "--resume");
  expect(damaged.code).toBe(3);
  expect(damaged.stderr).toContain("call.checkpoint.json: expected checksum");
});
