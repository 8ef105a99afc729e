/**
 * `volterra convert VALUE --from A --to B`: volatilities, prices, strikes and deltas into each other.
 *
 * Two families, each through its middle:
 *
 *   vol ↔ total-variance (σ²T) ↔ annual-variance (σ²) ↔ price (discounted currency) ↔ coin (undiscounted / forward)
 *   strike ↔ k (ln K/F) ↔ delta (forward) ↔ adjusted-delta (premium-adjusted forward)
 */
import { type Command, Option } from "commander";
import {
  blackPrice,
  forwardDelta,
  impliedVol,
  logMoneyness,
  logMoneynessOfAdjustedDelta,
  logMoneynessOfDelta,
  type NoImpliedVolReason,
  type OptionType,
  premiumAdjustedDelta,
} from "../formulas/index.ts";
import { InputError } from "../num/errors.ts";
import { numberFlag } from "./chainSource.ts";
import { UsageError } from "./exitCodes.ts";
import { type CliIo, printJson } from "./io.ts";

const volUnits = ["vol", "total-variance", "annual-variance", "price", "coin"] as const;
const strikeUnits = ["strike", "k", "delta", "adjusted-delta"] as const;
type VolUnit = (typeof volUnits)[number];
type StrikeUnit = (typeof strikeUnits)[number];
export type ConvertUnit = VolUnit | StrikeUnit;

/** What a conversion may need to know besides the value. */
export interface ConvertContext {
  readonly forward?: number;
  readonly strike?: number;
  readonly k?: number;
  readonly years?: number;
  readonly vol?: number;
  readonly discount?: number;
  readonly type: OptionType;
}

/** Adds the verb. */
export function addConvertVerb(program: Command, io: CliIo): void {
  const units = [...volUnits, ...strikeUnits];
  program
    .command("convert <value>")
    .description("convert between volatility, variance and price, or between strike and delta")
    .addOption(
      new Option("--from <unit>", "unit of the value").choices(units).makeOptionMandatory(),
    )
    .addOption(new Option("--to <unit>", "unit wanted").choices(units).makeOptionMandatory())
    .option("--forward <price>", "forward, in the strike's currency", numberFlag)
    .option("--strike <price>", "strike", numberFlag)
    .option("--k <number>", "log-moneyness ln(K/F), in place of the strike", numberFlag)
    .option("--years <years>", "years to expiry (ACT/365)", numberFlag)
    .option("--vol <decimal>", "volatility, for deltas: 0.2 is 20 %", numberFlag)
    .option("--discount <factor>", "discount factor of prices (default: 1)", numberFlag)
    .addOption(new Option("--type <type>", "option").choices(["call", "put"]).default("call"))
    .option("--json", "print one JSON document")
    .action(
      (
        text: string,
        flags: ConvertContext & { from: ConvertUnit; to: ConvertUnit; json?: boolean },
      ) => {
        const value = Number(text);
        if (text.trim() === "" || !Number.isFinite(value)) {
          throw new UsageError(`convert: expected a number, got "${text}". Write 0.2 for 20 %.`);
        }
        const { from, to, json, ...context } = flags;
        const result = convert(value, from, to, context);
        if (json) printJson(io, { value, from, to, ...context, result });
        else io.stdout(`${result}\n`);
      },
    );
}

/** A value in another unit.
 *
 * Units   volatility decimal, prices in currency (discounted) or per unit forward (coin), deltas of the forward
 * Throws  UsageError when the context lacks what the conversion needs; InputError when no such value exists
 */
export function convert(
  value: number,
  from: ConvertUnit,
  to: ConvertUnit,
  context: ConvertContext,
): number {
  if (isVolUnit(from) && isVolUnit(to)) return fromVol(toVol(value, from, context), to, context);
  if (!isVolUnit(from) && !isVolUnit(to)) return fromK(toK(value, from, context), to, context);
  throw new UsageError(
    `convert: expected two units of one family (${volUnits.join(", ")}; ${strikeUnits.join(", ")}), got ${from} and ${to}. For a delta pass the strike as the value and --vol.`,
  );
}

const isVolUnit = (unit: ConvertUnit): unit is VolUnit => volUnits.some((name) => name === unit);

function toVol(value: number, from: VolUnit, context: ConvertContext): number {
  if (!(value >= 0)) throw refuse(from, "a non-negative number", value);
  if (from === "vol") return value;
  if (from === "annual-variance") return Math.sqrt(value);
  const yearsToExpiry = need(context, "years", from);
  if (from === "total-variance") return Math.sqrt(value / yearsToExpiry);
  const { forward, strike } = optionOf(context, from);
  const price = from === "coin" ? value * forward : value / discountOf(context);
  const result = impliedVol({ type: context.type, price, forward, strike, yearsToExpiry });
  if (!result.ok) throw noVol(value, from, result.reason);
  return result.vol;
}

function fromVol(vol: number, to: VolUnit, context: ConvertContext): number {
  if (to === "vol") return vol;
  if (to === "annual-variance") return vol ** 2;
  const yearsToExpiry = need(context, "years", to);
  if (to === "total-variance") return vol ** 2 * yearsToExpiry;
  const { forward, strike } = optionOf(context, to);
  const price = blackPrice(context.type, { forward, strike, yearsToExpiry, vol });
  return to === "coin" ? price / forward : price * discountOf(context);
}

function toK(value: number, from: StrikeUnit, context: ConvertContext): number {
  if (from === "k") return value;
  if (from === "strike") {
    if (!(value > 0)) throw refuse(from, "a positive strike", value);
    return logMoneyness(need(context, "forward", from), value);
  }
  const s = deviationOf(context, from);
  const size = Math.abs(value);
  const wrongSign = value < 0 && context.type === "call";
  const tooLarge = size >= 1 && (from === "delta" || context.type === "call");
  if (wrongSign || size === 0 || tooLarge) {
    throw refuse(from, `a delta that a ${context.type} can have`, value);
  }
  const k =
    from === "delta"
      ? logMoneynessOfDelta(context.type, size, s)
      : logMoneynessOfAdjustedDelta(context.type, size, s);
  if (k === undefined) throw refuse(from, `a delta that a ${context.type} can have`, value);
  return k;
}

function fromK(k: number, to: StrikeUnit, context: ConvertContext): number {
  if (to === "k") return k;
  if (to === "strike") return need(context, "forward", to) * Math.exp(k);
  const s = deviationOf(context, to);
  return to === "delta"
    ? forwardDelta(context.type, k, s)
    : premiumAdjustedDelta(context.type, k, s);
}

/** σ√T. */
const deviationOf = (context: ConvertContext, unit: ConvertUnit): number =>
  need(context, "vol", unit) * Math.sqrt(need(context, "years", unit));

function optionOf(context: ConvertContext, unit: ConvertUnit) {
  // A coin price needs only K/F.
  const forward =
    unit === "coin" && context.k !== undefined
      ? (context.forward ?? 1)
      : need(context, "forward", unit);
  const strike =
    context.k === undefined ? need(context, "strike", unit) : forward * Math.exp(context.k);
  return { forward, strike };
}

const discountOf = (context: ConvertContext): number =>
  context.discount === undefined ? 1 : need(context, "discount", "price");

function need(
  context: ConvertContext,
  name: "forward" | "strike" | "years" | "vol" | "discount",
  unit: ConvertUnit,
): number {
  const value = context[name];
  if (value === undefined) {
    throw new UsageError(`convert: expected --${name} for ${unit}, got none. Add it.`);
  }
  if (!(value > 0)) throw refuse(`--${name}`, "a positive number", value);
  return value;
}

const refuse = (name: string, expected: string, got: number): InputError =>
  new InputError(`convert: ${name}: expected ${expected}, got ${got}. Check the value.`);

const noVol = (price: number, unit: VolUnit, reason: NoImpliedVolReason): InputError =>
  new InputError(
    `convert: ${unit}: expected a price that some volatility explains, got ${price} (${reason}). Check the type, the forward and the unit.`,
  );
