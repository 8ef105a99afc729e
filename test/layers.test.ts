/**
 * The layout holds: layers import only earlier layers, leaves leave each other alone, nothing is circular or
 * outgrows its budget, and what browsers load does not reach for Node. Every exception has its reason here.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as rules from "./layers/rules.ts";
import { readFacts, type SourceFacts } from "./layers/sourceFile.ts";

const root = new URL("../", import.meta.url);

/** Leaves of src/models that others may import, and open compositions, with the reason. */
const modelCompositions: rules.Exceptions = {
  "model.ts": "the contract that every model keeps",
  "bates.ts -> heston": "Bates is Heston with jumps",
  "smileQuotes.ts": "the quotes of one expiry as columns, for every model of smiles",
  "localVol -> svi": "local volatility is a transform of smiles: SVI's, in calendar order",
  "localVol.ts -> essvi.ts": "or eSSVI's, which have no arbitrage to report",
  "neuralSde.ts -> neuralSdeJumps.ts": "the jumps of that one model, on a page of their own",
  "neuralSdeMaps.ts -> neuralSde.ts": "the maps of what the network added belong to that one model",
};

const longFileReasons: rules.Exceptions = {};

const longFunctionReasons: rules.Exceptions = {
  "src/backend/wasm/vectorMath.ts#vectorMath":
    "a table of formulas, a few lines each, that share one builder and its constants",
  "src/pricing/heston/characteristic.ts#evaluate":
    "one formula, complex numbers as pairs of locals: parts of it would allocate in the innermost loop",
  "src/models/neuralSde.ts#neuralSdeProgram":
    "the model's equations on one page; a third of it is names of parameters and tables",
};

const nodeImportReasons: rules.Exceptions = {
  "src/cli/": "the command line is a Node program",
  "src/market/sources/openFile.ts": "opens files; browsers hand their bytes to the readers instead",
  "src/market/store/": "a store is files on a disk; browsers get its rows from elsewhere",
  "src/backend/wasm/nodeThreads.ts":
    "wraps Node's worker threads in the interface of web workers, and V8's flag of fused vectors",
};

/** The default backend is chosen here; everyone else takes it as an argument. */
const backendChoiceReasons: rules.Exceptions = {
  "src/calibrate/fitChain.ts": "the default of a fit, when the caller names no backend",
  "src/cli/": "a program must choose",
};

function sourceFiles(): SourceFacts[] {
  return ["src", "test", "scripts", "bench", "examples"].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .map((path) => readFacts(path, readFileSync(new URL(path, root), "utf8"))),
  );
}

describe("the source", () => {
  const files = sourceFiles();

  test("has files to check", () => expect(files.length).toBeGreaterThan(50));
  test("lies in known layers", () => expect(rules.unknownLayers(files)).toEqual([]));
  test("imports only its own and earlier layers", () =>
    expect(rules.upwardImports(files)).toEqual([]));
  test("imports files that exist, by their full name", () =>
    expect(rules.missingTargets(files, (path) => existsSync(new URL(path, root)))).toEqual([]));
  test("keeps models from importing one another", () =>
    expect(rules.siblingImports(files, "src/models", modelCompositions)).toEqual([]));
  test("has no import cycle", () => expect(rules.cycles(files)).toEqual([]));
  test("has no file above its budget", () =>
    expect(rules.longFiles(files, longFileReasons)).toEqual([]));
  test("has no function above its budget", () =>
    expect(rules.longFunctions(files, longFunctionReasons)).toEqual([]));
  test("never says `any`", () => expect(rules.anyTypes(files)).toEqual([]));
  test("names files after what they hold", () => expect(rules.emptyNames(files)).toEqual([]));
  test("imports Node's modules only where browsers do not load", () =>
    expect(rules.nodeImports(files, nodeImportReasons)).toEqual([]));
  test("takes the backend as an argument", () =>
    expect(rules.backendChoices(files, backendChoiceReasons)).toEqual([]));
});

describe("the rules catch a planted", () => {
  const file = (path: string, ...lines: string[]): SourceFacts =>
    readFacts(path, `${lines.join("\n")}\n`);

  test("folder that is no layer", () => {
    expect(rules.unknownLayers([file("src/misc/a.ts", "")])).toEqual([
      "src/misc is not in the list of layers",
    ]);
  });

  test.each([
    ["import", 'import { fit } from "../calibrate/fit.ts";'],
    ["type import", 'import type { Fit } from "../calibrate/fit.ts";'],
    ["re-export", 'export * from "../calibrate/fit.ts";'],
    ["dynamic import", 'const fit = await import("../calibrate/fit.ts");'],
    ["import type", 'type Fit = import("../calibrate/fit.ts").Fit;'],
  ])("upward %s", (_, line) => {
    expect(rules.upwardImports([file("src/ir/build.ts", "// one", line)])).toEqual([
      "src/ir/build.ts:2 imports src/calibrate/fit.ts: ir comes before calibrate",
    ]);
  });

  test("import of a public entry, of a test and of a file outside src", () => {
    const planted = file(
      "src/ir/build.ts",
      'import "../engine.ts";',
      'import "./build.test.ts";',
      'import "../../bench/run.ts";',
    );
    expect(rules.upwardImports([planted])).toEqual([
      "src/ir/build.ts:1 imports the public entry src/engine.ts",
      "src/ir/build.ts:2 imports the test file src/ir/build.test.ts",
      "src/ir/build.ts:3 imports bench/run.ts, which is outside src/",
    ]);
  });

  test("upward import no more once it points down, sits in a test, or in a public entry", () => {
    const line = 'import { fit } from "../calibrate/fit.ts";';
    const fine = [
      file("src/cli/fit.ts", line),
      file("src/ir/build.test.ts", line),
      file("src/engine.ts", 'export * from "./calibrate/fit.ts";'),
    ];
    expect(rules.upwardImports(fine)).toEqual([]);
  });

  test("import without its extension", () => {
    const planted = file("src/ir/a.ts", 'import "./b";', 'import "./b.js";', 'import "./b.ts";');
    expect(rules.missingTargets([planted], (path) => path === "src/ir/b.ts")).toHaveLength(2);
  });

  test("sibling import between leaves, and an exception nobody needs", () => {
    const leaves = [
      file("src/models/index.ts", 'export * from "./heston.ts";', 'export * from "./bates.ts";'),
      file("src/models/heston.ts", 'import "./heston/charFn.ts";', 'import "../num/errors.ts";'),
      file("src/models/bates.ts", 'import "./heston.ts";'),
    ];
    const complaint = "src/models/bates.ts:1 imports its sibling leaf src/models/heston.ts";
    expect(rules.siblingImports(leaves, "src/models", {})).toContain(complaint);
    const parts = file("src/models/svi.ts", 'import "./heston/charFn.ts";');
    expect(rules.siblingImports([parts], "src/models", {})).toEqual([
      "src/models/svi.ts:1 imports its sibling leaf src/models/heston/charFn.ts",
    ]);
    const allowed = { "bates.ts -> heston.ts": "Bates is Heston with jumps" };
    expect(rules.siblingImports(leaves, "src/models", allowed)).toEqual([]);
    expect(rules.siblingImports(leaves.slice(0, 2), "src/models", allowed)).toEqual([
      "bates.ts -> heston.ts: nothing needs this entry in the table of leaves of src/models any more",
    ]);
  });

  test("cycle of two, of three and of type imports", () => {
    const two = [
      file("src/ir/a.ts", 'import "./b.ts";'),
      file("src/ir/b.ts", 'import type {A} from "./a.ts";'),
    ];
    expect(rules.cycles(two)).toEqual(["src/ir/a.ts -> src/ir/b.ts -> src/ir/a.ts"]);
    const three = [
      file("src/ir/a.ts", 'import "./b.ts";'),
      file("src/ir/b.ts", 'import "./c.ts";'),
      file("src/ir/c.ts", 'export * from "./b.ts";'),
    ];
    expect(rules.cycles(three)).toEqual(["src/ir/b.ts -> src/ir/c.ts -> src/ir/b.ts"]);
    expect(rules.cycles(three.slice(0, 2))).toEqual([]);
  });

  test("file of 501 lines, and nothing at 500", () => {
    const long = readFacts("src/ir/a.ts", "\n".repeat(501));
    expect(rules.longFiles([long], {})).toEqual(["src/ir/a.ts:1 has 501 lines, more than 500"]);
    expect(rules.longFiles([long], { "src/ir/a.ts": "a table" })).toEqual([]);
    expect(rules.longFiles([readFacts("src/ir/a.ts", "\n".repeat(500))], {})).toEqual([]);
  });

  test.each([
    ["function", "function big() {", "}"],
    ["arrow function", "const big = () => {", "};"],
    ["method", "const o = { big() {", "} };"],
  ])("%s of 81 lines, and nothing at 80", (_, open, close) => {
    const planted = (inner: number) =>
      readFacts("src/ir/a.ts", `${open}${"\n".repeat(inner)}${close}\n`);
    expect(rules.longFunctions([planted(80)], {})).toEqual([
      "src/ir/a.ts:1 big has 81 lines, more than 80",
    ]);
    expect(rules.longFunctions([planted(80)], { "src/ir/a.ts#big": "one table" })).toEqual([]);
    expect(rules.longFunctions([planted(79)], {})).toEqual([]);
    expect(rules.longFunctions([planted(79)], { "src/ir/a.ts#big": "one table" })).toHaveLength(1);
  });

  test("`any`, but not the word in a comment or a string", () => {
    const planted = file(
      "src/ir/a.ts",
      "// any",
      'const s = "any";',
      "let x: any;",
      "f(y as any);",
    );
    expect(rules.anyTypes([planted])).toEqual([
      "src/ir/a.ts:3 says `any`",
      "src/ir/a.ts:4 says `any`",
    ]);
  });

  test("file name that says nothing", () => {
    const names = ["utils.ts", "helpers.ts", "common.ts", "types.ts"];
    expect(rules.emptyNames(names.map((name) => file(`src/ir/${name}`, "")))).toHaveLength(4);
  });

  test("import of a Node module, with or without its prefix", () => {
    const lines = ['import "node:fs";', 'import { join } from "path";', 'import { z } from "zod";'];
    expect(
      rules.nodeImports([file("src/market/clean.ts", ...lines)], { "src/cli/": "Node" }),
    ).toEqual(["src/market/clean.ts:1 imports node:fs", "src/market/clean.ts:2 imports path"]);
    expect(rules.nodeImports([file("src/cli/fit.ts", ...lines)], { "src/cli/": "Node" })).toEqual(
      [],
    );
  });

  test("choice of a backend in a model", () => {
    const planted = file(
      "src/models/heston.ts",
      'import { wasmBackend } from "../backend/wasm/index.ts";',
      'import type { Plan } from "../backend/backend.ts";',
    );
    expect(rules.backendChoices([planted], {})).toEqual([
      "src/models/heston.ts:1 names the backend src/backend/wasm/index.ts: take it as an argument",
    ]);
  });
});
