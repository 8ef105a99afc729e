/** What a desk may trade, what trades cost, and how far it may go. */
import { z } from "zod";
import { flag, formed, number, text } from "../fields.ts";
import { callOrPut, days, strike } from "./position.ts";

const share = (about: string, fix: string) => number({ about, from: 0, below: 0.2, fix });

const proportional = z
  .strictObject({
    kind: z.literal("proportional"),
    share: share("cost as a share of the value traded", "0.0005 is 5 basis points."),
  })
  .describe("a share of the value traded");

const halfSpread = z
  .strictObject({
    kind: z.literal("half-spread"),
    shareOfPrice: number({
      about: "half of the spread as a share of the instrument's price",
      from: 0,
      below: 1,
      fix: "0.02 is 2 % of an option's price.",
    }).default(0),
    shareOfSpot: share(
      "at least this share of the underlying's price",
      "0.0001 is 1 basis point of the spot.",
    ).default(0),
  })
  .describe("half of a quoted spread");

const venue = z
  .strictObject({
    kind: z.literal("venue"),
    venue: z.enum(["deribit"]).describe("whose fee schedule"),
    day: formed(
      "the day whose schedule holds; the latest without it",
      /^\d{4}-\d\d-\d\d$/,
      "a day such as 2026-03-28",
    ).optional(),
    side: z
      .enum(["taker", "maker"])
      .default("taker")
      .describe("who waits in the book: a maker does"),
    futureShare: share(
      "fee of perpetuals and futures instead of the schedule's, as a share of the value",
      "0.0005 is 5 basis points.",
    ).optional(),
    optionPerContract: share(
      "fee of options instead of the schedule's, in coin per contract of one coin",
      "0.0003 is Deribit's.",
    ).optional(),
    optionCapShare: number({
      about: "cap of an option's fee instead of the schedule's, as a share of the premium",
      from: 0,
      to: 1,
      fix: "0.125 is 12.5 %.",
    }).optional(),
  })
  .describe("a venue's fees: of perpetuals and futures, or of options with their cap");

const impact = z
  .strictObject({
    kind: z.literal("impact"),
    depth: number({ about: "units whose trade moves the price by about its own size", above: 0 }),
    alpha: number({ about: "exponent of buying", from: 1, to: 4 }).default(1.2),
    beta: number({ about: "exponent of selling", above: 0, to: 1 }).default(0.8),
    halfLifeHours: number({ about: "hours in which half of the impact fades", above: 0 }).default(
      24,
    ),
  })
  .describe("market impact that lasts and fades");

const costs = z
  .array(z.discriminatedUnion("kind", [proportional, halfSpread, venue, impact]))
  .default([])
  .describe("what a trade costs; the parts add up");

const limits = z
  .strictObject({
    low: number({ about: "smallest position, in units; at most 0", to: 0 }).optional(),
    high: number({ about: "largest position, in units; at least 0", from: 0 }).optional(),
    trade: number({ about: "largest trade of one date, in units", above: 0 }).optional(),
  })
  .default({})
  .describe("how far positions and trades may go");

/** What every instrument has. */
const common = (name: string, closes: boolean) => ({
  name: text("what it is called").default(name),
  costs,
  limits,
  lot: number({ about: "smallest change of a position, in units; 0 is any", from: 0 }).default(0),
  closesAtHorizon: flag(
    "is what is left at the last expiry closed at the cost of a trade, rather than delivered or kept",
  ).default(closes),
});

const spot = z
  .strictObject({ kind: z.literal("spot"), ...common("spot", false) })
  .describe("the underlying itself, paid for when bought");

const perpetual = z
  .strictObject({
    kind: z.literal("perpetual"),
    ...common("perpetual", true),
    fundingPerYear: number({
      about: "funding that a long position pays, as a share of its value per year",
      from: -5,
      to: 5,
      fix: "0.1095 is 0.01 % per eight hours.",
    }).default(0),
  })
  .describe("a perpetual at the index, margined");

const future = z
  .strictObject({
    kind: z.literal("future"),
    ...common("future", true),
    days,
    basisPerYear: number({
      about: "how far it trades above the index, per year to its expiry",
      from: -2,
      to: 2,
      fix: "0.05 is 5 % a year.",
    }).default(0),
  })
  .describe("a dated future, margined");

const option = z
  .strictObject({
    kind: z.literal("option"),
    type: callOrPut,
    strike,
    days,
    ...common("option", true),
  })
  .describe("a listed option at a price that agrees with the market's dynamics");

/** All instruments. */
export const instrumentsSchema = z
  .array(z.discriminatedUnion("kind", [spot, perpetual, future, option]))
  .min(1)
  .max(8)
  .describe("what it may trade");
