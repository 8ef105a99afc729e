/** The lab sees the library as everyone else does: by its public entries alone. */
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
  readonly exports: Readonly<Record<string, unknown>>;
};
const entries = new Set(Object.keys(manifest.exports).map((path) => posix.join("volterra", path)));

const files = readdirSync(new URL("lab/src/", root), { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => name.replaceAll("\\", "/"));

test("the lab imports the library's public entries and nothing else of it", () => {
  const wrong = files.flatMap((name) => {
    const text = readFileSync(new URL(`lab/src/${name}`, root), "utf8");
    const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, s]) => s);
    return specifiers
      .filter((s) =>
        s.startsWith(".")
          ? posix.normalize(posix.join(posix.dirname(name), s)).startsWith("..")
          : s.startsWith("volterra") && !entries.has(s),
      )
      .map((s) => `lab/src/${name} imports ${s}`);
  });
  expect(files.length).toBeGreaterThan(30);
  expect(wrong).toEqual([]);
});
