/**
 * The configuration of a back-test: what is sold again and again, how it is hedged, in which market policies are trained.
 *
 * Quantities are contracts held: −1 is one sold. Shares are decimals of the value traded.
 */
import { z } from "zod";
import type { Complaint } from "../desk/fieldPath.ts";
import { flag, formed, number, text, whole } from "../desk/fields.ts";
import { readChecked } from "../desk/readConfig.ts";
import { marketModels } from "./marketFit.ts";

const choice = <const Words extends readonly [string, ...string[]]>(about: string, words: Words) =>
  z.enum(words).describe(about);

const instant = (about: string) =>
  formed(
    about,
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z)?$/,
    "a day such as 2026-03-01, or a time in UTC such as 2026-03-01T08:00Z",
  );

const hours = (about: string) => number({ about, above: 0, to: 24 * 366 });

const position = z
  .strictObject({
    kind: choice("what is opened", ["straddle", "strangle", "call", "put"]).default("straddle"),
    quantity: number({ about: "contracts held of each option", fix: "-1 is one sold." }).default(
      -1,
    ),
    days: number({ about: "days to expiry that are aimed at", above: 0, to: 366 }),
    daysTolerance: number({
      about: "how many days the listed expiry may be away from that",
      above: 0,
      to: 60,
    }),
    delta: number({ about: "size of a strangle's forward deltas", above: 0, below: 0.5 }).default(
      0.25,
    ),
    everyHours: hours("hours between two openings").default(24),
  })
  .describe(
    "what is opened; the listed expiry and strikes nearest to it are taken, at the bid or ask",
  );

const hedge = z
  .strictObject({
    everyHours: hours("hours between two decisions; snapshots need not be on the minute").default(
      6,
    ),
    price: choice("the perpetual's price: recorded beside the chain, or the nearest forward", [
      "recorded",
      "forward",
    ]).default("recorded"),
    contractSize: number({ about: "dollars of one contract of the perpetual", above: 0 }).default(
      10,
    ),
    halfSpread: number({
      about: "half of the perpetual's spread, share of its price",
      from: 0,
      below: 0.05,
    }).default(1e-5),
    taker: number({
      about: "fee of the perpetual; default: the venue's of the day",
      below: 0.05,
    }).optional(),
    fillHours: number({
      about:
        "hours without a chain after which a decision is made on the price of the bars; 0: never",
      from: 0,
    }).default(8),
    maxGapHours: hours("a trade that meets a longer gap between two moments is void").default(48),
  })
  .prefault({})
  .describe("how positions are hedged");

const delivery = z
  .strictObject({
    perContract: number({ about: "coin for each contract", from: 0, below: 0.01 }).default(0.00015),
    capShare: number({ about: "most, as a share of what is delivered", from: 0, to: 1 }).default(
      0.125,
    ),
  })
  .prefault({})
  .describe("fee of delivery");

const policy = z
  .strictObject({
    name: text("what it is called in tables"),
    kind: choice("form of the rule", ["band", "network"]).default("band"),
    hidden: whole({ about: "width of its hidden layers", from: 1, to: 64 }).default(8),
    volMultiple: number({
      about: "volatility that it is trained in, over the one that is quoted",
      above: 0.2,
      to: 3,
    }).default(1),
    iterations: whole({ about: "steps of the optimiser", from: 1, to: 100_000 }).default(300),
    paths: whole({ about: "paths of a step; a multiple of 64", from: 64, to: 1 << 20 }).default(
      2048,
    ),
    option: z
      .strictObject({
        days: number({
          about: "days to expiry of the option in training, when a position is opened",
          above: 0,
          to: 366,
        }),
        shareOfPrice: number({
          about: "half of the option's spread in training, share of its price",
          from: 0,
          below: 0.5,
        }).default(0.01),
        shareOfSpot: number({
          about: "half of the option's spread in training, at least this share of the spot",
          from: 0,
          below: 0.05,
        }).default(0.0002),
      })
      .optional()
      .describe("hold an option as well: the call at the money of the next listed expiry"),
  })
  .describe("a policy that is trained along the way");

const market = z
  .strictObject({
    model: choice("what is fitted to the chain and trained in", marketModels).default("heston"),
    refitEveryHours: hours("hours between two fits").default(24),
    retrainEveryHours: hours("hours between two trainings").default(168),
  })
  .prefault({})
  .describe("the market as the walk sees it");

const risk = z
  .strictObject({
    kind: choice("how training weighs risk", ["entropic", "cvar"]).default("entropic"),
    aversion: number({
      about: "risk aversion times the price of the underlying: no unit; Whalley and Wilmott's too",
      above: 0,
      to: 10_000,
      fix: "10 is bold, 100 is averse.",
    }).default(30),
    level: number({ about: "cvar: share of losses that do not count", above: 0, below: 1 }).default(
      0.95,
    ),
  })
  .prefault({})
  .describe("how risk is weighed");

const backtestSchema = z
  .strictObject({
    version: z.literal(1).describe("version of this schema"),
    name: text("what the back-test is called, in file names and reports").default("backtest"),
    underlying: formed("coin", /^[A-Z]{2,10}$/, "a coin such as BTC"),
    position,
    hedge,
    delivery,
    market,
    risk,
    policies: z
      .array(policy)
      .max(8)
      .default([])
      .describe("policies that are trained along the way"),
    split: instant("first day of the test; trades before it may be learned from").optional(),
    from: instant("moments before this are left out").optional(),
    until: instant("moments from this on are left out").optional(),
    reference: text("strategy that the others are compared with").default("delta"),
    log: flag("write down every decision of the learned policies").default(true),
    seed: whole({ about: "seed of training and of the bootstrap", from: 0 }).default(1),
  })
  .describe("A back-test of a hedge on recorded chains.");

/** A configuration with every default filled in. */
export type BacktestConfig = z.output<typeof backtestSchema>;

/** A policy of it. */
export type PolicyConfig = BacktestConfig["policies"][number];

/** Reads a configuration, YAML or JSON.
 *
 * Throws  InputError naming file, line, field, the value seen and what is accepted
 */
export const readBacktestConfig = (
  source: string,
  name = "back-test configuration",
): BacktestConfig =>
  readChecked(source, name, {
    schema: backtestSchema,
    check: complaints,
    example: "docs/hedging-backtest.md has one to start from.",
  });

/** What no single field can know. */
function complaints({
  position: opened,
  hedge: how,
  policies,
  split,
  from,
  until,
}: BacktestConfig) {
  const found: Complaint[] = [];
  if (opened.quantity === 0) {
    found.push({
      path: ["position", "quantity"],
      text: "expected a quantity other than 0, got 0. -1 is one sold.",
    });
  }
  if (opened.daysTolerance >= opened.days) {
    found.push({
      path: ["position", "daysTolerance"],
      text: `expected fewer days than the ${opened.days} aimed at, got ${opened.daysTolerance}. A third of them is usual.`,
    });
  }
  if (how.everyHours > 24 * opened.days) {
    found.push({
      path: ["hedge", "everyHours"],
      text: `expected at most the position's ${24 * opened.days} hours, got ${how.everyHours}. Hedge more often.`,
    });
  }
  policies.forEach(({ paths, name, option }, i) => {
    if (paths % 64 !== 0) {
      found.push({
        path: ["policies", i, "paths"],
        text: `expected a multiple of 64, got ${paths}. 2048 is usual.`,
      });
    }
    if (option !== undefined && option.days <= opened.days) {
      found.push({
        path: ["policies", i, "option", "days"],
        text: `expected days beyond the position's ${opened.days}, got ${option.days}. The next listed expiry is later.`,
      });
    }
    if (policies.findIndex((other) => other.name === name) !== i) {
      found.push({
        path: ["policies", i, "name"],
        text: `expected a name of its own, got ${name} again. Rename it.`,
      });
    }
  });
  const times = { from, split, until };
  const order = (["from", "split", "until"] as const).filter((name) => times[name] !== undefined);
  for (let i = 1; i < order.length; i++) {
    const [a, b] = [order[i - 1], order[i]];
    if (Date.parse(times[b] ?? "") > Date.parse(times[a] ?? "")) continue;
    found.push({
      path: [b],
      text: `expected a time after ${a}, ${times[a]}, got ${times[b]}. Exchange them or take one out.`,
    });
  }
  return found;
}
