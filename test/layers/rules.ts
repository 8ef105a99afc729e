/**
 * The rules of the layout (ARCHITECTURE.md), each a function from the facts of all files to a list of complaints.
 *
 * A complaint reads `path:line what is wrong`. Exceptions are tables of path → reason; an entry that no file
 * needs any more is itself a complaint, so the tables cannot rot.
 */
import { posix } from "node:path";
import type { SourceFacts } from "./sourceFile.ts";

/** The layers, each may import itself and the ones before it. */
export const LAYERS = [
  "num",
  "random",
  "formulas",
  "ir",
  "grad",
  "backend",
  "nn",
  "sde",
  "market",
  "payoffs",
  "pricing",
  "surface",
  "models",
  "calibrate",
  "estimate",
  "hedging",
  "compare",
  "report",
  "cli",
] as const;

/** Path (or `path#function`) → why the rule does not hold there. */
export type Exceptions = Readonly<Record<string, string>>;

export const MAX_FILE_LINES = 500;
export const MAX_FUNCTION_LINES = 80;
const FORBIDDEN_NAMES = ["utils.ts", "helpers.ts", "common.ts", "types.ts"];

export const isTest = (path: string): boolean =>
  path.endsWith(".test.ts") || path.startsWith("test/");
const isProduct = (path: string): boolean => path.startsWith("src/") && !isTest(path);

/** "src/ir/ops.ts" → "ir"; undefined for the public entries directly under src/. */
function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

/** The repository path that a relative specifier names; undefined for packages. */
function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

/** Every import of product code by product code as (file, imported path, line). */
function* productImports(files: readonly SourceFacts[]): Generator<[SourceFacts, string, number]> {
  for (const file of files) {
    if (!isProduct(file.path)) continue;
    for (const { specifier, line } of file.imports) {
      const to = target(file.path, specifier);
      if (to !== undefined) yield [file, to, line];
    }
  }
}

/** Imports of a later layer, of a public entry, of a test, and of things outside src/. */
export function upwardImports(files: readonly SourceFacts[]): string[] {
  const complaints: string[] = [];
  for (const [file, to, line] of productImports(files)) {
    const at = `${file.path}:${line}`;
    const own = layerOf(file.path);
    const other = layerOf(to);
    if (isTest(to)) complaints.push(`${at} imports the test file ${to}`);
    else if (!to.startsWith("src/")) complaints.push(`${at} imports ${to}, which is outside src/`);
    else if (own !== undefined && other === undefined) {
      complaints.push(`${at} imports the public entry ${to}`);
    } else if (own !== undefined && other !== undefined && rank(other) > rank(own)) {
      complaints.push(`${at} imports ${to}: ${own} comes before ${other}`);
    }
  }
  return complaints;
}

function rank(layer: string): number {
  return (LAYERS as readonly string[]).indexOf(layer);
}

/** Folders under src/ that are not a layer. */
export function unknownLayers(files: readonly SourceFacts[]): string[] {
  const folders = new Set(
    files.map((file) => layerOf(file.path)).filter((name) => name !== undefined),
  );
  return [...folders]
    .filter((name) => rank(name) < 0)
    .map((name) => `src/${name} is not in the list of layers`);
}

/** Relative imports that do not name an existing file with its extension. */
export function missingTargets(
  files: readonly SourceFacts[],
  exists: (path: string) => boolean,
): string[] {
  const complaints: string[] = [];
  for (const [file, to, line] of productImports(files)) {
    if (!to.endsWith(".ts") || !exists(to)) {
      complaints.push(`${file.path}:${line} imports ${to}: no such file (write the .ts extension)`);
    }
  }
  return complaints;
}

/**
 * Leaves of `folder` that import one another. A leaf is a file or a subfolder directly in it, or both where
 * `svi.ts` has its parts in `svi/`; `index.ts` lists them and is no leaf. `shared` names the leaves that all may import (a contract) or pairs "from -> to"
 * (an open composition), each with its reason.
 */
export function siblingImports(
  files: readonly SourceFacts[],
  folder: string,
  shared: Exceptions,
): string[] {
  const leafOf = (path: string): string | undefined =>
    path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split("/")[0] : undefined;
  const used = new Set<string>();
  const complaints: string[] = [];
  for (const [file, to, line] of productImports(files)) {
    const own = leafOf(file.path);
    const other = leafOf(to);
    if (own === undefined || other === undefined || stem(own) === stem(other)) continue;
    const allowed = [other, `${own} -> ${other}`].find((key) => key in shared);
    if (allowed !== undefined) used.add(allowed);
    else if (own !== "index.ts") {
      complaints.push(`${file.path}:${line} imports its sibling leaf ${to}`);
    }
  }
  return [...complaints, ...unused(shared, used, `leaves of ${folder}`)];
}

const stem = (leaf: string): string => leaf.replace(/\.ts$/, "");

/** Import cycles among product files, type imports included, each reported once. */
export function cycles(files: readonly SourceFacts[]): string[] {
  const edges = new Map<string, string[]>();
  for (const [file, to] of productImports(files)) {
    edges.set(file.path, [...(edges.get(file.path) ?? []), to]);
  }
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const found: string[] = [];
  const walk = (path: string): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      found.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    trail.push(path);
    for (const next of edges.get(path) ?? []) walk(next);
    trail.pop();
    state.set(path, "done");
  };
  for (const path of edges.keys()) walk(path);
  return found;
}

/** Files above 500 lines, tests included, except those with a reason. */
export function longFiles(files: readonly SourceFacts[], reasons: Exceptions): string[] {
  const long = files.filter((file) => file.lines > MAX_FILE_LINES);
  const complaints = long
    .filter((file) => !(file.path in reasons))
    .map((file) => `${file.path}:1 has ${file.lines} lines, more than ${MAX_FILE_LINES}`);
  return [...complaints, ...unused(reasons, new Set(long.map((file) => file.path)), "long files")];
}

/** Functions above 80 lines outside tests (whose `describe` blocks are functions), except those with a reason. */
export function longFunctions(files: readonly SourceFacts[], reasons: Exceptions): string[] {
  const used = new Set<string>();
  const complaints: string[] = [];
  for (const file of files) {
    if (isTest(file.path)) continue;
    for (const { name, line, lines } of file.functions) {
      if (lines <= MAX_FUNCTION_LINES) continue;
      const key = `${file.path}#${name}`;
      if (key in reasons) used.add(key);
      else
        complaints.push(
          `${file.path}:${line} ${name} has ${lines} lines, more than ${MAX_FUNCTION_LINES}`,
        );
    }
  }
  return [...complaints, ...unused(reasons, used, "long functions")];
}

/** The type `any` anywhere under src/. */
export function anyTypes(files: readonly SourceFacts[]): string[] {
  return files
    .filter((file) => file.path.startsWith("src/"))
    .flatMap((file) => file.anyLines.map((line) => `${file.path}:${line} says \`any\``));
}

/** Files whose name says nothing about their content. */
export function emptyNames(files: readonly SourceFacts[]): string[] {
  return files
    .filter((file) => FORBIDDEN_NAMES.includes(posix.basename(file.path)))
    .map((file) => `${file.path}:1 name it after what it holds`);
}

/** Imports of Node's modules in code that browsers load too. `allowed` holds files, and folders ending in "/". */
export function nodeImports(files: readonly SourceFacts[], allowed: Exceptions): string[] {
  const complaints: string[] = [];
  for (const file of files) {
    if (!isProduct(file.path)) continue;
    if (
      Object.keys(allowed).some(
        (key) => file.path === key || (key.endsWith("/") && file.path.startsWith(key)),
      )
    ) {
      continue;
    }
    for (const { specifier, line } of file.imports) {
      if (isNodeModule(specifier)) complaints.push(`${file.path}:${line} imports ${specifier}`);
    }
  }
  return complaints;
}

const BARE_NODE_MODULES =
  /^(fs|path|os|url|util|stream|crypto|http|https|worker_threads|child_process|buffer|events|zlib|readline|process)(\/|$)/;

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith("node:") || BARE_NODE_MODULES.test(specifier);
}

/** Imports of a concrete backend outside the places that choose one. `allowed` holds files, and folders ending in "/". */
export function backendChoices(files: readonly SourceFacts[], allowed: Exceptions): string[] {
  const complaints: string[] = [];
  for (const [file, to, line] of productImports(files)) {
    if (layerOf(file.path) === undefined || layerOf(file.path) === "backend") continue;
    const isConcrete = /^src\/backend\/[^/]+\//.test(to);
    const isAllowed = Object.keys(allowed).some(
      (key) => file.path === key || (key.endsWith("/") && file.path.startsWith(key)),
    );
    if (isConcrete && !isAllowed) {
      complaints.push(`${file.path}:${line} names the backend ${to}: take it as an argument`);
    }
  }
  return complaints;
}

function unused(reasons: Exceptions, used: ReadonlySet<string>, table: string): string[] {
  return Object.keys(reasons)
    .filter((key) => !used.has(key))
    .map((key) => `${key}: nothing needs this entry in the table of ${table} any more`);
}
