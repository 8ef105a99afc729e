/** Usage errors, help, the network, and a chain from a real file. */
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { demoChain } from "./demo.ts";
import { testRun } from "./testRun.ts";

test.each([
  ["an unknown verb", ["fly"]],
  ["an unknown flag", ["demo", "--fast"]],
  ["a missing argument", ["fit"]],
  ["a seed that is no number", ["demo", "--seed", "one"]],
  ["no thread", ["demo", "--threads", "0"]],
  ["an unknown column", ["chain", "x.csv", "--column", "spot=S"]],
  ["a table flag without a price unit", ["chain", "x.csv", "--vol-unit", "percent"]],
  ["a server without a source", ["chain", "x.csv", "--base-url", "http://127.0.0.1"]],
  ["a resumed live fit", ["fit", "BTC", "--source", "deribit", "--resume"]],
])("%s is a usage error, code 2, told on stderr alone", async (_, argv) => {
  const { code, stdout, stderr } = await testRun(...argv);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).not.toBe("");
});

test("help and version are results: stdout and code 0", async () => {
  const help = await testRun("--help");
  expect(help).toMatchObject({ code: 0, stderr: "" });
  for (const verb of ["chain", "fit", "surface", "convert", "demo"]) {
    expect(help.stdout).toContain(`\n  ${verb} `);
  }
  const version = await testRun("--version");
  expect(version.code).toBe(0);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("a venue that refuses is a network error, code 5", async () => {
  const server = createServer((_, reply) => {
    reply.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const flags = ["--source", "deribit", "--base-url", `http://127.0.0.1:${port}`];
  const { code, stdout, stderr } = await testRun("chain", "BTC", ...flags);
  server.close();
  expect(stderr).toContain("404");
  expect(code).toBe(5);
  expect(stdout).toBe("");
});

test("the example is the published table: 104 quotes, 8 expiries, forwards from its rates", async () => {
  const { loaded } = await demoChain();
  expect(loaded.read).toBe(104);
  expect(loaded.chain.expiries).toHaveLength(8);
  const [first] = loaded.chain.expiries;
  expect(first.forward).toBeCloseTo(4468.17 * Math.exp((0.0357 * 13) / 365), 9);
  const atm = first.quotes.find(({ strike }) => strike === 4500);
  expect(atm?.midVol).toBeCloseTo(0.355, 9);
  expect(atm?.halfSpreadVol).toBeCloseTo(0.003, 9);
});

const snapshots = fileURLToPath(
  new URL("../../../shared/data/deribit/chains/2026-01/", import.meta.url),
);
describe.skipIf(!existsSync(snapshots))("a recorded snapshot (skipped without ../shared)", () => {
  test("accounts for every quote and draws a smile", async () => {
    const name = readdirSync(snapshots).filter((file) => file.includes("csv"))[0];
    const json = await testRun("chain", snapshots + name, "--underlying", "BTC", "--json");
    expect(json.code).toBe(0);
    const { quotes } = JSON.parse(json.stdout);
    expect(quotes.used).toBeGreaterThan(100);
    expect(quotes.used + quotes.dropped.length).toBe(quotes.read);
    const text = await testRun("chain", snapshots + name, "--underlying", "BTC");
    expect(text.stdout).toMatch(/ln\(K\/F\)/);
    expect(text.stdout).toContain(`${quotes.used} used`);
  });
});
