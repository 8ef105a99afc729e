/** The fields of the explorer: what each is, in plain words, and how many digits are shown. */
import type { OptionQuantity, OptionRoot } from "volterra/formulas";

export interface Field {
  readonly quantity: OptionQuantity;
  readonly label: string;
  readonly symbol: string;
  readonly unit: string;
  /** The value shown is the library's times this: 100 for percent. */
  readonly scale: number;
  readonly text: (value: number) => string;
  readonly note: string;
}

export interface FieldGroup {
  readonly root: OptionRoot;
  readonly title: string;
  /** What an edit in this group moves, and what stays. */
  readonly rule: string;
  readonly fields: readonly Field[];
}

/** Significant digits, no exponent in the usual range. */
const significant =
  (digits: number) =>
  (value: number): string => {
    if (value === 0) return "0";
    const size = Math.abs(value);
    if (size >= 1e12 || size < 1e-9) return value.toExponential(digits - 1);
    const decimals = Math.min(14, Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
    return value.toFixed(decimals);
  };

const fixed =
  (decimals: number) =>
  (value: number): string => {
    const size = Math.abs(value);
    // a delta of 0.00004 is not zero: below the last place digits count instead
    return size !== 0 && size < 10 ** (1 - decimals)
      ? significant(2)(value)
      : value.toFixed(decimals);
  };

/** Whole numbers stay whole: 30, 62000; others get up to this many significant digits. */
const short =
  (digits: number) =>
  (value: number): string =>
    String(Number(value.toPrecision(digits)));

function field(
  quantity: OptionQuantity,
  symbol: string,
  label: string,
  unit: string,
  text: (value: number) => string,
  note: string,
  scale = 1,
): Field {
  return { quantity, symbol, label, unit, text, note, scale };
}

export const groups: readonly FieldGroup[] = [
  {
    root: "vol",
    title: "Volatility and price",
    rule: "An edit here moves the volatility. Time, forward and strike stay.",
    fields: [
      field("vol", "σ", "Implied volatility", "%", fixed(2), "Size of a year's typical move", 100),
      field(
        "annualVariance",
        "σ²",
        "Annualised variance",
        "per year",
        significant(5),
        "Volatility squared",
      ),
      field(
        "totalVariance",
        "w",
        "Total variance",
        "no unit",
        significant(5),
        "Variance up to the expiry: σ² times years",
      ),
      field(
        "price",
        "p",
        "Option price",
        "currency",
        significant(6),
        "Paid at the expiry (undiscounted)",
      ),
      field(
        "coinPrice",
        "c",
        "Option price in coin",
        "coin",
        significant(6),
        "The same, in units of the underlying: p / F",
      ),
    ],
  },
  {
    root: "years",
    title: "Time to expiry",
    rule: "An edit here moves the time. Volatility, forward and strike stay; prices follow.",
    fields: [
      field("days", "", "Days", "days", short(8), "Calendar days; a year has 365"),
      field("years", "T", "Years", "years", significant(6), "Days / 365"),
    ],
  },
  {
    root: "forward",
    title: "Underlying",
    rule: "Spot and carry move the forward; an edit of the forward changes the carry. The strike stays.",
    fields: [
      field("spot", "S", "Spot", "currency", short(8), "Price for delivery now"),
      field(
        "forward",
        "F",
        "Forward",
        "currency",
        short(8),
        "Price agreed today for delivery at the expiry",
      ),
      field(
        "carry",
        "b",
        "Carry",
        "% a year",
        fixed(3),
        "How much the forward is above spot, as a yearly rate",
        100,
      ),
    ],
  },
  {
    root: "strike",
    title: "Strike",
    rule: "An edit here moves the strike. Forward, time and volatility stay.",
    fields: [
      field(
        "strike",
        "K",
        "Strike",
        "currency",
        short(8),
        "Price at which the option trades the underlying",
      ),
      field(
        "logMoneyness",
        "k",
        "Log-moneyness",
        "no unit",
        fixed(5),
        "ln(K/F): 0 at the forward, about −0.10 for a strike 10 % below",
      ),
      field(
        "standardisedMoneyness",
        "z",
        "Standardised moneyness",
        "deviations",
        fixed(4),
        "Distance to the forward in typical moves: k / (σ√T)",
      ),
      field(
        "delta",
        "Δ",
        "Delta, forward",
        "per coin",
        fixed(4),
        "Units of the forward that hedge one option",
      ),
      field(
        "adjustedDelta",
        "Δₚₐ",
        "Delta, premium-adjusted",
        "per coin",
        fixed(4),
        "The same when the price is paid in coin: Δ − c",
      ),
    ],
  },
];

const fields: readonly Field[] = groups.flatMap((group) => group.fields);

export function fieldOf(quantity: OptionQuantity): Field {
  const found = fields.find((entry) => entry.quantity === quantity);
  if (found === undefined) throw new Error(`the explorer has no field ${quantity}`);
  return found;
}

/** A value of the library as the field shows it, without its unit. */
export const shown = (quantity: OptionQuantity, value: number): string => {
  const { text, scale } = fieldOf(quantity);
  return text(scale * value).replace(/^-(0(\.0*)?)$/, "$1");
};

/** The same with its symbol and unit: "σ = 52.00 %". */
export function sentence(quantity: OptionQuantity, value: number): string {
  const { symbol, label, unit } = fieldOf(quantity);
  const suffix = unit === "%" ? " %" : unit === "% a year" ? " % a year" : "";
  const days = unit === "days" ? " days" : "";
  return `${symbol === "" ? label.toLowerCase() : symbol} = ${shown(quantity, value)}${suffix}${days}`;
}
