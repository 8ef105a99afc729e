/** The position as lines, as text in an address, and why a line cannot be. */

/** One line of the position. */
export interface PositionLine {
  readonly type: "call" | "put" | "straddle";
  /** What is held: −1 is one sold. */
  readonly quantity: number;
  /** In per cent of the price now. */
  readonly strike: number;
}

const lineTypes = ["call", "put", "straddle"] as const;
export const mostLines = 5;
const strikes = [20, 500] as const;
const mostUnits = 100;

/** Why a line cannot be, by field; null where it can. */
export const quantityError = (quantity: number): string | null =>
  Number.isFinite(quantity) && quantity !== 0 && Math.abs(quantity) <= mostUnits
    ? null
    : `Expected a number from −${mostUnits} to ${mostUnits} other than 0. −1 is one sold.`;
export const strikeError = (strike: number): string | null =>
  strike >= strikes[0] && strike <= strikes[1]
    ? null
    : `Expected ${strikes[0]} to ${strikes[1]} % of the price now. 100 is at the money.`;

const lineText = ({ type, quantity, strike }: PositionLine): string =>
  `${type}_${Number(quantity.toPrecision(6))}_${Number(strike.toPrecision(6))}`;
export const linesText = (lines: readonly PositionLine[]): string => lines.map(lineText).join(".");

/** Lines of a text; null unless every one can be. */
export function linesOf(text: string): readonly PositionLine[] | null {
  // a decimal point is a full stop too: cut only before the name of a type
  const parts = text.split(/\.(?=[a-z])/);
  const lines = parts.map((part): PositionLine | null => {
    const [name, quantityText, strikeText, ...rest] = part.split("_");
    const type = lineTypes.find((known) => known === name);
    const [quantity, strike] = [quantityText, strikeText].map((t) => (t ? Number(t) : Number.NaN));
    if (type === undefined || rest.length > 0) return null;
    if (quantityError(quantity) !== null || strikeError(strike) !== null) return null;
    return { type, quantity, strike };
  });
  const known = lines.filter((line) => line !== null);
  return known.length === parts.length && known.length <= mostLines ? known : null;
}

/** Positions to begin with. */
export const presets = [
  { id: "call", label: "A call, sold", lines: "call_-1_100" },
  { id: "put", label: "A put, sold", lines: "put_-1_100" },
  { id: "straddle", label: "A straddle, sold", lines: "straddle_-1_100" },
  { id: "spread", label: "A call spread, sold", lines: "call_-1_100.call_1_115" },
  { id: "book", label: "A small book", lines: "call_-2_110.put_-1_90.straddle_0.5_100" },
] as const;
