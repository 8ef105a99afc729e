/** Markets of a configuration. */
import { z } from "zod";
import { flag, number, text, whole } from "../fields.ts";

const spot = number({ about: "price of the underlying now, in the market's currency", above: 0 });
const volFix = "Volatility is a decimal per √year: write 0.65 for 65 %.";
const varianceFix = "A variance is a volatility squared: write 0.36 for a volatility of 60 %.";
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
    driftPerYear: number({
      about: "drift of the price per year; 0 is a market without statistical arbitrage",
      from: -2,
      to: 2,
      fix: "0.1 is 10 % a year.",
    }).default(0),
  })
  .describe("constant volatility; exact at its dates");

const hestonFields = {
  spot,
  v0: number({ about: "variance now", above: 0, to: 25, fix: varianceFix }),
  kappa: number({ about: "speed of the variance's return, per year", above: 0, to: 200 }),
  theta: number({ about: "long-run variance", above: 0, to: 25, fix: varianceFix }),
  nu: number({ about: "volatility of variance", above: 0, to: 50 }),
  rho: number({ about: "correlation of price and variance", above: -1, below: 1 }),
};

const heston = z
  .strictObject({
    kind: z.literal("heston"),
    ...hestonFields,
    stepsPerDate: stepsPerDate.default(1),
  })
  .describe("Heston's stochastic volatility, quadratic-exponential scheme");

const bates = z
  .strictObject({
    kind: z.literal("bates"),
    ...hestonFields,
    lambda: number({ about: "jumps per year", from: 0, to: 365 }),
    jumpMean: number({ about: "mean of ln of a jump", from: -2, to: 2 }),
    jumpStdDev: number({ about: "standard deviation of ln of a jump", from: 0, to: 2 }),
    stepsPerDate: stepsPerDate.default(1),
  })
  .describe("Heston with jumps in the price");

const roughBergomi = z
  .strictObject({
    kind: z.literal("rough-bergomi"),
    spot,
    xi: number({ about: "forward variance, flat", above: 0, to: 25, fix: varianceFix }),
    eta: number({ about: "volatility of volatility", above: 0, to: 20 }),
    hurst: number({ about: "Hurst exponent", above: 0, below: 0.5, fix: "0.1 is rough." }),
    rho: number({ about: "correlation of price and volatility", above: -1, below: 1 }),
    stepsPerDate: stepsPerDate.default(2),
  })
  .describe("rough Bergomi: variance with a fractional driver");

const neuralSde = z
  .strictObject({
    kind: z.literal("neural-sde"),
    model: text(
      "model file that `volterra fit` wrote; its place is told from the configuration's folder",
    ),
    spot: spot.optional().describe("price of the underlying now; the model's nearest forward"),
    stepsPerDate: stepsPerDate.default(2),
  })
  .describe("the neural SDE that `volterra fit` learned from a chain, with its jumps");

const history = z
  .strictObject({
    kind: z.literal("history"),
    prices: text(
      "CSV file with the columns time and price, evenly spaced; its place is told from the configuration's folder",
    ),
    spot: spot.optional().describe("price of the underlying now; the last price of the file"),
    sampling: z
      .enum(["bootstrap", "windows"])
      .default("bootstrap")
      .describe("blocks of the record drawn with replacement, or stretches of it as they were"),
    blockDays: number({ about: "days of a block of the bootstrap", above: 0, to: 3660 }).default(5),
    removesMean: flag(
      "shift all returns so that the price has no drift on average over the record",
    ).default(true),
  })
  .describe("paths from recorded prices, bootstrapped or as they were");

/** Any market. */
export const marketSchema = z
  .discriminatedUnion("kind", [blackScholes, heston, bates, roughBergomi, neuralSde, history])
  .describe("the dynamics that the policy is trained in");
