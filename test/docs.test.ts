/**
 * The documentation is true where a machine can tell: links resolve, runnable snippets and examples run, and every
 * flag shown to a reader is one that the command has.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { anchors, fences, links, shellCalls } from "./docs/markdown.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const documents = ["", "docs", "examples", "bench", ".ci"]
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  .filter((path) => path.endsWith(".md"));
const examples = readdirSync(join(root, "examples"))
  .filter((name) => name.endsWith(".ts"))
  .sort();

/** Runs a TypeScript file on the source with few paths; resolves to what it printed. */
async function run(file: string, ...args: readonly string[]): Promise<string> {
  const hooks = new URL("docs/sourceHooks.ts", import.meta.url).href;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", hooks, file, ...args],
    {
      cwd: root,
      env: { ...process.env, VOLTERRA_EXAMPLE_PATHS: "256" },
      timeout: 50_000,
    },
  );
  return stdout;
}

describe("the Markdown files", () => {
  test.each(documents)("%s links to files and headings that exist", (path) => {
    const broken = links(read(path)).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file, anchor] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      if (!existsSync(join(root, target))) return true;
      return (
        anchor !== undefined && target.endsWith(".md") && !anchors(read(target)).includes(anchor)
      );
    });
    expect(broken).toEqual([]);
  });

  const snippets = documents.flatMap((path) =>
    fences(read(path))
      .filter(({ info }) => /^ts\b.*\brunnable\b/.test(info))
      .map(({ text, line }) => ({ where: `${path}:${line}`, text })),
  );

  test("hold a runnable snippet in the README", () =>
    expect(snippets.map(({ where }) => where)).toContainEqual(
      expect.stringMatching(/^README\.md:/),
    ));

  test.each(snippets)("$where runs", async ({ text }) => {
    const folder = await mkdtemp(join(tmpdir(), "volterra-snippet-"));
    try {
      const file = join(folder, "snippet.ts");
      await writeFile(file, text);
      expect(await run(file)).not.toBe("");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("show as the README's snippet example 01, below its comment and with public names", () => {
    const [first] = examples.filter((name) => name.startsWith("01-"));
    const shown = snippets.find(({ where }) => where.startsWith("README.md"))?.text;
    const code = exampleCode(read(join("examples", first)));
    expect(shown).toBe(code.replace(/(?<=from ")[^"]+/g, (specifier) => publicName(specifier)));
  });
});

/** An example without the comment on top. */
function exampleCode(text: string): string {
  return text.replace(/^\/\*\*[\s\S]*?\*\/\s*/, "");
}

/** "../src/engine.ts" → "volterra/engine": what a reader outside this repository imports. */
function publicName(specifier: string): string {
  const { exports } = JSON.parse(read("package.json")) as { exports: object };
  const found = Object.entries(exports).find(
    ([, entry]) =>
      typeof entry === "object" &&
      `../${entry.default.replace("./dist/", "src/").replace(/\.js$/, ".ts")}` === specifier,
  );
  return found === undefined ? specifier : found[0].replace(".", "volterra");
}

describe("the examples", () => {
  test("begin with 01", () => expect(examples[0]).toMatch(/^01-/));

  test.each(examples)(
    "%s is short, says its question first and imports only what is public",
    (name) => {
      const text = read(join("examples", name));
      expect(text).toMatch(/^\/\*\*\n \* [^\n]*\?\n/);
      expect(exampleCode(text).split("\n").length - 1).toBeLessThanOrEqual(60);
      const imported = [...text.matchAll(/\bfrom "([^"]+)"/g)].map((match) => publicName(match[1]));
      expect(imported.filter((specifier) => !/^(volterra(\/|$)|node:)/.test(specifier))).toEqual(
        [],
      );
    },
  );

  test.each(examples)("%s runs with few paths", async (name) => {
    expect(await run(join(root, "examples", name))).not.toBe("");
  });
});

describe("the commands shown", () => {
  const calls = documents.flatMap((path) => shellCalls(read(path), "volterra"));
  const verbs = [...new Set(calls.map(([verb]) => verb))].sort();

  test("are those that a newcomer needs", () =>
    expect(verbs).toEqual(expect.arrayContaining(["chain", "convert", "fit", "surface"])));

  test.each(verbs)("volterra %s has every flag that the documents use", async (verb) => {
    const own = calls.filter((call) => call[0] === verb);
    let help = await run(join(root, "src/cli/main.ts"), verb, "--help");
    if (help.includes("\nCommands:")) {
      // a verb of verbs: the flags are those of the verbs that the documents use
      for (const inner of new Set(own.map((call) => call[1]))) {
        help += await run(join(root, "src/cli/main.ts"), verb, inner, "--help");
      }
    }
    const flags = own.flat().filter((word) => word.startsWith("--"));
    const known = new Set(help.match(/--[a-z][a-z-]*/g));
    expect(flags.filter((flag) => !known.has(flag.split("=")[0]))).toEqual([]);
  });
});
