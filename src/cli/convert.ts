/**
 * `volterra convert VALUE --from A --to B`: one way to state an option into another, by the graph of
 * formulas/optionGraph.ts, which the web lab's equation explorer reads too.
 *
 *   vol ↔ total-variance (σ²T) ↔ annual-variance (σ²) ↔ price (discounted currency) ↔ coin (undiscounted / forward)
 *   strike ↔ k (ln K/F) ↔ delta (forward) ↔ adjusted-delta (premium-adjusted forward)
 *   years ↔ days,   forward ↔ spot
 */
import { type Command, Option } from "commander";
import {
  convertQuantity,
  type KnownTerms,
  type NoOptionValue,
  type OptionQuantity,
  type OptionType,
} from "../formulas/index.ts";
import { InputError } from "../num/errors.ts";
import { numberFlag } from "./chainSource.ts";
import { UsageError } from "./exitCodes.ts";
import { type CliIo, printJson } from "./io.ts";

const quantityOfUnit = {
  vol: "vol",
  "total-variance": "totalVariance",
  "annual-variance": "annualVariance",
  price: "premium",
  coin: "coinPrice",
  strike: "strike",
  k: "logMoneyness",
  delta: "delta",
  "adjusted-delta": "adjustedDelta",
  years: "years",
  days: "days",
  forward: "forward",
  spot: "spot",
} as const satisfies Record<string, OptionQuantity>;
export type ConvertUnit = keyof typeof quantityOfUnit;
const units = Object.keys(quantityOfUnit) as ConvertUnit[];

/** What a conversion may need to know besides the value. */
export interface ConvertContext {
  readonly forward?: number;
  readonly strike?: number;
  readonly k?: number;
  readonly years?: number;
  readonly vol?: number;
  readonly carry?: number;
  readonly discount?: number;
  readonly type: OptionType;
}

/** Adds the verb. */
export function addConvertVerb(program: Command, io: CliIo): void {
  program
    .command("convert <value>")
    .description(
      "convert between volatility, variance and price, strike and delta, days and years, spot and forward",
    )
    .addOption(
      new Option("--from <unit>", "unit of the value").choices(units).makeOptionMandatory(),
    )
    .addOption(new Option("--to <unit>", "unit wanted").choices(units).makeOptionMandatory())
    .option("--forward <price>", "forward, in the strike's currency", numberFlag)
    .option("--strike <price>", "strike", numberFlag)
    .option("--k <number>", "log-moneyness ln(K/F), in place of the strike", numberFlag)
    .option("--years <years>", "years to expiry (ACT/365)", numberFlag)
    .option("--vol <decimal>", "volatility, for deltas: 0.2 is 20 %", numberFlag)
    .option("--carry <rate>", "ln(F/S)/T per year, for spots", numberFlag)
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
  { k, ...context }: ConvertContext,
): number {
  const known: KnownTerms = { ...context, logMoneyness: k };
  const answer = convertQuantity(value, quantityOfUnit[from], quantityOfUnit[to], known);
  if (answer.ok) return answer.value;
  throw refusal(answer, value, from, to);
}

const families =
  "vol, total-variance, annual-variance, price, coin; strike, k, delta, adjusted-delta; years, days; forward, spot";

function refusal(
  { code, reason, quantity, missing, wanted, got }: NoOptionValue,
  value: number,
  from: ConvertUnit,
  to: ConvertUnit,
): Error {
  if (missing !== undefined) {
    const flags = missing.map((name) => `--${name}`).join(", ");
    return new UsageError(`convert: expected ${flags} for ${from} to ${to}, got none. Add it.`);
  }
  if (code === "other-tree") {
    return new UsageError(
      `convert: expected two units of one family (${families}), got ${from} and ${to}. For a delta pass the strike as the value and --vol.`,
    );
  }
  const name = quantity === undefined || quantity === quantityOfUnit[from] ? from : `--${quantity}`;
  if (wanted !== undefined) {
    return new InputError(`convert: ${name}: expected ${wanted}, got ${got}. Check the value.`);
  }
  return new InputError(
    `convert: ${from}: expected a value with a ${to}, got ${value} (${code}: ${reason}). Check the type, the forward and the unit.`,
  );
}
