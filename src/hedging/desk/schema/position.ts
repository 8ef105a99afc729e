/** What the desk holds: lines of a book. */
import { z } from "zod";
import { either, formed, number } from "../fields.ts";

const acceptedPrice = "a price > 0, or a share of the spot such as 105%";

/** A strike: a price, or a share of the spot. */
export const strike = either(
  "price in the market's currency, or text such as 105%: a share of the spot",
  [
    number({ about: "a price", above: 0 }),
    formed("a share of the spot", /^\d+(\.\d+)?\s*%$/, acceptedPrice),
  ],
  acceptedPrice,
);

const quantity = number({
  about: "how many the desk holds; negative is sold",
  fix: "-1 is one sold, 2 is two bought.",
});

/** Days to expiry. */
export const days = number({
  about: "calendar days from now to expiry",
  above: 0,
  to: 3660,
  fix: "Days, not years: write 30 for a month.",
});

/** Call or put. */
export const callOrPut = z.enum(["call", "put"]).describe("call or put");

const fixEveryHours = number({
  about: "hours between two looks at the price; the last is at expiry",
  above: 0,
  fix: "24 is daily.",
}).default(24);

const deliveryMinutes = number({
  about: "pays on the average price of so many minutes before expiry rather than on the last price",
  above: 0,
  to: 1440,
  fix: "Deribit's is 30.",
}).optional();

const vanilla = z
  .strictObject({ type: callOrPut, quantity, strike, days, deliveryMinutes })
  .describe("a call or a put");

const straddle = z
  .strictObject({ type: z.literal("straddle"), quantity, strike, days, deliveryMinutes })
  .describe("a call and a put of one strike");

const digital = z
  .strictObject({
    type: z.literal("digital"),
    pays: callOrPut,
    cash: number({ about: "what is paid beyond the strike, in the market's currency", above: 0 }),
    quantity,
    strike,
    days,
  })
  .describe("a fixed amount above (call) or below (put) the strike");

const barrier = z
  .strictObject({
    type: z.literal("barrier"),
    pays: callOrPut,
    kind: z
      .enum(["up-and-out", "up-and-in", "down-and-out", "down-and-in"])
      .describe("where the barrier lies and what it does"),
    barrier: strike.describe("the barrier: a price, or a share of the spot such as 120%"),
    quantity,
    strike,
    days,
    fixEveryHours,
  })
  .describe("a call or put that a barrier ends or brings to life");

const asian = z
  .strictObject({
    type: z.literal("asian"),
    pays: callOrPut,
    quantity,
    strike,
    days,
    fixEveryHours,
  })
  .describe("a call or put on the mean of the prices looked at");

const lookback = z
  .strictObject({
    type: z.literal("lookback"),
    pays: callOrPut,
    quantity,
    strike: strike.optional().describe("a fixed strike; without it the strike floats"),
    days,
    fixEveryHours,
  })
  .describe("a call or put on the highest or lowest price looked at");

const forwardStart = z
  .strictObject({
    type: z.literal("forward-start"),
    pays: callOrPut,
    startDays: number({ about: "calendar days until the strike is set", above: 0, to: 3660 }),
    strikeRatio: number({ about: "strike as a multiple of the price then", above: 0, to: 10 }),
    quantity,
    days,
  })
  .describe("a call or put whose strike is set later");

const varianceSwap = z
  .strictObject({
    type: z.literal("variance-swap"),
    strikeVol: number({
      about: "volatility that is paid",
      above: 0,
      to: 5,
      fix: "Volatility is a decimal per √year: write 0.65 for 65 %.",
    }),
    quantity,
    days,
    fixEveryHours,
  })
  .describe("realised variance against a fixed one");

/** All lines. */
export const positionSchema = z
  .array(
    z.discriminatedUnion("type", [
      vanilla,
      straddle,
      digital,
      barrier,
      asian,
      lookback,
      forwardStart,
      varianceSwap,
    ]),
  )
  .min(1)
  .max(1000)
  .describe("what the desk holds and wants hedged");
