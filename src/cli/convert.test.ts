/** Conversions against closed forms and printed numbers, and back again. */
import { expect, test } from "vitest";
import { convert, type ConvertUnit } from "./convert.ts";
import { testRun } from "./testRun.ts";

const option = { forward: 100, strike: 100, years: 1, type: "call" } as const;

test("an at-the-money price at 20 % over a year is 100 (2 N(0.1) − 1) = 7.965567455405798", () => {
  // N(0.1) = 0.539827837277029 (Abramowitz & Stegun, table 26.1)
  expect(convert(0.2, "vol", "price", option)).toBeCloseTo(100 * (2 * 0.539827837277029 - 1), 11);
  expect(convert(7.9655674554058, "price", "vol", option)).toBeCloseTo(0.2, 13);
});

test("variance is vol squared, times years for the total", () => {
  expect(convert(0.3, "vol", "total-variance", { type: "call", years: 0.25 })).toBeCloseTo(
    0.0225,
    15,
  );
  expect(
    convert(0.0225, "total-variance", "annual-variance", { type: "call", years: 0.25 }),
  ).toBeCloseTo(0.09, 14);
});

test("a coin price is the undiscounted price over the forward, a price is discounted", () => {
  const context = { ...option, discount: 0.95 };
  expect(convert(0.2, "vol", "coin", context)).toBeCloseTo(0.07965567455405798, 14);
  expect(convert(0.07965567455405798, "coin", "price", context)).toBeCloseTo(7.5672890827, 9);
});

test("a delta-neutral strike has forward delta ½: k = s²/2", () => {
  const context = { forward: 100, years: 1, vol: 0.2, type: "call" } as const;
  expect(convert(0.5, "delta", "k", context)).toBeCloseTo(0.02, 14);
  expect(convert(100 * Math.exp(0.02), "strike", "delta", context)).toBeCloseTo(0.5, 14);
});

test("premium-adjusted delta is forward delta less price over forward", () => {
  const context = { forward: 100, years: 1, vol: 0.2, strike: 110, type: "call" } as const;
  const plain = convert(110, "strike", "delta", context);
  const adjusted = convert(110, "strike", "adjusted-delta", context);
  expect(plain - adjusted).toBeCloseTo(convert(0.2, "vol", "coin", context), 14);
});

const pairs: readonly (readonly [ConvertUnit, ConvertUnit, number])[] = [
  ["vol", "price", 0.37],
  ["vol", "coin", 0.37],
  ["vol", "total-variance", 0.37],
  ["vol", "annual-variance", 0.37],
  ["strike", "k", 91],
  ["strike", "delta", 91],
  ["strike", "adjusted-delta", 109],
];
test.each(pairs)("%s to %s and back is the identity for calls and puts", (from, to, value) => {
  for (const type of ["call", "put"] as const) {
    const context = { forward: 100, strike: 105, years: 0.7, vol: 0.37, discount: 0.98, type };
    const there = convert(value, from, to, context);
    expect(convert(there, to, from, context) / value).toBeCloseTo(1, 11);
  }
});

test("the verb prints the number alone, or a document", async () => {
  const flags = ["--from", "vol", "--to", "total-variance", "--years", "4"];
  expect(await testRun("convert", "0.5", ...flags)).toEqual({ code: 0, stdout: "1\n", stderr: "" });
  const { stdout } = await testRun("convert", "0.5", ...flags, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ value: 0.5, to: "total-variance", result: 1 });
});

test("a price that no volatility explains is bad data, a missing flag is usage", async () => {
  const flags = ["--forward", "100", "--strike", "50", "--years", "1"];
  const below = await testRun("convert", "10", "--from", "price", "--to", "vol", ...flags);
  expect(below).toMatchObject({ code: 3, stdout: "" });
  expect(below.stderr).toContain("below-intrinsic");
  const lacking = await testRun("convert", "0.2", "--from", "vol", "--to", "price");
  expect(lacking).toMatchObject({ code: 2, stdout: "" });
  expect(lacking.stderr).toContain("--years");
});

test("a negative delta is read as a value, not as a flag", async () => {
  const flags = ["--from", "delta", "--to", "k", "--type", "put", "--vol", "0.2", "--years", "1"];
  const { code, stdout } = await testRun("convert", ...flags, "--", "-0.5");
  expect(code).toBe(0);
  expect(Number(stdout)).toBeCloseTo(0.02, 14);
});
