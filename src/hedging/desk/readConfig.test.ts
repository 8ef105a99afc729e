import { describe, expect, test } from "vitest";
import { exampleConfig, hedgeConfigJsonSchema, readHedgeConfig } from "./index.ts";

/** The example with lines replaced. */
function changed(...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, exampleConfig);
}

describe("a configuration", () => {
  test("of the example is read with every default filled in", () => {
    const config = readHedgeConfig(exampleConfig);
    expect(config.seed).toBe(1);
    expect(config.training.paths).toBe(2048);
    expect(config.rebalancing.closesAtExpiry).toBe(false);
  });

  test("is the same from JSON as from YAML", () => {
    const config = readHedgeConfig(exampleConfig);
    expect(readHedgeConfig(JSON.stringify(config))).toEqual(config);
  });

  test("has a JSON schema in which every field is described", () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties } = node as { properties?: Record<string, Record<string, unknown>> };
      for (const [name, field] of Object.entries(properties ?? {})) {
        if (field.description === undefined && field.const === undefined)
          bare.push(`${path}.${name}`);
      }
      for (const [name, inner] of Object.entries(node)) walk(inner, `${path}.${name}`);
    };
    walk(hedgeConfigJsonSchema(), "");
    expect(bare).toEqual([]);
  });
});

describe("a bad configuration is refused with line, field, value and what is accepted", () => {
  test.each([
    [
      "an unknown market",
      [["kind: heston", "kind: hestn"]],
      /market\.kind: expected one of .*heston.*got "hestn"\. Did you mean heston\?/,
    ],
    [
      "an unknown instrument",
      [["kind: spot", "kind: stock"]],
      /instruments\[0\]\.kind: expected .*spot.*, got "stock"/,
    ],
    [
      "an unknown field, with the nearest name",
      [["everyHours: 24", "everyHour: 24"]],
      /:\d+: rebalancing\.everyHour: expected .* got everyHour\. Did you mean everyHours\?/,
    ],
    [
      "a negative cost",
      [["share: 0.0006", "share: -0.0006"]],
      /instruments\[0\]\.costs\[0\]\.share: expected a number ≥ 0 and < 0\.2, got -0\.0006/,
    ],
    [
      "a cost in basis points",
      [["share: 0.0006", "share: 6"]],
      /share: .*got 6\. 0\.0005 is 5 basis points/,
    ],
    [
      "text for a number",
      [["kappa: 6", "kappa: six"]],
      /market\.kappa: expected a number > 0 and ≤ 200, got "six"/,
    ],
    ["no number", [["kappa: 6", "kappa: .nan"]], /market\.kappa: expected a number .* got NaN/],
    ["a missing field", [["  kappa: 6\n", ""]], /market\.kappa: expected a number .* got nothing/],
    [
      "a strike in thousands",
      [["strike: 100%", "strike: 60"]],
      /position\[0\]\.strike: expected a strike within 20 times the spot 60000, got 60/,
    ],
    [
      "a quantity of nothing",
      [["quantity: -1", "quantity: 0"]],
      /position\[0\]\.quantity: .*got 0/,
    ],
    [
      "dates that do not fill the horizon",
      [["everyHours: 24", "everyHours: 7"]],
      /rebalancing\.everyHours: .*got 7\. 6 would do\./,
    ],
    [
      "an aversion in another unit",
      [["aversion: 0.0005", "aversion: 100"]],
      /risk\.aversion: .*got 100/,
    ],
    ["another version", [["version: 1", "version: 2"]], /version: expected 1, got 2/],
    ["a field twice", [["version: 1", "version: 1\nversion: 1"]], /:4: expected YAML or JSON/],
  ] as const)("%s", (_, edits, message) => {
    expect(() => readHedgeConfig(changed(...edits), "h.yaml")).toThrow(message);
    expect(() => readHedgeConfig(changed(...edits), "h.yaml")).toThrow(/^h\.yaml:\d+: /);
  });

  test("that is a list or nothing at all says so", () => {
    expect(() => readHedgeConfig("- 1")).toThrow("expected fields with their values");
    expect(() => readHedgeConfig("")).toThrow("got null");
  });

  test("names every fault, up to eight", () => {
    const text = changed(["kappa: 6", "kappa: 0"], ["share: 0.0006", "share: 1"]);
    expect(() => readHedgeConfig(text)).toThrow(/market\.kappa[^]*instruments\[0\]/);
  });
});
