/**
 * All ways to state one option, as a graph: give any quantity and the others follow.
 *
 * Four trees. A quantity knows its parent and the two conversions of the list that lead there and back:
 *
 *   vol      ← totalVariance, annualVariance, coinPrice, price ← premium
 *   strike   ← logMoneyness, standardisedMoneyness, delta, adjustedDelta
 *   years    ← days
 *   forward  ← spot, carry
 *
 * Converting within a tree walks up to the common ancestor and down again; every step is a record of
 * `conversions`, so a program can show which equation was used. The command line's `convert` and the web lab's
 * equation explorer are both this file. What one tree needs from another (a price needs strike, forward and years) is
 * taken from the known terms.
 */
import { InternalError } from "../num/errors.ts";
import {
  type ConversionInputs,
  conversions,
  convert,
  type NoConversion,
  type Quantity,
  quantities,
  rangeWanted,
} from "./conversions.ts";
import type { OptionType } from "./optionType.ts";

/** Every quantity of the graph. */
export const optionQuantities = [
  "vol",
  "totalVariance",
  "annualVariance",
  "price",
  "premium",
  "coinPrice",
  "strike",
  "logMoneyness",
  "standardisedMoneyness",
  "delta",
  "adjustedDelta",
  "years",
  "days",
  "forward",
  "spot",
  "carry",
] as const;

/** One of `optionQuantities`. Deltas are per unit of forward, negative for a put. */
export type OptionQuantity = (typeof optionQuantities)[number];

/** What is known of an option besides the value converted. Units: those of `quantities`. */
export interface KnownTerms {
  readonly type: OptionType;
  readonly forward?: number;
  readonly strike?: number;
  /** In place of the strike. */
  readonly logMoneyness?: number;
  readonly years?: number;
  readonly vol?: number;
  readonly spot?: number;
  readonly carry?: number;
  /** 1 where left out. */
  readonly discount?: number;
}

/** One equation used, with its numbers. */
export interface ConversionStep {
  /** In `conversions`. */
  readonly name: string;
  readonly formula: string;
  readonly inputs: ConversionInputs;
  readonly output: Quantity;
  readonly value: number;
}

/** Why the graph has no answer, for programs (`code`, `quantity`) and in words (`reason`). */
export interface NoOptionValue {
  readonly ok: false;
  readonly code: NoConversion["code"] | "out-of-range" | "missing" | "other-tree";
  readonly reason: string;
  /** The quantity that is out of range. */
  readonly quantity?: Quantity;
  /** What is needed besides. */
  readonly missing?: readonly Quantity[];
  /** Of a value out of range: what is accepted, and what was given. */
  readonly wanted?: string;
  readonly got?: number;
}

/** A value with the equations that led to it, or the reason that there is none. */
export type OptionValue =
  | { readonly ok: true; readonly value: number; readonly steps: readonly ConversionStep[] }
  | NoOptionValue;

/** Roots of the four trees: they state an option completely, with its type. */
export type OptionRoot = "vol" | "strike" | "years" | "forward";

interface Branch {
  readonly parent: OptionQuantity;
  /** Conversion to the parent, and from it. */
  readonly up: string;
  readonly down: string;
}

function branchOf(type: OptionType, quantity: OptionQuantity): Branch | undefined {
  const branch = (parent: OptionQuantity, up: string, down: string): Branch => ({
    parent,
    up,
    down,
  });
  const plain = (parent: OptionQuantity, name: string, parentName: string): Branch =>
    branch(parent, `${name}-to-${parentName}`, `${parentName}-to-${name}`);
  const table: Readonly<Record<OptionQuantity, Branch | undefined>> = {
    vol: undefined,
    strike: undefined,
    years: undefined,
    forward: undefined,
    totalVariance: plain("vol", "total-variance", "vol"),
    annualVariance: plain("vol", "annual-variance", "vol"),
    price: plain("vol", `${type}-price`, "vol"),
    coinPrice: plain("vol", `${type}-coin-price`, "vol"),
    premium: plain("price", "premium", "price"),
    logMoneyness: plain("strike", "log-moneyness", "strike"),
    standardisedMoneyness: plain("strike", "standardised-moneyness", "strike"),
    delta: plain("strike", `${type}-delta`, "strike"),
    adjustedDelta: plain("strike", `${type}-premium-adjusted-delta`, "strike"),
    days: plain("years", "days", "years"),
    spot: plain("forward", "spot", "forward"),
    carry: plain("forward", "carry", "forward"),
  };
  return table[quantity];
}

/** The root of a quantity's tree: what an edit of it moves.
 */
export function rootOf(quantity: OptionQuantity): OptionRoot {
  // which tree a quantity is in does not depend on the type
  const branch = branchOf("call", quantity);
  return branch === undefined ? (quantity as OptionRoot) : rootOf(branch.parent);
}

/** From a quantity up to its root, itself included. */
function lineage(type: OptionType, quantity: OptionQuantity): readonly OptionQuantity[] {
  const branch = branchOf(type, quantity);
  return branch === undefined ? [quantity] : [quantity, ...lineage(type, branch.parent)];
}

interface Edge {
  readonly conversion: string;
  readonly from: OptionQuantity;
}

/** Conversions from one quantity to another; undefined across trees. */
function pathBetween(
  type: OptionType,
  from: OptionQuantity,
  to: OptionQuantity,
): readonly Edge[] | undefined {
  const rising = lineage(type, from);
  const falling = lineage(type, to);
  const meeting = rising.find((quantity) => falling.includes(quantity));
  if (meeting === undefined) return undefined;
  const up = rising.slice(0, rising.indexOf(meeting)).map((quantity) => ({
    conversion: (branchOf(type, quantity) as Branch).up,
    from: quantity,
  }));
  const down = falling
    .slice(0, falling.indexOf(meeting))
    .toReversed()
    .map((quantity) => {
      const { parent, down: conversion } = branchOf(type, quantity) as Branch;
      return { conversion, from: parent };
    });
  return [...up, ...down];
}

/** Quantities that mean the same whatever the forward: with a log-moneyness they need none. */
const scaled: readonly OptionQuantity[] = ["price", "premium", "strike", "forward", "spot"];

function complete(
  known: KnownTerms,
  from: OptionQuantity,
  to: OptionQuantity,
): Readonly<Record<string, number | undefined>> {
  const isScaled = scaled.includes(from) || scaled.includes(to) || known.strike !== undefined;
  const { type: _, logMoneyness: k, ...rest } = known;
  const forward = known.forward ?? (isScaled ? undefined : 1);
  const strike = k === undefined || forward === undefined ? known.strike : forward * Math.exp(k);
  return { discount: 1, ...rest, forward, strike };
}

const outOfRange = (name: Quantity, value: number, wanted: string): NoOptionValue => ({
  ok: false,
  code: "out-of-range",
  reason: `${quantities[name].text} must be ${wanted}, not ${value}`,
  quantity: name,
  wanted,
  got: value,
});

/** The size of a delta; its sign must be one that the type has. A put's may be given as its size. */
function sizeOfDelta(type: OptionType, delta: number): number | NoOptionValue {
  if (Number.isFinite(delta) && delta !== 0 && !(type === "call" && delta < 0)) {
    return Math.abs(delta);
  }
  const wanted = type === "call" ? "above 0" : "a size above 0, or negative";
  return {
    ok: false,
    code: "no-such-delta",
    reason: `the delta of a ${type} is ${wanted}, not ${delta}`,
    quantity: "delta",
    wanted: `a delta that a ${type} can have`,
    got: delta,
  };
}

/** Inputs of a conversion by name, or what is wrong with one of them. */
function gather(
  name: string,
  from: OptionQuantity,
  value: number,
  known: Readonly<Record<string, number | undefined>>,
  type: OptionType,
): ConversionInputs | NoOptionValue {
  const record = conversions.find((conversion) => conversion.name === name);
  if (record === undefined) throw new InternalError(`no conversion named ${name}`);
  const missing = record.inputs.filter(
    (input) => input !== from && input !== "absDelta" && known[input] === undefined,
  );
  if (missing.length > 0) {
    const reason = `needed: ${missing.map((input) => quantities[input].text).join(", ")}`;
    return { ok: false, code: "missing", reason, missing };
  }
  const inputs: Record<string, number> = {};
  for (const input of record.inputs) {
    if (input === "absDelta") {
      const size = sizeOfDelta(type, value);
      if (typeof size !== "number") return size;
      inputs[input] = size;
      continue;
    }
    const given = input === from ? value : (known[input] as number);
    // a volatility that is held, not converted, is there to make deltas and deviations: zero has none
    const isSpread = input === "vol" && from !== "vol";
    const wanted = rangeWanted(input, given, isSpread ? "positive" : quantities[input].range);
    if (wanted !== undefined) return outOfRange(input, given, wanted);
    inputs[input] = given;
  }
  return inputs;
}

/** A quantity as the list of conversions names it. */
const listed = (quantity: OptionQuantity): Quantity =>
  quantity === "adjustedDelta" ? "delta" : quantity;

/** A value of one quantity as another of the same tree.
 *
 * Units     those of `quantities`; deltas per unit of forward, negative for a put
 * Accuracy  as the conversions it walks through
 * Throws    nothing: a missing term, a value out of range and an equation without a solution are answers with a reason
 */
export function convertQuantity(
  value: number,
  from: OptionQuantity,
  to: OptionQuantity,
  known: KnownTerms,
): OptionValue {
  const path = pathBetween(known.type, from, to);
  if (path === undefined) {
    const reason = `${quantities[listed(from)].text} does not fix ${quantities[listed(to)].text}`;
    return { ok: false, code: "other-tree", reason };
  }
  const wanted = rangeWanted(listed(from), value);
  if (wanted !== undefined) return outOfRange(listed(from), value, wanted);
  const terms = complete(known, from, to);
  const steps: ConversionStep[] = [];
  let current = value;
  for (const { conversion, from: quantity } of path) {
    const inputs = gather(conversion, quantity, current, terms, known.type);
    if ("ok" in inputs) return inputs as NoOptionValue;
    const result = convert(conversion, inputs as ConversionInputs);
    if (!result.ok) return result;
    const { output } = result;
    const formula = conversions.find(({ name }) => name === conversion)?.formula ?? "";
    steps.push({
      name: conversion,
      formula,
      inputs: inputs as ConversionInputs,
      output,
      value: result.value,
    });
    current = result.value;
  }
  return { ok: true, value: current, steps };
}

/** An option stated completely: what an editor of options holds. Units: those of `quantities`. */
export interface OptionTerms {
  readonly type: OptionType;
  readonly spot: number;
  readonly forward: number;
  readonly strike: number;
  readonly years: number;
  readonly vol: number;
  readonly discount: number;
}

/** One quantity of a complete option, with the equation that gives it.
 *
 * Throws    nothing; as `convertQuantity`
 */
export function quantityOf(terms: OptionTerms, quantity: OptionQuantity): OptionValue {
  if (quantity === "spot") return { ok: true, value: terms.spot, steps: [] };
  const root = rootOf(quantity);
  return convertQuantity(terms[root], root, quantity, terms);
}

/** A complete option after an edit, with the equations that moved it. */
export type EditedOption =
  | { readonly ok: true; readonly terms: OptionTerms; readonly steps: readonly ConversionStep[] }
  | NoOptionValue;

/** The option with one quantity set; its tree's root follows and the other three stay.
 *
 * A price, a variance or a coin price moves the volatility; a delta or a moneyness moves the strike; days move the
 * years; a spot moves the forward and keeps the carry, a carry moves the forward and keeps the spot.
 *
 * Throws    nothing; as `convertQuantity`
 */
export function withQuantity(
  terms: OptionTerms,
  quantity: OptionQuantity,
  value: number,
): EditedOption {
  const root = rootOf(quantity);
  const carry = quantity === "spot" ? quantityOf(terms, "carry") : undefined;
  if (carry?.ok === false) return carry;
  const { type, forward, strike, years, vol, spot, discount } = terms;
  const known = { type, forward, strike, years, vol, spot, discount, carry: carry?.value };
  const result = convertQuantity(value, quantity, root, known);
  if (!result.ok) return result;
  const own = quantity === "spot" ? { spot: value } : {};
  return { ok: true, terms: { ...terms, ...own, [root]: result.value }, steps: result.steps };
}
