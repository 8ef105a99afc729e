/** How risk is weighed, the rule that is learned, how it is learned and measured. */
import { z } from "zod";
import { flag, number, whole } from "../fields.ts";

const aversion = number({
  about: "risk aversion per unit of currency; times the spot it has no unit",
  above: 0,
  fix: "100 divided by the spot is averse, 1 divided by the spot hardly.",
});

/** Risk measures. */
export const riskSchema = z
  .discriminatedUnion("kind", [
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
    z
      .strictObject({ kind: z.literal("monotone-mean-variance"), aversion })
      .describe("mean-variance that does not punish large gains"),
    z
      .strictObject({
        kind: z.literal("oce"),
        below: number({
          about: "weight of a unit of loss below the first kink",
          from: 0,
          below: 1,
          fix: "0 with one kink of weight 20 is the CVaR of 95 %.",
        }),
        kinks: z
          .array(
            z.strictObject({
              at: number({ about: "loss, measured from the learned threshold" }),
              weight: number({ about: "weight of a unit of loss above it", above: 0, to: 1e6 }),
            }),
          )
          .min(1)
          .max(16)
          .describe("where the weight of a loss rises, and to what"),
      })
      .describe(
        "optimised certainty equivalent min over y of y + E[l(loss - y)] of a disutility l of straight pieces",
      ),
  ])
  .describe("how risk is weighed");

const width = (about: string) => whole({ about, from: 1, to: 128 });

const firstTrade = flag(
  "give the first trade a learned correction of its own, which nothing later uses",
).default(false);

const hiddenWidths = z
  .array(width("width of a layer"))
  .min(1)
  .max(6)
  .default([16, 16])
  .describe("widths of the hidden layers");

const aroundDelta = flag(
  "add what is learned to Black's delta; without it the network starts from nothing",
).default(true);

/** Policies. */
export const policySchema = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("band"),
        hidden: width("width of the two hidden layers").default(8),
        firstTrade,
      })
      .describe("a no-transaction band around the model's hedge, with learned widths"),
    z
      .strictObject({
        kind: z.literal("network"),
        hidden: hiddenWidths,
        aroundDelta,
        firstTrade,
      })
      .describe("the model's hedge plus a network that sees the position"),
    z
      .strictObject({
        kind: z.literal("recurrent"),
        hidden: hiddenWidths,
        memory: whole({ about: "numbers that it remembers", from: 1, to: 64 }).default(4),
        firstTrade,
      })
      .describe("the same with a memory that the network rewrites at every date"),
  ])
  .default({ kind: "band", hidden: 8, firstTrade: false })
  .describe("the rule that is learned");

const multiple = (name: string, from: number) =>
  z
    .tuple([
      number({ about: `lowest multiple of ${name}`, from, to: 1000 }),
      number({ about: `highest multiple of ${name}`, from, to: 1000 }),
    ])
    .default([1, 1])
    .describe(`range of multiples of ${name}: one policy is trained for all of them`);

/** Ranges of a conditioned policy. */
export const conditionSchema = z
  .strictObject({
    aversion: multiple("the risk aversion", 0.001),
    costScale: multiple("all costs", 0),
  })
  .optional()
  .describe("train one policy for a range of aversions and costs");

const multipleOf64 = (about: string) =>
  whole({ about: `${about}; a multiple of 64`, from: 64, fix: "Take a multiple of 64." }).refine(
    (value) => value % 64 === 0,
    { error: JSON.stringify({ accepted: "a multiple of 64", fix: "2048 is usual." }) },
  );

/** Training. */
export const trainingSchema = z
  .strictObject({
    iterations: whole({ about: "steps of the optimiser", from: 1, to: 1_000_000 }).default(300),
    paths: multipleOf64("fresh paths of an iteration").default(2048),
    learningRate: number({
      about: "first rate of Adam; it falls as a cosine",
      above: 0,
      to: 1,
    }).default(0.03),
    validateEvery: whole({
      about: "iterations between two measurements on paths of their own; a checkpoint each",
      from: 1,
    }).default(50),
    patience: whole({
      about: "stop after so many measurements without a sure gain; never when absent",
      from: 1,
    }).optional(),
  })
  .prefault({})
  .describe("how the policy is learned");

/** Learned option prices. */
export const optionPricesSchema = z
  .strictObject({
    iterations: whole({ about: "steps of the optimiser", from: 1, to: 100_000 }).default(600),
    paths: multipleOf64("fresh paths of an iteration").default(2048),
    hidden: width("width of the two hidden layers").default(10),
    learningRate: number({ about: "first rate of Adam", above: 0, to: 1 }).default(0.01),
    testPaths: multipleOf64("paths that the error of a price is measured on").default(32_768),
  })
  .prefault({})
  .describe("how prices of options along the path are learned where the market has no formula");

/** Evaluation. */
export const evaluationSchema = z
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
