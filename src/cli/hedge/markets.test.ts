/** Every kind of market end to end: trained from a configuration, measured again from its policy file alone, and refused when bad. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeModel, type FittedModel } from "../../calibrate/index.ts";
import { initialTheta, type NeuralSdeConfig, neuralSdeProgram } from "../../models/index.ts";
import { philoxNormals } from "../../random/normals.ts";
import { testRun } from "../testRun.ts";

const folder = mkdtempSync(join(tmpdir(), "volterra-markets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sdeConfig: NeuralSdeConfig = {
  yearsToExpiry: [7 / 365, 20 / 365],
  forwardVol: [0.55, 0.6],
  gridSteps: 48,
  minStepsPerInterval: 8,
  hidden: [8, 8],
  maxJumps: 1,
  jumpDecayYears: 0.1,
};

/** A model that the fit would begin with; its report and surface do not matter here. */
const model = {
  kind: "neural-sde",
  config: sdeConfig,
  theta: initialTheta(sdeConfig, neuralSdeProgram(sdeConfig), 3, 0.6),
  seed: 1,
  underlying: "BTC",
  asOfMs: Date.UTC(2026, 2, 28),
  expiryMs: [7, 20].map((day) => Date.UTC(2026, 2, 28 + day)),
  forwards: [101, 102],
  dataFingerprint: "0",
  fit: {},
  surface: {},
} as unknown as FittedModel;

/** 400 days of prices, three an eight hours' step. */
const rows = Array.from(philoxNormals(7, 1, 1200)).reduce<number[]>(
  (prices, z) => [...prices, prices[prices.length - 1] * Math.exp(0.015 * z)],
  [90],
);
const csv = (prices: readonly (number | string)[], columns = "time,price"): string =>
  [
    columns,
    ...prices.map((price, i) => `${new Date(i * 8 * 3_600_000).toISOString()},${price}`),
  ].join("\n");

beforeAll(async () => {
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data/fit.model.json"), await encodeModel(model));
  writeFileSync(join(folder, "data/prices.csv"), csv(rows));
});

const option =
  "  - { kind: option, name: call, type: call, strike: 105%, days: 12, costs: [{ kind: venue, venue: deribit }] }";
const text = (market: string, more = ""): string => `version: 1
name: call
market: ${market}
position: [{ type: call, quantity: -1, strike: 100%, days: 5 }]
instruments:
  - { kind: perpetual, costs: [{ kind: venue, venue: deribit }] }
${more}
training: { iterations: 8, paths: 256, validateEvery: 4 }
optionPrices: { iterations: 8, paths: 256, testPaths: 512 }
evaluation: { paths: 512, sets: 2 }
`;
const entropic = "risk: { kind: entropic, aversion: 0.05 }";

function written(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const kinds: readonly (readonly [kind: string, config: string, learned: number])[] = [
  [
    "Heston with an option",
    text(
      "{ kind: heston, spot: 100, v0: 0.3, kappa: 3, theta: 0.35, nu: 1, rho: -0.4 }",
      `${option}\nrisk: { kind: cvar, level: 0.9 }\npolicy: { kind: network, firstTrade: true }`,
    ),
    2,
  ],
  [
    "a fitted neural SDE with an option",
    text("{ kind: neural-sde, model: data/fit.model.json }", `${option}\n${entropic}`),
    2,
  ],
  [
    "rough Bergomi, a policy for a range of aversions",
    text(
      "{ kind: rough-bergomi, spot: 100, xi: 0.16, eta: 1.9, hurst: 0.1, rho: -0.7 }",
      `${entropic}\ncondition: { aversion: [0.5, 2], costScale: [0.5, 2] }`,
    ),
    0,
  ],
  [
    "bootstrapped history, a recurrent policy",
    text(
      "{ kind: history, prices: data/prices.csv, blockDays: 2 }",
      `${entropic}\npolicy: { kind: recurrent, memory: 2 }`,
    ),
    0,
  ],
  [
    "windows of history whose drift is removed, a certainty equivalent",
    text(
      "{ kind: history, prices: data/prices.csv, sampling: windows }",
      "drift: remove\nrisk: { kind: oce, below: 0.2, kinks: [{ at: 0, weight: 3 }] }",
    ),
    0,
  ],
];

describe("a configuration", () => {
  test.each(kinds)(
    "in %s trains, and its policy file needs nothing else",
    { timeout: 180_000 },
    async (_, yaml, learned) => {
      const config = written("h.yaml", yaml);
      const out = join(folder, "out");
      const flags = ["--out", out, "--threads", "1", "--json"];
      const trained = await testRun("hedge", "train", config, ...flags, "--no-report");
      expect(trained.stderr).not.toContain("expected");
      expect(trained.code).toBe(0);
      const document = JSON.parse(trained.stdout);
      expect(document.optionPrices).toHaveLength(learned);
      for (const { error, drift, monteCarloError } of document.optionPrices) {
        expect(error).toHaveLength(3);
        expect(drift).toHaveLength(3);
        expect(monteCarloError).toBeGreaterThan(0);
      }
      // the files of the market are gone: what it needs is in the policy file
      renameSync(join(folder, "data"), join(folder, "away"));
      const measured = await testRun(
        "hedge",
        "evaluate",
        document.files.policy,
        ...flags,
        "--no-report",
      );
      renameSync(join(folder, "away"), join(folder, "data"));
      expect(measured.code).toBe(0);
      const again = JSON.parse(measured.stdout);
      for (const field of ["risk", "price", "policy", "baselines", "nothing", "optionPrices"]) {
        expect(again[field], field).toEqual(document[field]);
      }
      const names = [...document.baselines, ...document.skippedBaselines].map(({ name }) => name);
      expect(names.toSorted()).toEqual([
        "Leland",
        "Whalley-Wilmott",
        "delta",
        "delta-vega",
        "minimum-variance delta",
        "model delta",
        "no hedge",
      ]);
      expect(document.files.report).toBeUndefined();
    },
  );

  const history = (file: string) => text(`{ kind: history, prices: ${file} }`, entropic);
  const plain = "{ kind: black-scholes, spot: 100, vol: 0.5 }";
  const bad: readonly (readonly [what: string, yaml: string, message: RegExp])[] = [
    [
      "an unknown instrument",
      text(plain, `  - { kind: stock }\n${entropic}`),
      /h\.yaml:7: instruments\[1\]\.kind: expected one of spot, perpetual/,
    ],
    [
      "a negative cost",
      text(
        plain,
        `  - { kind: spot, costs: [{ kind: proportional, share: -0.001 }] }\n${entropic}`,
      ),
      /instruments\[1\]\.costs\[0\]\.share: expected a number ≥ 0/,
    ],
    [
      "limits that leave no room",
      text(plain, `  - { kind: spot, limits: { low: 0, high: 0 } }\n${entropic}`),
      /instruments\[1\]\.limits: .*no hedge is possible/,
    ],
    [
      "a model file that is not there",
      text("{ kind: neural-sde, model: none.json }", entropic),
      /h\.yaml:3: market\.model: expected a file beside the configuration, got none\.json/,
    ],
    [
      "a model file that is none",
      text("{ kind: neural-sde, model: data/prices.csv }", entropic),
      /market\.model: data\/prices\.csv: expected a volterra model file/,
    ],
    [
      "a position beyond the fit",
      text("{ kind: neural-sde, model: data/fit.model.json }", entropic).replace(
        "days: 5",
        "days: 25",
      ),
      /h\.yaml:4: position\[0\]\.days: expected at most 20 days, to the last expiry/,
    ],
    [
      "an option beyond the fit",
      text(
        "{ kind: neural-sde, model: data/fit.model.json }",
        `${option.replace("days: 12", "days: 40")}\n${entropic}`,
      ),
      /h\.yaml:7: instruments\[1\]\.days: expected at most 20 days/,
    ],
    [
      "NaN among the prices",
      history("data/nan.csv"),
      /market\.prices: data\/nan\.csv: expected a price > 0 in column price of row 42, got "NaN"/,
    ],
    [
      "text among the prices",
      history("data/text.csv"),
      /market\.prices: .*column price of row 42, got "n\/a"/,
    ],
    ["too few rows", history("data/short.csv"), /market\.prices: .*at least 32 rows .*got 20/],
    [
      "a gap",
      history("data/gap.csv"),
      /market\.prices: .*expected row 52 8 h after row 51.*got 16 h/,
    ],
    [
      "another header",
      history("data/header.csv"),
      /market\.prices: .*expected a column price or close/,
    ],
    [
      "a position longer than the record",
      history("data/some.csv").replace("days: 5", "days: 50"),
      /position\[0\]\.days: expected at most 33 days, as long as the record/,
    ],
    [
      "dates between the rows",
      history("data/prices.csv").replace("training:", "rebalancing: { everyHours: 6 }\ntraining:"),
      /market\.prices: .*rows of which 6 h are a multiple, got one every 8 h/,
    ],
    [
      "options in a market that has no price for them",
      text("{ kind: history, prices: data/prices.csv }", `${option}\n${entropic}`),
      /instruments\[1\]\.kind: expected options as hedges in a market that prices them/,
    ],
    [
      "kinks that fall",
      text(
        plain,
        "risk: { kind: oce, below: 0.5, kinks: [{ at: 0, weight: 2 }, { at: 1, weight: 1.5 }] }",
      ),
      /risk\.kinks\[1\]\.weight: expected a weight above 2/,
    ],
  ];

  beforeAll(() => {
    const data = (name: string, content: string) =>
      writeFileSync(join(folder, "data", name), content);
    const holed = (cell: string) => csv(rows.map((price, i) => (i === 40 ? cell : price)));
    data("nan.csv", holed("NaN"));
    data("text.csv", holed("n/a"));
    data("short.csv", csv(rows.slice(0, 20)));
    data("some.csv", csv(rows.slice(0, 100)));
    data("header.csv", csv(rows, "time,value"));
    const lines = csv(rows).split("\n");
    data("gap.csv", [...lines.slice(0, 51), ...lines.slice(52)].join("\n"));
  });

  test.each(bad)("with %s is refused with the field's name", async (_, yaml, message) => {
    const { code, stdout, stderr } = await testRun("hedge", "train", written("h.yaml", yaml));
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(code).toBe(3);
  });
});
