/**
 * The configuration of a hedge: market, position, instruments, risk, policy, training, evaluation.
 *
 * Quantities are what the desk holds: −1 is one sold. Days are calendar days of 24 hours, years are days/365. Volatilities
 * are decimals per √year, costs are shares of the value traded, prices are in the market's currency.
 */
import { z } from "zod";
import { either, flag, formed, number, text, whole } from "./fields.ts";

/** Version of this schema. A configuration of another version is refused. */
export const configVersion = 1;

const spot = number({ about: "price of the underlying now, in the market's currency", above: 0 });
const volFix = "Volatility is a decimal per √year: write 0.65 for 65 %.";
const stepsPerDate = whole({
  about: "steps of the simulation between two trading dates",
  from: 1,
  to: 96,
});

const blackScholes = z
  .strictObject({
    kind: z.literal("black-scholes"),
    spot,
    vol: number({ about: "volatility", above: 0, to: 5, fix: volFix }),
  })
  .describe("constant volatility; exact at its dates");

const heston = z
  .strictObject({
    kind: z.literal("heston"),
    spot,
    v0: number({
      about: "variance now, the square of a volatility",
      above: 0,
      to: 25,
      fix: volFix,
    }),
    kappa: number({ about: "speed of the variance's return, per year", above: 0, to: 200 }),
    theta: number({ about: "long-run variance", above: 0, to: 25, fix: volFix }),
    nu: number({ about: "volatility of variance", from: 0, to: 50 }),
    rho: number({ about: "correlation of price and variance", above: -1, below: 1 }),
    stepsPerDate: stepsPerDate.default(4),
  })
  .describe("Heston's stochastic volatility, full truncation Euler");

const market = z.discriminatedUnion("kind", [blackScholes, heston]);

const strike = either(
  "price in the market's currency, or text such as 105%: a share of the spot",
  [
    number({ about: "a price", above: 0 }),
    formed("a share of the spot", /^\d+(\.\d+)?\s*%$/, "a share of the spot such as 105%"),
  ],
  "a price > 0, or a share of the spot such as 105%",
);

const quantity = number({
  about: "how many the desk holds; negative is sold",
  fix: "-1 is one sold, 2 is two bought.",
});
const days = number({
  about: "calendar days from now to expiry",
  above: 0,
  to: 3660,
  fix: "Days, not years: write 30 for a month.",
});

const vanilla = z
  .strictObject({ type: z.enum(["call", "put"]).describe("which"), quantity, strike, days })
  .describe("a call or a put");
const straddle = z
  .strictObject({ type: z.literal("straddle"), quantity, strike, days })
  .describe("a call and a put of one strike");

const positionLine = z.discriminatedUnion("type", [vanilla, straddle]);

const proportional = z
  .strictObject({
    kind: z.literal("proportional"),
    share: number({
      about: "cost as a share of the value traded: fee and half of the spread",
      from: 0,
      below: 0.2,
      fix: "0.0005 is 5 basis points.",
    }),
  })
  .describe("a share of the value traded");

const cost = z.discriminatedUnion("kind", [proportional]);
const costs = z.array(cost).default([]).describe("what a trade costs; the parts add up");

const spotInstrument = z
  .strictObject({ kind: z.literal("spot"), name: text("what it is called").default("spot"), costs })
  .describe("the underlying itself");

const instrument = z.discriminatedUnion("kind", [spotInstrument]);

const aversion = number({
  about: "risk aversion per unit of currency; times the spot it has no unit",
  above: 0,
  fix: "100 divided by the spot is averse, 1 divided by the spot hardly.",
});

const risk = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("entropic"), aversion }).describe("(1/a) ln E[exp(a loss)]"),
  z
    .strictObject({
      kind: z.literal("cvar"),
      level: number({
        about: "share of losses that do not count: 0.95 is the mean of the worst twentieth",
        above: 0,
        below: 1,
        fix: "0.95 is the worst twentieth.",
      }),
    })
    .describe("conditional value at risk"),
  z
    .strictObject({ kind: z.literal("mean-variance"), aversion })
    .describe("E[loss] + (a/2) Var[loss]"),
  z.strictObject({ kind: z.literal("variance") }).describe("Var[loss]"),
]);

const policy = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("band"),
      hidden: whole({ about: "width of the two hidden layers", from: 1, to: 128 }).default(8),
    })
    .describe("a no-transaction band around the model's delta, with learned widths"),
  z
    .strictObject({
      kind: z.literal("network"),
      hidden: z
        .array(whole({ about: "width of a layer", from: 1, to: 128 }))
        .min(1)
        .max(6)
        .default([16, 16])
        .describe("widths of the hidden layers"),
    })
    .describe("delta plus a network that sees the position"),
]);

const multipleOf64 = (about: string, from = 64) =>
  whole({ about: `${about}; a multiple of 64`, from, fix: "Take a multiple of 64." }).refine(
    (value) => value % 64 === 0,
    { error: JSON.stringify({ accepted: "a multiple of 64", fix: "2048 is usual." }) },
  );

const training = z
  .strictObject({
    iterations: whole({ about: "steps of the optimiser", from: 1, to: 1_000_000 }).default(300),
    paths: multipleOf64("fresh paths of an iteration").default(2048),
    learningRate: number({
      about: "first rate of Adam; it falls as a cosine",
      above: 0,
      to: 1,
    }).default(0.03),
  })
  .prefault({})
  .describe("how the policy is learned");

const evaluation = z
  .strictObject({
    paths: multipleOf64("paths of a set").default(65_536),
    sets: whole({
      about: "sets of scrambled Sobol' paths; the spread between them is the standard error",
      from: 2,
      to: 1000,
    }).default(8),
    seed: whole({ about: "seed of the paths, which training never sees", from: 0 }).default(20_190),
  })
  .prefault({})
  .describe("how policies are measured");

const rebalancing = z
  .strictObject({
    everyHours: number({
      about: "hours between two trading dates; the horizon is a multiple of them",
      above: 0,
      fix: "24 is daily.",
    }).default(24),
    closesAtExpiry: flag(
      "is the position closed at expiry at the cost of a trade, rather than delivered",
    ).default(false),
  })
  .prefault({})
  .describe("when trades may happen");

/** The schema. */
export const hedgeConfigSchema = z
  .strictObject({
    version: z.literal(configVersion).describe("version of this schema"),
    name: text("what the hedge is called, in reports and file names").default("hedge"),
    market: market.describe("the dynamics that the policy is trained in"),
    position: z
      .array(positionLine)
      .min(1)
      .max(1000)
      .describe("what the desk holds and wants hedged"),
    instruments: z.array(instrument).min(1).max(8).describe("what it may trade"),
    rebalancing,
    risk: risk.describe("how risk is weighed"),
    policy: policy.default({ kind: "band", hidden: 8 }).describe("the rule that is learned"),
    training,
    evaluation,
    seed: whole({ about: "seed of the first weights and of the training paths", from: 0 }).default(
      1,
    ),
  })
  .describe("A hedge of an options position.");

/** A configuration with every default filled in. */
export type HedgeConfig = z.infer<typeof hedgeConfigSchema>;

/** The schema as a JSON schema document (draft 2020-12), for editors and other programs. */
export function hedgeConfigJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(hedgeConfigSchema, { io: "input" }) as Readonly<Record<string, unknown>>;
}
