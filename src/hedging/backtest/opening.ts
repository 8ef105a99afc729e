/**
 * Opening a position: the listed expiry and strikes nearest to what is asked for, at prices that are really there.
 */
import { forwardDelta, logMoneyness } from "../../formulas/index.ts";
import { yearsBetween } from "../../market/index.ts";
import type { OptionPrices } from "./account.ts";
import { type ChainView, type ListedOption, optionPrices, type StrikePair } from "./chainView.ts";

/** What is opened, again and again. */
export interface PositionRule {
  readonly kind: "straddle" | "strangle" | "call" | "put";
  /** Contracts held: −1 is one sold. */
  readonly quantity: number;
  /** Days to expiry that are aimed at, and how far the listed expiry may be away. */
  readonly days: number;
  readonly daysTolerance: number;
  /** Strangle: size of the forward deltas. Ignored for others, which are at the money. */
  readonly delta: number;
}

/** One option of a position. */
export interface Leg {
  readonly instrument: string;
  readonly type: "call" | "put";
  readonly strike: number;
  /** Contracts held. */
  readonly quantity: number;
}

/** A position that can be opened now. */
export interface Opening {
  readonly expiryMs: number;
  readonly legs: readonly Leg[];
  readonly prices: readonly OptionPrices[];
}

/** The position, or why it cannot be opened. */
export function openingOf(view: ChainView, rule: PositionRule): Opening | { readonly no: string } {
  const day = 86_400_000;
  const distance = (expiryMs: number) => Math.abs((expiryMs - view.timeMs) / day - rule.days);
  const near = view.expiries.filter((expiry) => distance(expiry) <= rule.daysTolerance);
  if (near.length === 0) {
    return { no: `no listed expiry within ${rule.daysTolerance} days of ${rule.days} days` };
  }
  const expiryMs = near.reduce((best, expiry) =>
    distance(expiry) < distance(best) ? expiry : best,
  );
  const forward = view.forward(expiryMs);
  if (forward === null) return { no: "the expiry has no forward" };
  const legs = chosenLegs(view, rule, expiryMs, forward);
  const prices: OptionPrices[] = [];
  for (const { option } of legs) {
    const found = option === null ? null : optionPrices(option);
    const taken = rule.quantity < 0 ? option?.bid : option?.ask;
    if (option === null || found === null || taken === null || taken === undefined) {
      return {
        no: `${option?.instrument ?? "the strike"} has no ${rule.quantity < 0 ? "bid" : "ask"}`,
      };
    }
    prices.push(found);
  }
  return {
    expiryMs,
    prices,
    legs: legs.flatMap(({ option }) =>
      option === null
        ? []
        : [
            {
              instrument: option.instrument,
              type: option.type,
              strike: option.strike,
              quantity: rule.quantity,
            },
          ],
    ),
  };
}

function chosenLegs(
  view: ChainView,
  { kind, delta }: PositionRule,
  expiryMs: number,
  forward: number,
): readonly { readonly option: ListedOption | null }[] {
  const pairs = view.strikes(expiryMs);
  const nearestStrike = (): StrikePair | undefined =>
    best(pairs, ({ strike }) => Math.abs(strike / forward - 1));
  if (kind === "strangle") {
    const years = yearsBetween(view.timeMs, expiryMs);
    return (["call", "put"] as const).map((type) => {
      const pair = best(pairs, ({ strike }) => {
        const vol = view.vol(expiryMs, strike);
        if (vol === null) return Number.POSITIVE_INFINITY;
        const k = logMoneyness(forward, strike);
        return Math.abs(Math.abs(forwardDelta(type, k, vol * Math.sqrt(years))) - delta);
      });
      return { option: pair?.[type] ?? null };
    });
  }
  const pair = nearestStrike();
  const types = kind === "straddle" ? (["call", "put"] as const) : ([kind] as const);
  return types.map((type) => ({ option: pair?.[type] ?? null }));
}

function best<T>(items: readonly T[], distance: (item: T) => number): T | undefined {
  let found: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const d = distance(item);
    if (d < least) {
      least = d;
      found = item;
    }
  }
  return found;
}
