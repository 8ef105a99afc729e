import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isNewEnough } from "./nodeVersion.ts";

test.each([
  ["20.20.2", false],
  ["22.17.9", false],
  ["22.18.0", true],
  ["24.21.0", true],
])("Node %s is new enough: %s", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

test("the oldest Node is the one that package.json states", () => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const stated = (JSON.parse(text) as { engines: { node: string } }).engines.node;
  const version = stated.replace(">=", "");
  expect(isNewEnough(`${version}.0`)).toBe(true);
  const [major, minor] = version.split(".").map(Number);
  expect(isNewEnough(`${major}.${minor - 1}.0`)).toBe(false);
});

test("an old Node is told the way out and ends with code 1", () => {
  const script =
    'import { refuseOldNode } from "./src/cli/nodeVersion.ts"; refuseOldNode("20.20.2");';
  const run = (): string =>
    execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: new URL("../../", import.meta.url),
      encoding: "utf8",
      stdio: "pipe",
    });
  expect(run).toThrow(/expected Node 22\.18 or newer, got 20\.20\.2/);
});
