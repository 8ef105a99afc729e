/** `compare` and `study` on a small chain, with models that are quick, that fail and that are interrupted. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { afterAll, expect, test } from "vitest";
import type { CompareDocument, StudyDocument } from "../compare/index.ts";
import { failingModel, flatModel, midModel, throwingModel } from "../compare/testModels.ts";
import { openWriter } from "../market/store/index.ts";
import { testOption } from "../market/store/testRows.ts";
import { blackScholes, type Model } from "../models/index.ts";
import { addCompareVerb } from "./compare.ts";
import { exitCodeOf } from "./exitCodes.ts";
import type { CliIo } from "./io.ts";
import { addStudyVerb } from "./study.ts";
import { studyStore } from "./studyFiles.ts";
import { type TestRun, testRun } from "./testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-compare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dates = ["2026-01-25", "2026-02-27", "2026-03-27", "2026-06-26"];

/** Writes a chain of four expiries as seen on a day; volatilities move by `shift`. */
function writeChain(name: string, asOf: string, shift = 0): string {
  const rows = dates.flatMap((date) =>
    [80, 85, 90, 94, 98, 102, 106, 110, 115, 120].map((strike) => {
      const k = Math.log(strike / 100);
      const vol = 0.3 + shift - 0.2 * k + 0.5 * k * k;
      const type = strike < 100 ? "put" : "call";
      return `${type},${strike},${date}T08:00Z,100,${vol - 0.004},${vol + 0.004},${asOf}`;
    }),
  );
  const path = join(folder, name);
  writeFileSync(path, ["type,strike,expiry,forward,bid,ask,asOf", ...rows, ""].join("\n"));
  return path;
}

const table = ["--price-unit", "vol", "--underlying", "TEST"];
const file = writeChain("a-20260105.csv", "2026-01-05T08:00Z");
const next = writeChain("b-20260106.csv", "2026-01-06T08:00Z", 0.01);

async function runWith(
  models: readonly Model[],
  argv: readonly string[],
  onInterrupt?: CliIo["onInterrupt"],
): Promise<TestRun> {
  let [stdout, stderr, code] = ["", "", 0];
  const io: CliIo = {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    isTty: false,
    width: 100,
    ...(onInterrupt === undefined ? {} : { onInterrupt }),
  };
  const program = new Command("volterra").exitOverride();
  const finish = (value: number): void => {
    code = value;
  };
  addCompareVerb(program, io, finish, models);
  addStudyVerb(program, io, finish, models);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) code = 2;
    else {
      code = exitCodeOf(error);
      stderr += String(error);
    }
  }
  return { code, stdout, stderr };
}

const models = [midModel, flatModel, failingModel, throwingModel];

test("compare prints one document, with a row for every model and its reason", async () => {
  const { code, stdout, stderr } = await runWith(models, ["compare", file, ...table, "--json"]);
  expect(code).toBe(0);
  const document = JSON.parse(stdout) as CompareDocument;
  expect(document).toMatchObject({
    schemaVersion: 1,
    underlying: "TEST",
    asOf: "2026-01-05T08:00:00.000Z",
    nextAsOf: null,
    scenario: "liquid",
    complete: true,
  });
  expect(document.models.map(({ name, status }) => [name, status])).toEqual([
    ["mids", "converged"],
    ["flat", "outside-validity"],
    ["failing", "failed"],
    ["throwing", "failed"],
  ]);
  const names = [
    "name",
    "status",
    "parameters",
    "insideShare",
    "rmseVolPoints",
    "atmRmseVolPoints",
    "wingRmseVolPoints",
    "heldOutStrikeRmseVolPoints",
    "heldOutExpiryRmseVolPoints",
    "nextSnapshotRmseVolPoints",
    "certificate",
    "seconds",
  ];
  for (const model of document.models) for (const name of names) expect(model).toHaveProperty(name);
  expect(document.models[0].nextSnapshotRmseVolPoints).toBeNull();
  expect(document.models[3].message).toBe("division by zero");
  expect(stderr).toContain("throwing: failed: division by zero");
});

test("the table is readable on 100 columns", async () => {
  const { stdout } = await runWith(models, ["compare", file, ...table, "--next", next]);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  expect(stdout).toContain("failing ✗");
  expect(stdout).toContain("flat *");
  expect(stdout).toContain("outside-validity: a smile is not flat");
});

test("a level that rises by one vol point is an error of one vol point at the next snapshot", async () => {
  const argv = ["compare", file, ...table, "--next", next, "--json", "--models", "mids"];
  const document = JSON.parse((await runWith(models, argv)).stdout) as CompareDocument;
  expect(document.models).toHaveLength(1);
  expect(document.models[0].nextSnapshotRmseVolPoints).toBeCloseTo(1, 6);
  expect(document.nextAsOf).toBe("2026-01-06T08:00:00.000Z");
});

/** Two chains of ETH in a store, a day apart, with marks only where the market is. */
async function storedChains(): Promise<string> {
  const store = join(folder, "store");
  const writer = await openWriter(store);
  for (const [day, shift] of [
    [5, 0],
    [6, 0.01],
  ]) {
    const eventMs = Date.UTC(2026, 0, day, 8);
    const rows = dates.flatMap((date) =>
      [80, 85, 90, 94, 98, 102, 106, 110, 115, 120].map((strike) => {
        const k = Math.log(strike / 100);
        const vol = 0.3 + shift - 0.2 * k + 0.5 * k * k;
        return testOption({
          eventMs,
          knownMs: eventMs,
          instrument: `TEST-${date}-${strike}`,
          type: strike < 100 ? "put" : "call",
          strike,
          expiryMs: Date.parse(`${date}T08:00Z`),
          unit: "vol",
          bid: vol - 0.004,
          ask: vol + 0.004,
          mark: null,
          markIv: null,
          forward: 100,
        });
      }),
    );
    const groups = [{ kind: "option" as const, venue: "test", underlying: "TEST", rows }];
    await writer.commit([{ name: `day ${day}`, fingerprint: `${day}`, format: "test", groups }]);
  }
  await writer.free();
  return store;
}

test("beside --store the next snapshot is that of a time, with the same result as from files", async () => {
  const store = await storedChains();
  const argv = ["compare", "--store", store, "--underlying", "TEST", "--models", "mids", "--json"];
  const times = ["--as-of", "2026-01-05T12:00Z", "--next", "2026-01-06T12:00Z"];
  const stored = JSON.parse((await runWith(models, [...argv, ...times])).stdout) as CompareDocument;
  expect(stored.models[0].nextSnapshotRmseVolPoints).toBeCloseTo(1, 6);
  expect(stored.nextAsOf).toBe("2026-01-06T08:00:00.000Z");
  const file = await runWith(models, [...argv, "--next", "later.csv"]);
  expect([file.code, file.stderr]).toEqual([2, expect.stringMatching(/--next: expected a time/)]);
  const same = await runWith(models, [...argv, ...times.slice(0, 3), "2026-01-05T13:00Z"]);
  expect([same.code, same.stderr]).toEqual([3, expect.stringMatching(/Choose a later time/)]);
});

test("a snapshot from before is no next one", async () => {
  const { code, stderr } = await runWith(models, ["compare", next, ...table, "--next", file]);
  expect(code).toBe(3);
  expect(stderr).toContain("expected a snapshot after 2026-01-06");
});

test("unknown models, stress with a next day, and no threads are refused as usage", async () => {
  const unknown = await runWith(models, ["compare", file, ...table, "--models", "mids,sabre"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain(
    'expected names among mids, flat, failing, throwing, got "sabre"',
  );
  const stress = await runWith(models, [
    "compare",
    file,
    ...table,
    "--scenario",
    "stress",
    "--next",
    next,
  ]);
  expect(stress.code).toBe(2);
  const threads = await runWith(models, ["compare", file, ...table, "--threads", "0"]);
  expect(threads.code).toBe(2);
});

test("the real program lists the neural SDE among its models", async () => {
  const { code, stderr } = await testRun("compare", file, ...table, "--models", "nothing");
  expect(code).toBe(2);
  expect(stderr).toContain("neural-sde");
});

test("compare writes its document and a report that needs nothing else", async () => {
  const out = join(folder, "out");
  const argv = ["compare", file, ...table, "--scenario", "sparse", "--out", out, "--json"];
  const document = JSON.parse((await runWith(models, argv)).stdout) as CompareDocument;
  expect(readdirSync(out).sort()).toEqual([
    "a-20260105-TEST.sparse.compare.html",
    "a-20260105-TEST.sparse.compare.json",
  ]);
  expect(JSON.parse(readFileSync(document.files.document, "utf8"))).toEqual(document);
  const html = readFileSync(document.files.report, "utf8");
  expect(html).not.toMatch(/<script|https?:\/\/|src=/);
});

test("an interrupted comparison keeps the models that are finished and ends with 130", async () => {
  let interrupt = (): void => {};
  const stopping: Model = {
    ...flatModel,
    fit: (chain, options) => {
      interrupt();
      return flatModel.fit(chain, options);
    },
  };
  const { code, stdout } = await runWith(
    [midModel, stopping, failingModel],
    ["compare", file, ...table, "--json"],
    (listener) => {
      interrupt = listener;
      return () => {};
    },
  );
  expect(code).toBe(130);
  const document = JSON.parse(stdout) as CompareDocument;
  expect(document.complete).toBe(false);
  expect(document.models.map(({ name }) => name)).toEqual(["mids"]);
});

test("a study goes on where it stopped, and measures nothing twice", async () => {
  const out = join(folder, "study");
  let fits = 0;
  const counting: Model = {
    ...midModel,
    fit: (chain, options) => {
      fits++;
      return midModel.fit(chain, options);
    },
  };
  const argv = ["study", file, next, ...table, "--quick", "--out", out, "--json"];
  const first = await runWith([counting, flatModel], [...argv, "--limit", "1"]);
  expect(first.code).toBe(0);
  expect(fits).toBe(1);
  const second = await runWith([counting, flatModel], [...argv, "--reference", "mids"]);
  expect(fits).toBe(2);
  expect(second.stderr).toContain("1 snapshots are done, 1 to do");
  const document = JSON.parse(second.stdout) as StudyDocument;
  expect(document.groups).toHaveLength(1);
  expect(document.groups[0]).toMatchObject({ name: "TEST", snapshots: 2, days: 2 });
  const [mids] = document.groups[0].rows;
  // of two snapshots one has a next one, a day and one vol point later
  expect(mids.means.nextSnapshotRmseVolPoints).toMatchObject({ count: 1 });
  expect(mids.means.nextSnapshotRmseVolPoints?.mean).toBeCloseTo(1, 6);
  expect(readFileSync(join(out, "liquid.study.md"), "utf8")).toContain("| mids | 2 | 100.0");
});

test("exotics are asked for by a flag, priced by dynamics, and refused with a reason by smiles", async () => {
  const argv = ["compare", file, ...table, "--quick", "--exotics"];
  const own = [blackScholes, midModel];
  const { stdout } = await runWith(own, argv);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  expect(stdout).toContain("Exotics on the fixings of 4 expiries, 2026-01-25 to 2026-06-26");
  expect(stdout).toContain("No price: mids: no dynamics");
  const out = join(folder, "exotics");
  const json = await runWith(own, [...argv, "--json", "--out", out]);
  const document = JSON.parse(json.stdout) as CompareDocument;
  expect(document.exoticDates).toHaveLength(4);
  const [priced, refused] = document.models.map(({ exotics }) => exotics);
  expect(priced?.contracts.every(({ price }) => price > 0)).toBe(true);
  // one volatility for all: forwards starts have it, and have no skew
  const [call, put] = priced?.contracts.map(({ impliedVol }) => impliedVol ?? 0) ?? [];
  expect(call).toBeCloseTo(put, 2);
  expect(refused?.contracts).toEqual([]);
  const html = readFileSync(document.files.report, "utf8");
  expect(html).toContain('href="#exotics"');
  expect(html).toContain("Forward-start call at the money");
  expect(html).not.toMatch(/NaN|undefined/);
});

test("a study of exotics measures them, and shows them in a table of their own", async () => {
  const out = join(folder, "exotic-study");
  const argv = [
    "study",
    file,
    ...table,
    "--quick",
    "--exotics",
    "--out",
    out,
    "--reference",
    "mids",
  ];
  const { stdout } = await runWith([blackScholes, midModel], argv);
  expect(stdout).toContain("Exotics: share priced (%)");
  expect(stdout).toMatch(/black-scholes +100\.0/);
  expect(readFileSync(join(out, "liquid.study.md"), "utf8")).toContain("--quick --exotics`");
});

test("with --common the table is of the snapshots that every chosen model was measured on", async () => {
  const out = join(folder, "common");
  const argv = ["study", "--quick", ...table, "--out", out, "--json", "--reference", "mids"];
  await runWith([midModel], [...argv, file, next]);
  await runWith([flatModel], [...argv, file]);
  const groupOf = async (...more: string[]) => {
    const { stdout } = await runWith([midModel, flatModel], [...argv, file, "--summary", ...more]);
    const [group] = (JSON.parse(stdout) as StudyDocument).groups;
    return [group.snapshots, group.rows.map(({ snapshots }) => snapshots)];
  };
  expect(await groupOf()).toEqual([2, [2, 1]]);
  expect(await groupOf("--common")).toEqual([1, [1, 1]]);
  expect(await groupOf("--common", "--models", "mids")).toEqual([2, [2]]);
});

test("a study measures again what was measured with other settings", async () => {
  const out = join(folder, "settings");
  const argv = ["study", file, ...table, "--out", out, "--json"];
  await runWith([midModel], [...argv, "--quick"]);
  const { stderr } = await runWith([midModel], argv);
  expect(stderr).toContain("0 snapshots are done, 1 to do");
});

test("a damaged file is named and left out of a study", async () => {
  const damaged = join(folder, "c-20260107.csv");
  writeFileSync(damaged, "type,strike\ncall,abc\n");
  const out = join(folder, "damaged");
  const { code, stderr, stdout } = await runWith(
    [midModel],
    ["study", file, damaged, ...table, "--quick", "--out", out, "--json"],
  );
  expect(code).toBe(0);
  expect(stderr).toMatch(/left out: c-20260107.csv/);
  expect((JSON.parse(stdout) as StudyDocument).groups[0].snapshots).toBe(1);
});

test("a model during which the process ended twice is a failure, not tried for ever", async () => {
  const out = join(folder, "lost");
  const argv = ["study", file, ...table, "--quick", "--out", out, "--json"];
  await runWith([midModel], argv);
  const name = "a-20260105-TEST";
  rmSync(join(out, "liquid", name, "mids.json"));
  const store = studyStore(out, "liquid", "any");
  expect([store.begin(name, "mids"), store.begin(name, "mids")]).toEqual([0, 1]);
  const { stdout } = await runWith([midModel], argv);
  const [row] = (JSON.parse(stdout) as StudyDocument).groups[0].rows;
  expect(row).toMatchObject({ snapshots: 1, failures: 1 });
  expect(existsSync(join(out, "liquid", name, "mids.started"))).toBe(false);
});

test("an interrupted study leaves no mark and ends with 130", async () => {
  const out = join(folder, "stopped");
  let interrupt = (): void => {};
  const stopping: Model = {
    ...midModel,
    fit: (chain, options) => {
      interrupt();
      return midModel.fit(chain, options);
    },
  };
  const { code } = await runWith(
    [stopping],
    ["study", file, next, ...table, "--quick", "--out", out],
    (listener) => {
      interrupt = listener;
      return () => {};
    },
  );
  expect(code).toBe(130);
  const left = readdirSync(join(out, "liquid"), { recursive: true, encoding: "utf8" });
  expect(left.filter((name) => /started|json/.test(name))).toEqual([]);
});
