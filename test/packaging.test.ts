/**
 * The package installs and ships what it says: a lock file that every platform accepts, scripts on the Node of the
 * dev dependency, and exports that have a source.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

interface LockedPackage {
  /** A workspace of this repository: its `resolved` is a folder. */
  readonly link?: boolean;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: { readonly [name: string]: string };
}

interface Manifest {
  readonly version: string;
  readonly bin: { readonly [name: string]: string };
  readonly files: readonly string[];
  readonly engines: { readonly node: string };
  readonly exports: { readonly [subpath: string]: string | Entry };
  readonly allowScripts: { readonly [name: string]: boolean };
}

interface Entry {
  readonly types: string;
  readonly default: string;
}

const root = new URL("../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const manifest = JSON.parse(read("package.json")) as Manifest;
const locked = (
  JSON.parse(read("package-lock.json")) as { packages: Readonly<Record<string, LockedPackage>> }
).packages;
const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + 13);

/** "./dist/engine.js" → "src/engine.ts" */
const sourceOf = (built: string): string =>
  built.replace("./dist/", "src/").replace(/(\.d\.ts|\.js)$/, ".ts");

describe("the lock file", () => {
  test("holds every platform's package, without which `npm ci` refuses it", () => {
    const present = new Set(Object.keys(locked).map(nameOf));
    const optional = Object.values(locked).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(optional.filter((name) => !present.has(name))).toEqual([]);
    expect(optional.length).toBeGreaterThan(20);
  });

  test("names no registry, so that any mirror serves it", () => {
    const named = Object.values(locked).filter(
      ({ resolved, link }) => resolved !== undefined && link !== true,
    );
    expect(named).toEqual([]);
  });

  test("has only install scripts that package.json allows", () => {
    const scripted = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = scripted.map(([path]) => nameOf(path));
    expect(names.filter((name) => manifest.allowScripts[name] !== true)).toEqual([]);
  });
});

describe("the package", () => {
  test("runs its scripts on a Node that strips types", () => {
    const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(manifest.engines.node) ?? [];
    const [runningMajor, runningMinor] = process.versions.node.split(".").map(Number);
    expect([Number(major), Number(minor)]).toEqual([22, 18]);
    expect(runningMajor > 22 || (runningMajor === 22 && runningMinor >= 18)).toBe(true);
  });

  const entries = Object.entries(manifest.exports).filter(
    (pair): pair is [string, Entry] => typeof pair[1] === "object",
  );

  test.each(entries)("exports %s from a source, types and code alike", (_, entry) => {
    expect(sourceOf(entry.types)).toBe(sourceOf(entry.default));
    expect(existsSync(new URL(sourceOf(entry.default), root))).toBe(true);
  });

  test("has a source for its command, which begins by naming its interpreter", () => {
    expect(read(sourceOf(manifest.bin.volterra)).startsWith("#!/usr/bin/env node\n")).toBe(true);
  });

  test("ships its licence, its readme and its changelog", () => {
    expect(manifest.files).toEqual(
      expect.arrayContaining(["dist", "LICENSE", "README.md", "CHANGELOG.md"]),
    );
    expect(read("LICENSE")).toMatch(/^MIT License/);
    expect(read("CHANGELOG.md")).toContain(manifest.version);
    expect(read("CHANGELOG.md")).toContain("Numbers that moved");
  });

  test("keeps fixtures small: no file above 1.5 MB", () => {
    const large = ["src", "test", "docs", "examples", "bench", "scripts"].flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
        .map((name) => fileURLToPath(new URL(`${folder}/${name}`, root)))
        .filter((path) => statSync(path).size > 1.5e6),
    );
    expect(large).toEqual([]);
  });
});
