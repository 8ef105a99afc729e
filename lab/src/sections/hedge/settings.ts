/** What the reader chooses and looks at, in the address. */
import { choice, type Codec, flag, number, sectionState } from "../../app/urlState.ts";
import type { HedgeChoices } from "./config.ts";
import { linesOf, presets } from "./position.ts";

const lines: Codec<string> = {
  fallback: presets[0].lines,
  read: (text) => (linesOf(text) === null ? null : text),
  write: (text) => text,
};

/** Hours between trades, and days, that go into one another. */
const hours: Codec<number> = {
  fallback: 24,
  read: (text) => [8, 12, 24].find((every) => String(every) === text) ?? null,
  write: String,
};
const wholeDays: Codec<number> = {
  fallback: 30,
  read: (text) =>
    /^\d+$/.test(text) && Number(text) >= 2 && Number(text) <= 90 ? Number(text) : null,
  write: String,
};

/** Shares of the value traded that the slider stops at. */
export const costs = [0, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02] as const;
/** Aversions to risk, times the price now. */
export const aversions = [1, 3, 10, 30, 100, 300] as const;
export const levels = [0.5, 0.8, 0.9, 0.95, 0.99] as const;

export const settings = sectionState("hedge", {
  lines,
  days: wholeDays,
  every: hours,
  market: choice(["constant", "moving", "learned"] as const, "constant"),
  vol: number(0.6, 0.05, 2),
  volOfVol: number(1.5, 0, 4),
  skew: number(-0.4, -0.9, 0.9),
  instrument: choice(["perpetual", "spot"] as const, "perpetual"),
  funding: number(0, -1, 1),
  option: flag(false),
  optionStrike: number(110, 50, 200),
  optionCost: number(0.02, 0, 0.2),
  cost: number(0.002, 0, 0.02),
  risk: choice(["entropic", "cvar"] as const, "entropic"),
  aversion: number(30, 0.1, 3000),
  level: number(0.95, 0.5, 0.99),
  policy: choice(["band", "network"] as const, "band"),
  iterations: number(300, 50, 2000),
  seed: number(1, 1, 9999),
});

export const pathIds = ["usual", "bad", "good", "dear"] as const;
export const ruleNames = [
  "exact optimum",
  "delta",
  "Whalley-Wilmott",
  "Leland",
  "no hedge",
] as const;

/** What is looked at; nothing that is learned depends on it. */
export const view = sectionState("hedge", {
  date: number(15, 0, 999),
  instrumentShown: number(0, 0, 7),
  path: choice(pathIds, "usual"),
  day: number(0, 0, 999),
  against: choice(ruleNames, "delta"),
});

/** The choices as they are; reading them inside an effect follows them. */
export const choices = (): HedgeChoices => ({
  lines: settings.lines.value,
  days: settings.days.value,
  every: settings.every.value,
  market: settings.market.value,
  vol: settings.vol.value,
  volOfVol: settings.volOfVol.value,
  skew: settings.skew.value,
  instrument: settings.instrument.value,
  funding: settings.funding.value,
  option: settings.option.value,
  optionStrike: settings.optionStrike.value,
  optionCost: settings.optionCost.value,
  cost: settings.cost.value,
  risk: settings.risk.value,
  aversion: settings.aversion.value,
  level: settings.level.value,
  policy: settings.policy.value,
  iterations: settings.iterations.value,
  seed: settings.seed.value,
});
