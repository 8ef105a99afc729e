/** What a reader types, as a number; and why a number is refused, in plain words. */
import type { NoOptionValue, OptionQuantity, OptionTerms } from "volterra/formulas";
import { fieldOf, shown } from "./fields.ts";

/** "62,000", "62 000", "52 %", "0,52" and "5e-3" are numbers; NaN for what is not.
 *
 * A comma before exactly three digits groups thousands unless it follows a lone 0; any other single comma is a decimal one.
 */
export function numberOf(text: string): number {
  const bare = text
    .trim()
    .replaceAll("−", "-")
    .replace(/%$/, "")
    .replace(/[\s_']/g, "");
  const isGrouped = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(bare);
  const plain = isGrouped ? bare.replaceAll(",", "") : bare.replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}

/** Why the library has no option with this value. */
export function refusal(
  { code, reason }: NoOptionValue,
  quantity: OptionQuantity,
  terms: OptionTerms,
): string {
  const { type, forward, strike } = terms;
  const inCoin = quantity === "coinPrice";
  const unit = inCoin ? 1 / forward : 1;
  const amount = (value: number) => shown(quantity, value * unit);
  const least = Math.max(0, type === "call" ? forward - strike : strike - forward);
  const most = type === "call" ? forward : strike;
  switch (code) {
    case "below-intrinsic":
      return `A ${type} with this strike is worth at least ${amount(least)}, its value if the price never moved again. No volatility gives less.`;
    case "zero-vol":
      return `${amount(least)} is the least this ${type} can be worth: only a volatility of zero gives it, and then there is nothing to imply.`;
    case "above-maximum":
      return `A ${type} is never worth more than ${type === "call" ? "the forward" : "its strike"}, ${amount(most)}. No volatility gives more.`;
    case "infinite-vol":
      return `${amount(most)} is the most this ${type} can be worth: only an infinite volatility gives it.`;
    case "overflow":
      return "The numbers that follow from it are too large or too small for a computer to hold.";
    default:
      return sentenceCase(rangeWords(reason, quantity));
  }
}

const sentenceCase = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}.`;

/** The library says it of its own unit; the field may be in percent. */
function rangeWords(reason: string, quantity: OptionQuantity): string {
  if (!reason.includes(" must be ")) return reason;
  const { label } = fieldOf(quantity);
  const wanted = reason.includes("non-negative")
    ? "zero or more"
    : reason.includes("positive")
      ? "more than zero"
      : "a number";
  return `${label.toLowerCase()} must be ${wanted}`;
}
