import { describe, expect, test } from "vitest";
import {
  exampleConfig,
  exampleConfigs,
  hedgeConfigJsonSchema,
  readHedgeConfig,
  readHedgeFiles,
} from "./index.ts";

const good = `version: 1
market:
  kind: heston
  spot: 60000
  v0: 0.3
  theta: 0.36
  kappa: 6
  nu: 2
  rho: -0.3
position:
  - { type: straddle, quantity: -1, strike: 100%, days: 30 }
  - type: barrier
    pays: call
    kind: up-and-out
    barrier: 130%
    quantity: 2
    strike: 66000
    days: 20
instruments:
  - kind: perpetual
    lot: 0.01
    limits: { low: -3, high: 3, trade: 1 }
    costs:
      - { kind: venue, venue: deribit, day: 2026-03-28 }
  - kind: future
    days: 60
    costs:
      - { kind: proportional, share: 0.0005 }
      - { kind: impact, depth: 100 }
rebalancing: { everyHours: 24 }
risk: { kind: entropic, aversion: 0.0005 }
condition: { aversion: [0.5, 2] }
`;

/** The configuration with parts of its text replaced. */
function changed(...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, good);
}

describe("a configuration", () => {
  test("is read with every default filled in", () => {
    const config = readHedgeConfig(good);
    expect(config).toMatchObject({
      seed: 1,
      account: "currency",
      condition: { costScale: [1, 1] },
    });
    expect(config.training).toMatchObject({ iterations: 300, paths: 2048 });
    expect(config.instruments[0]).toMatchObject({ name: "perpetual", closesAtHorizon: true });
    expect(config.position[1]).toMatchObject({ fixEveryHours: 24 });
  });

  test("is the same from JSON as from YAML", () => {
    const config = readHedgeConfig(good);
    expect(readHedgeConfig(JSON.stringify(config))).toEqual(config);
  });

  test("of the bundled example is good", () => {
    expect(readHedgeConfig(exampleConfig).instruments).toHaveLength(2);
  });

  test.each(Object.entries(exampleConfigs))(
    "of the example of %s is good but for the file that it names",
    async (kind, text) => {
      const reading = readHedgeFiles(text, "h.yaml", (path) => `not ${path}`);
      if (kind === "neural-sde" || kind === "history") {
        await expect(reading).rejects.toThrow(/market\.(model|prices): .*expected/);
      } else expect((await reading).config.market.kind).toBe(kind);
    },
  );

  test("has a JSON schema in which every field is described", () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties } = node as { properties?: Record<string, Record<string, unknown>> };
      for (const [name, field] of Object.entries(properties ?? {})) {
        if (field.description === undefined && field.const === undefined) {
          bare.push(`${path}.${name}`);
        }
      }
      for (const [name, inner] of Object.entries(node)) walk(inner, `${path}.${name}`);
    };
    walk(hedgeConfigJsonSchema(), "");
    expect(bare).toEqual([]);
  });
});

type Edit = readonly [from: string, to: string];
const bad: readonly (readonly [what: string, edit: Edit, message: RegExp])[] = [
  [
    "an unknown market",
    ["kind: heston", "kind: hestn"],
    /:3: market\.kind: expected one of .*heston.*got "hestn"\. Did you mean heston\?/,
  ],
  [
    "an unknown instrument",
    ["kind: perpetual", "kind: stock"],
    /:20: instruments\[0\]\.kind: expected one of spot, perpetual, .*got "stock"/,
  ],
  [
    "an unknown field, with the nearest name",
    ["everyHours: 24", "everyHour: 24"],
    /:30: rebalancing\.everyHour: expected .* got everyHour\. Did you mean everyHours\?/,
  ],
  [
    "an unknown field of a kind, with the fields of that kind alone",
    ["v0: 0.3", "v0: 0.3\n  vol: 0.5"],
    /market\.vol: expected one of the fields kind, spot, v0, kappa, .*got vol/,
  ],
  [
    "an unknown field of a line",
    ["pays: call", "pays: call\n    type2: call"],
    /position\[1\]\.type2: expected one of the fields type, pays, kind, barrier/,
  ],
  [
    "a negative cost",
    ["share: 0.0005", "share: -0.0005"],
    /instruments\[1\]\.costs\[0\]\.share: expected a number ≥ 0 and < 0\.2, got -0\.0005/,
  ],
  [
    "a cost in basis points",
    ["share: 0.0005", "share: 5"],
    /share: .*got 5\. 0\.0005 is 5 basis points/,
  ],
  [
    "a volatility in per cent",
    ["v0: 0.3", "v0: 55"],
    /market\.v0: expected a number > 0 and ≤ 25, got 55\. A variance is a volatility squared/,
  ],
  ["text for a number", ["kappa: 6", "kappa: six"], /market\.kappa: expected a number .*got "six"/],
  ["no number", ["kappa: 6", "kappa: .nan"], /market\.kappa: expected a number .* got NaN/],
  ["a missing field", ["  kappa: 6\n", ""], /:3: market\.kappa: expected .* got nothing/],
  [
    "a strike in thousands",
    ["strike: 66000", "strike: 66"],
    /position\[1\]\.strike: expected a price within 20 times the spot 60000, got 66/,
  ],
  [
    "a barrier in another unit",
    ["barrier: 130%", "barrier: 1.3"],
    /position\[1\]\.barrier: .*got 1\.3\. .*105%/,
  ],
  [
    "a strike in words",
    ["strike: 66000", "strike: atm"],
    /position\[1\]\.strike: expected a price > 0, or a share of the spot such as 105%, got "atm"/,
  ],
  [
    "a quantity of nothing",
    ["quantity: 2", "quantity: 0"],
    /position\[1\]\.quantity: expected a quantity other than 0/,
  ],
  [
    "dates that do not fill the horizon",
    ["everyHours: 24", "everyHours: 7"],
    /rebalancing\.everyHours: .*got 7\. 6 would do\./,
  ],
  [
    "an aversion in another unit",
    ["aversion: 0.0005", "aversion: 100"],
    /risk\.aversion: expected a risk aversion per unit of currency.*got 100/,
  ],
  [
    "limits without room",
    ["low: -3, high: 3", "low: 0, high: 0"],
    /instruments\[0\]\.limits: .*no hedge is possible/,
  ],
  [
    "limits that exclude holding nothing",
    ["low: -3, high: 3", "low: 1, high: 3"],
    /instruments\[0\]\.limits\.low: expected a number ≤ 0, got 1/,
  ],
  [
    "a lot beyond the limits",
    ["lot: 0.01", "lot: 10"],
    /instruments\[0\]\.lot: .*no position but 0 is possible/,
  ],
  [
    "trades smaller than a lot",
    ["trade: 1", "trade: 0.001"],
    /instruments\[0\]\.limits\.trade: expected a largest trade of at least one lot/,
  ],
  [
    "a name twice",
    ["kind: future", "kind: future\n    name: perpetual"],
    /instruments\[1\]\.name: expected a name of its own/,
  ],
  [
    "a venue's fees on the spot",
    ["kind: perpetual", "kind: spot"],
    /instruments\[0\]\.costs\[0\]\.kind: expected a venue's fees on a perpetual/,
  ],
  [
    "a day that the calendar has not",
    ["day: 2026-03-28", "day: 2026-13-28"],
    /instruments\[0\]\.costs\[0\]\.day: expected a day of the calendar/,
  ],
  [
    "a condition upside down",
    ["[0.5, 2]", "[2, 0.5]"],
    /condition\.aversion: expected a range from low to high, got 2 to 0\.5/,
  ],
  [
    "a condition for a risk without aversion",
    ["{ kind: entropic, aversion: 0.0005 }", "{ kind: cvar, level: 0.95 }"],
    /condition: expected entropic or mean-variance risk/,
  ],
  ["another version", ["version: 1", "version: 2"], /:1: version: expected 1, got 2/],
  ["a field twice", ["version: 1", "version: 1\nversion: 1"], /:2: expected YAML or JSON/],
];

describe("a bad configuration is refused with line, field, value and what is accepted", () => {
  test.each(bad)("%s", (_, edit, message) => {
    const read = () => readHedgeConfig(changed(edit), "h.yaml");
    expect(read).toThrow(message);
    expect(read).toThrow(/^h\.yaml:\d+: /);
  });

  test("a list, or nothing at all, is no configuration", () => {
    expect(() => readHedgeConfig("- 1")).toThrow("expected fields with their values");
    expect(() => readHedgeConfig("")).toThrow("got null");
  });

  test("names every fault, up to eight", () => {
    const text = changed(["kappa: 6", "kappa: 0"], ["share: 0.0005", "share: 1"]);
    expect(() => readHedgeConfig(text)).toThrow(/market\.kappa[^]*instruments\[1\]/);
  });
});
