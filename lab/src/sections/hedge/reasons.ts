/** Why a date's trade is what it is, in sentences. */
import { decimals } from "../../ui/numberText.ts";
import type { TradeReason } from "../../work/jobs/hedge/explain.ts";
import type { ReplayDate, ReplayTrade } from "../../work/jobs/hedge/replay.ts";

/** Smaller trades are rounding. */
const still = 1e-5;
export const isTrade = ({ held, position }: ReplayTrade): boolean =>
  Math.abs(position - held) > still;

const units = (value: number): string => decimals(value, 3);

/** "Nothing" or "bought 0.052" */
export function tradeText(trade: ReplayTrade): string {
  if (!isTrade(trade)) return "nothing";
  const size = trade.position - trade.held;
  return `${size > 0 ? "buys" : "sells"} ${units(Math.abs(size))}`;
}

/** What happened, from the band alone. */
export function whatHappened(trade: ReplayTrade, index: number): string {
  const { held, position, band, delta } = trade;
  const says = delta === null ? "" : ` Delta says ${units(delta)}.`;
  const before = index === 0 ? "Nothing is held yet" : `It held ${units(held)}`;
  if (band === null) {
    return isTrade(trade)
      ? `${before}. The network wants ${units(position)}.${says}`
      : `${before}, and keeps it.${says}`;
  }
  const where = `the band from ${units(band.low)} to ${units(band.high)}`;
  if (!isTrade(trade)) {
    return `${before}, inside ${where}: it does nothing: a trade would cost more than the risk that it takes away.${says}`;
  }
  const side = position > held ? "below" : "above";
  const edge = position > held ? "lower" : "upper";
  return `${before}, ${side} ${where}: it ${tradeText(trade)} to reach the ${edge} edge, and no further.${says}`;
}

/** Why, in money: what the trade saves and costs. */
export function whyItPays(reason: TradeReason, { trades }: ReplayDate): string {
  if ("unknown" in reason) return `What it is worth is not known here: ${reason.unknown}.`;
  const { saved, cost, marginal } = reason.worth;
  const perUnit = decimals(marginal.saved.value, digits(marginal.cost));
  const unitCost = decimals(marginal.cost, digits(marginal.cost));
  if (!trades.some(isTrade)) {
    return `One unit more would take ${perUnit} of risk away and cost ${unitCost}.`;
  }
  const noise = 2 * saved.standardError;
  const places = digits(noise) - 1;
  const gain =
    Math.abs(saved.value) < noise
      ? `it changes the risk of all that is still to come by less than can be told from 8,192 futures (± ${decimals(noise, places)})`
      : `the risk of all that is still to come falls by ${decimals(saved.value, places)} (± ${decimals(noise, places)}), that cost already counted`;
  return `The trade costs ${decimals(cost, digits(cost))}, and ${gain}. From the new position one unit more would take ${perUnit} of risk away and cost ${unitCost}. ${trades.every(({ band }) => band === null) ? "Where the two are equal, more is not worth it" : "The best band ends where the two are equal"}.`;
}

const digits = (value: number): number =>
  Math.max(0, Math.min(5, 1 - Math.floor(Math.log10(Math.max(1e-9, Math.abs(value))))));
