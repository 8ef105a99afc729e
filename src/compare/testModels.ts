/** Small models for tests: what the mid quotes say, and models that fail in the ways that models fail. */
import type { Chain } from "../market/index.ts";
import { failedFit, type Model } from "../models/index.ts";
import { surfaceOfSmiles } from "../surface/index.ts";
import { atmVol, midVolAt } from "./quoteErrors.ts";

const named = (name: string, fit: Model["fit"]): Model => ({
  name,
  title: name.toUpperCase(),
  source: "a test",
  isDynamic: false,
  fit,
});

const years = ({ expiries }: Chain): number[] => expiries.map((e) => e.yearsToExpiry);

/** Goes through every mid quote it is shown, straight lines between them. */
export const midModel: Model = named("mids", async (chain) => ({
  model: "mids",
  status: "converged",
  message: "",
  warnings: [],
  params: {},
  parameterCount: chain.expiries.reduce((sum, { quotes }) => sum + quotes.length, 0),
  surface: surfaceOfSmiles(
    years(chain),
    chain.expiries.map(
      ({ quotes, yearsToExpiry }) =>
        (k: number) =>
          midVolAt(quotes, k) ** 2 * yearsToExpiry,
    ),
  ),
  seconds: 0.001,
}));

/** One volatility for each expiry. */
export const flatModel: Model = named("flat", async (chain) => ({
  model: "flat",
  status: "outside-validity",
  message: "a smile is not flat",
  warnings: [],
  params: {},
  parameterCount: chain.expiries.length,
  surface: surfaceOfSmiles(
    years(chain),
    chain.expiries.map((expiry) => {
      const w = atmVol(expiry) ** 2 * expiry.yearsToExpiry;
      return () => w;
    }),
  ),
  seconds: 0.001,
}));

/** Says that it failed. */
export const failingModel: Model = named("failing", async () =>
  failedFit("failing", "no two quotes agree", 0.001),
);

/** Breaks the contract by throwing. */
export const throwingModel: Model = named("throwing", async () => {
  throw new Error("division by zero");
});
