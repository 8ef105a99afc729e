/**
 * Every change of quoting convention, as a list of records that a program can show.
 *
 * A record names its inputs with units, gives the formula as text and computes one number, so that a
 * command line and a web page list the same things. Symbols: F forward, K strike, T years to expiry,
 * σ volatility per √year, k = ln(K/F), w = σ²T total variance, s = σ√T.
 * A conversion that has no answer (a price below intrinsic value, a delta no strike has) returns a
 * reason; an argument that makes no sense is an InputError.
 */
import { InputError } from "../num/errors.ts";
import { bachelierPrice } from "./bachelier.ts";
import { blackPrice } from "./black.ts";
import {
  forwardDelta,
  logMoneynessOfAdjustedDelta,
  logMoneynessOfDelta,
  premiumAdjustedDelta,
} from "./delta.ts";
import {
  impliedNormalVol,
  impliedVol,
  type ImpliedVolResult,
  type NoImpliedVolReason,
} from "./impliedVol.ts";
import { logMoneyness } from "./moneyness.ts";
import type { OptionType } from "./optionType.ts";

/** The quantities a conversion may take or give: what they are, their unit and their range. */
export const quantities = {
  forward: { text: "forward F of the expiry", units: "currency", range: "positive" },
  strike: { text: "strike K", units: "currency", range: "positive" },
  years: { text: "time to expiry T", units: "years (ACT/365)", range: "positive" },
  days: { text: "calendar days to expiry", units: "days of 1/365 year", range: "positive" },
  spot: { text: "spot price S", units: "currency", range: "positive" },
  carry: { text: "carry b = ln(F/S)/T", units: "per year, continuous", range: "finite" },
  vol: { text: "implied volatility σ", units: "per √year (0.2 = 20 %)", range: "non-negative" },
  normalVol: { text: "normal volatility σ_N", units: "currency per √year", range: "positive" },
  totalVariance: { text: "total variance w = σ²T", units: "none", range: "non-negative" },
  annualVariance: { text: "annualised variance σ²", units: "per year", range: "non-negative" },
  logMoneyness: { text: "log-moneyness k = ln(K/F)", units: "none", range: "finite" },
  standardisedMoneyness: {
    text: "moneyness k/(σ√T)",
    units: "standard deviations",
    range: "finite",
  },
  absDelta: { text: "size of the delta", units: "per unit of forward", range: "positive" },
  delta: { text: "delta, negative for a put", units: "per unit of forward", range: "finite" },
  price: { text: "undiscounted price", units: "currency", range: "finite" },
  coinPrice: { text: "price in units of the underlying", units: "coin", range: "finite" },
  premium: { text: "discounted price, paid today", units: "currency", range: "finite" },
  discount: { text: "discount factor to expiry", units: "none", range: "positive" },
} as const;

/** Name of a quantity. */
export type Quantity = keyof typeof quantities;

/** Why a conversion has no answer: a code for programs and the reason in words. */
export interface NoConversion {
  readonly ok: false;
  readonly code: NoImpliedVolReason | "no-such-delta" | "overflow";
  readonly reason: string;
}

/** What a conversion gives: a number with its unit, or the reason that there is none. */
export type ConversionResult =
  | { readonly ok: true; readonly value: number; readonly output: Quantity; readonly units: string }
  | NoConversion;

/** One conversion, for lists and for `convert`. */
export interface Conversion {
  readonly name: string;
  readonly formula: string;
  readonly inputs: readonly Quantity[];
  readonly output: Quantity;
  readonly units: string;
  /** Whether forward and strike may be zero or negative, as the normal model allows. */
  readonly isSigned: boolean;
  /** The number, or the reason that there is none; arguments are trusted. */
  readonly compute: (inputs: ConversionInputs) => number | NoConversion;
}

/** Arguments by name. */
export type ConversionInputs = Readonly<Record<string, number>>;

function define<const I extends Quantity>(
  name: string,
  inputs: readonly I[],
  output: Quantity,
  formula: string,
  compute: (x: Readonly<Record<I, number>>) => number | NoConversion,
): Conversion {
  const isSigned = name.includes("normal-vol");
  return { name, formula, inputs, output, units: quantities[output].units, isSigned, compute };
}

const varianceConversions = [
  define(
    "vol-to-total-variance",
    ["vol", "years"],
    "totalVariance",
    "w = σ² T",
    ({ vol, years }) => vol * vol * years,
  ),
  define("total-variance-to-vol", ["totalVariance", "years"], "vol", "σ = √(w/T)", (x) =>
    Math.sqrt(x.totalVariance / x.years),
  ),
  define("vol-to-annual-variance", ["vol"], "annualVariance", "v = σ²", ({ vol }) => vol * vol),
  define("annual-variance-to-vol", ["annualVariance"], "vol", "σ = √v", (x) =>
    Math.sqrt(x.annualVariance),
  ),
  define(
    "total-variance-to-annual-variance",
    ["totalVariance", "years"],
    "annualVariance",
    "v = w/T",
    (x) => x.totalVariance / x.years,
  ),
  define(
    "annual-variance-to-total-variance",
    ["annualVariance", "years"],
    "totalVariance",
    "w = v T",
    (x) => x.annualVariance * x.years,
  ),
];

/** Days of a year, ACT/365. */
const DAYS_PER_YEAR = 365;

const timeConversions = [
  define("days-to-years", ["days"], "years", "T = days/365", ({ days }) => days / DAYS_PER_YEAR),
  define("years-to-days", ["years"], "days", "days = 365 T", ({ years }) => years * DAYS_PER_YEAR),
];

const carryConversions = [
  define(
    "spot-to-forward",
    ["spot", "carry", "years"],
    "forward",
    "F = S exp(b T)",
    (x) => x.spot * Math.exp(x.carry * x.years),
  ),
  define(
    "forward-to-spot",
    ["forward", "carry", "years"],
    "spot",
    "S = F exp(-b T)",
    (x) => x.forward * Math.exp(-x.carry * x.years),
  ),
  define(
    "forward-to-carry",
    ["forward", "spot", "years"],
    "carry",
    "b = ln(F/S)/T",
    (x) => logMoneyness(x.spot, x.forward) / x.years,
  ),
  define(
    "carry-to-forward",
    ["carry", "spot", "years"],
    "forward",
    "F = S exp(b T)",
    (x) => x.spot * Math.exp(x.carry * x.years),
  ),
];

const moneynessConversions = [
  define("strike-to-log-moneyness", ["strike", "forward"], "logMoneyness", "k = ln(K/F)", (x) =>
    logMoneyness(x.forward, x.strike),
  ),
  define(
    "log-moneyness-to-strike",
    ["logMoneyness", "forward"],
    "strike",
    "K = F exp(k)",
    (x) => x.forward * Math.exp(x.logMoneyness),
  ),
  define(
    "strike-to-standardised-moneyness",
    ["strike", "forward", "vol", "years"],
    "standardisedMoneyness",
    "z = ln(K/F)/(σ√T)",
    (x) => logMoneyness(x.forward, x.strike) / (x.vol * Math.sqrt(x.years)),
  ),
  define(
    "standardised-moneyness-to-strike",
    ["standardisedMoneyness", "forward", "vol", "years"],
    "strike",
    "K = F exp(z σ√T)",
    (x) => x.forward * Math.exp(x.standardisedMoneyness * x.vol * Math.sqrt(x.years)),
  ),
];

const noDelta = (reason: string): NoConversion => ({ ok: false, code: "no-such-delta", reason });

function deltaConversions(type: OptionType): readonly Conversion[] {
  const call = type === "call";
  return [
    define(
      `strike-to-${type}-delta`,
      ["strike", "forward", "vol", "years"],
      "delta",
      call ? "Δ = N(d1)" : "Δ = -N(-d1)",
      (x) => forwardDelta(type, logMoneyness(x.forward, x.strike), x.vol * Math.sqrt(x.years)),
    ),
    define(
      `${type}-delta-to-strike`,
      ["absDelta", "forward", "vol", "years"],
      "strike",
      call ? "K = F exp(s²/2 - s N⁻¹(|Δ|))" : "K = F exp(s²/2 + s N⁻¹(|Δ|))",
      (x) =>
        x.absDelta < 1
          ? x.forward * Math.exp(logMoneynessOfDelta(type, x.absDelta, x.vol * Math.sqrt(x.years)))
          : noDelta("no strike has a forward delta of size 1 or more"),
    ),
    define(
      `strike-to-${type}-premium-adjusted-delta`,
      ["strike", "forward", "vol", "years"],
      "delta",
      call ? "Δ = (K/F) N(d2)" : "Δ = -(K/F) N(-d2)",
      (x) =>
        premiumAdjustedDelta(type, logMoneyness(x.forward, x.strike), x.vol * Math.sqrt(x.years)),
    ),
    define(
      `${type}-premium-adjusted-delta-to-strike`,
      ["absDelta", "forward", "vol", "years"],
      "strike",
      call ? "solve (K/F) N(d2) = |Δ|, right of its maximum" : "solve (K/F) N(-d2) = |Δ|",
      (x) => {
        const s = x.vol * Math.sqrt(x.years);
        const k =
          call && x.absDelta >= 1 ? undefined : logMoneynessOfAdjustedDelta(type, x.absDelta, s);
        return k === undefined
          ? noDelta("no strike has this delta: it exceeds the largest premium-adjusted delta")
          : x.forward * Math.exp(k);
      },
    ),
  ];
}

const neutralConversions = [
  define(
    "delta-neutral-strike",
    ["forward", "vol", "years"],
    "strike",
    "K = F exp(σ²T/2)",
    (x) => x.forward * Math.exp(0.5 * x.vol * x.vol * x.years),
  ),
  define(
    "premium-adjusted-delta-neutral-strike",
    ["forward", "vol", "years"],
    "strike",
    "K = F exp(-σ²T/2)",
    (x) => x.forward * Math.exp(-0.5 * x.vol * x.vol * x.years),
  ),
];

const reasonText = {
  "zero-vol": "the price is the intrinsic value itself, so the volatility is zero",
  "infinite-vol": "the price is the upper bound itself, which no finite volatility reaches",
  "below-intrinsic": "the price is below the intrinsic value",
  "above-maximum": "the price is above the forward (call) or the strike (put)",
  "invalid-T": "the time to expiry is not positive",
  "invalid-input": "an input is not a usable number",
} as const;

function valueOf(result: ImpliedVolResult): number | NoConversion {
  if (result.ok) return result.vol;
  return { ok: false, code: result.reason, reason: reasonText[result.reason] };
}

function priceConversions(type: OptionType): readonly Conversion[] {
  const black = type === "call" ? "F N(d1) - K N(d2)" : "K N(-d2) - F N(-d1)";
  const normal = type === "call" ? "(F-K) N(d) + s φ(d)" : "(K-F) N(-d) + s φ(d)";
  const quote = (x: { strike: number; forward: number; years: number }, price: number) => ({
    type,
    price,
    forward: x.forward,
    strike: x.strike,
    yearsToExpiry: x.years,
  });
  const priceOf = (x: { strike: number; forward: number; years: number; vol: number }) =>
    blackPrice(type, { ...quote(x, 0), vol: x.vol });
  return [
    define(
      `vol-to-${type}-price`,
      ["vol", "strike", "forward", "years"],
      "price",
      `p = ${black}`,
      priceOf,
    ),
    define(
      `${type}-price-to-vol`,
      ["price", "strike", "forward", "years"],
      "vol",
      `solve ${black} = p`,
      (x) => valueOf(impliedVol(quote(x, x.price))),
    ),
    define(
      `vol-to-${type}-coin-price`,
      ["vol", "strike", "forward", "years"],
      "coinPrice",
      `c = (${black})/F`,
      (x) => priceOf(x) / x.forward,
    ),
    define(
      `${type}-coin-price-to-vol`,
      ["coinPrice", "strike", "forward", "years"],
      "vol",
      `solve (${black})/F = c`,
      (x) => valueOf(impliedVol(quote(x, x.coinPrice * x.forward))),
    ),
    define(
      `normal-vol-to-${type}-price`,
      ["normalVol", "strike", "forward", "years"],
      "price",
      `p = ${normal}, s = σ_N √T`,
      (x) => bachelierPrice(type, { ...quote(x, 0), normalVol: x.normalVol }),
    ),
    define(
      `${type}-price-to-normal-vol`,
      ["price", "strike", "forward", "years"],
      "normalVol",
      `solve ${normal} = p, s = σ_N √T`,
      (x) => valueOf(impliedNormalVol(quote(x, x.price))),
    ),
  ];
}

const currencyConversions = [
  define(
    "price-to-coin-price",
    ["price", "forward"],
    "coinPrice",
    "c = p/F",
    (x) => x.price / x.forward,
  ),
  define(
    "coin-price-to-price",
    ["coinPrice", "forward"],
    "price",
    "p = c F",
    (x) => x.coinPrice * x.forward,
  ),
  define(
    "price-to-premium",
    ["price", "discount"],
    "premium",
    "V = D p",
    (x) => x.price * x.discount,
  ),
  define(
    "premium-to-price",
    ["premium", "discount"],
    "price",
    "p = V/D",
    (x) => x.premium / x.discount,
  ),
];

/** Every conversion, in the order in which a list should show them. */
export const conversions: readonly Conversion[] = [
  ...varianceConversions,
  ...timeConversions,
  ...carryConversions,
  ...moneynessConversions,
  ...deltaConversions("call"),
  ...deltaConversions("put"),
  ...neutralConversions,
  ...priceConversions("call"),
  ...priceConversions("put"),
  ...currencyConversions,
];

function findConversion(name: string): Conversion {
  const found = conversions.find((conversion) => conversion.name === name);
  if (found !== undefined) return found;
  throw new InputError(
    `convert: expected a conversion of the list, got ${JSON.stringify(name)}. ` +
      `Take one of ${conversions.map((conversion) => conversion.name).join(", ")}.`,
  );
}

/** What is wrong with a value of a quantity, as "a positive number", or undefined when it can be used. */
export function rangeWanted(name: Quantity, value: number, range: string = quantities[name].range) {
  const inRange = range === "finite" || (range === "positive" ? value > 0 : value >= 0);
  return Number.isFinite(value) && inRange ? undefined : `a ${range} number`;
}

/** Zero volatility has prices and variances, but no deltas and no standard deviations to count in. */
const needsSpread: readonly Quantity[] = ["delta", "absDelta", "standardisedMoneyness"];

function checkInput(conversion: Conversion, name: Quantity, value: number | undefined): void {
  const { text, units } = quantities[name];
  const free = conversion.isSigned && (name === "forward" || name === "strike");
  const spread =
    name === "vol" && needsSpread.some((q) => q === conversion.output || isInput(conversion, q));
  const range = free ? "finite" : spread ? "positive" : quantities[name].range;
  const wanted = value === undefined ? `a ${range} number` : rangeWanted(name, value, range);
  if (wanted === undefined) return;
  throw new InputError(
    `convert ${conversion.name}: expected ${name} (${text}, ${units}) to be ${wanted}, ` +
      `got ${value === undefined ? "nothing" : value}. Give --${name} a value.`,
  );
}

const isInput = (conversion: Conversion, name: Quantity): boolean =>
  conversion.inputs.includes(name);

/** Runs one conversion of the list by name.
 *
 * Units     those of `quantities` for each input and for the output
 * Accuracy  as the closed form or solver behind it: a few ulp times its condition
 * Throws    InputError for an unknown name, and for a missing, surplus or senseless input
 */
export function convert(name: string, inputs: ConversionInputs): ConversionResult {
  const conversion = findConversion(name);
  for (const input of conversion.inputs) checkInput(conversion, input, inputs[input]);
  const known: readonly string[] = conversion.inputs;
  const surplus = Object.keys(inputs).find((key) => !known.includes(key));
  if (surplus !== undefined) {
    throw new InputError(
      `convert ${name}: expected only ${known.join(", ")}, got ${surplus}. Leave it out.`,
    );
  }
  const value = conversion.compute(inputs);
  if (typeof value !== "number") return value;
  if (!Number.isFinite(value)) {
    return { ok: false, code: "overflow", reason: "the result overflows a double" };
  }
  return { ok: true, value, output: conversion.output, units: conversion.units };
}
