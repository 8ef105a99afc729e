/**
 * The configuration of a hedge: market, position, instruments, risk, policy, training, evaluation.
 *
 * Quantities are what the desk holds: −1 is one sold. Days are calendar days of 24 hours, years are days/365. Volatilities
 * are decimals per √year, costs are shares of the value traded, prices are in the market's currency.
 */
import { z } from "zod";
import { number, text, whole } from "./fields.ts";
import { instrumentsSchema } from "./schema/instrument.ts";
import { marketSchema } from "./schema/market.ts";
import { positionSchema } from "./schema/position.ts";
import {
  conditionSchema,
  evaluationSchema,
  optionPricesSchema,
  policySchema,
  riskSchema,
  trainingSchema,
} from "./schema/risk.ts";

/** Version of this schema. A configuration of another version is refused. */
export const configVersion = 1;

const rebalancing = z
  .strictObject({
    everyHours: number({
      about: "hours between two trading dates; the horizon is a multiple of them",
      above: 0,
      fix: "24 is daily.",
    }).default(24),
  })
  .prefault({})
  .describe("when trades may happen");

/** The schema. */
export const hedgeConfigSchema = z
  .strictObject({
    version: z.literal(configVersion).describe("version of this schema"),
    name: text("what the hedge is called, in reports and file names").default("hedge"),
    currency: text("the market's currency, for texts").default("USD"),
    account: z
      .enum(["currency", "coin"])
      .default("currency")
      .describe("what profit is counted in: the currency, or the coin (inverse contracts)"),
    market: marketSchema,
    position: positionSchema,
    instruments: instrumentsSchema,
    rebalancing,
    risk: riskSchema,
    policy: policySchema,
    condition: conditionSchema,
    drift: z
      .enum(["keep", "check", "remove"])
      .default("check")
      .describe(
        "gains that need no position: `check` measures them where a market can have any and takes them out of prices, `remove` weighs paths until there are none, `keep` leaves them in prices",
      ),
    training: trainingSchema,
    optionPrices: optionPricesSchema,
    evaluation: evaluationSchema,
    seed: whole({ about: "seed of the first weights and of the training paths", from: 0 }).default(
      1,
    ),
  })
  .describe("A hedge of an options position.");

/** What the schema alone makes of a configuration: a market that is in a file may have no spot yet. */
export type WrittenConfig = z.infer<typeof hedgeConfigSchema>;

type Priced<Market> = Market extends unknown ? Market & { readonly spot: number } : never;

/** A configuration with every default filled in. */
export type HedgeConfig = Omit<WrittenConfig, "market"> & {
  readonly market: Priced<WrittenConfig["market"]>;
};

/** The schema as a JSON schema document (draft 2020-12), for editors and other programs. */
export function hedgeConfigJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(hedgeConfigSchema, { io: "input" }) as Readonly<Record<string, unknown>>;
}
