/** An explanation of a hedge as a trader reads it. */
import type { Estimate, Explanation, InstrumentExplanation } from "../../hedging/index.ts";

/** The text. */
export function explainText(found: Explanation): string {
  const { policy, spot, vol, yearsLeft, book, instruments, rules, worth, riskMeasure } = found;
  const lines = [
    `${policy}: ${days(yearsLeft)} left, spot ${figure(spot)}, volatility ${(100 * vol).toFixed(1)} %`,
    `Owed: value ${figure(book.value)}, delta ${units(book.delta)}, gamma ${figure(book.gamma)}, vega ${figure(book.vega)}`,
    "",
    ...instruments.flatMap(instrumentLines),
    "",
    ...rules.map(
      ({ name, positions, trades }) =>
        `${name} would hold ${positions.map(units).join(", ")} (trade ${trades.map(signed).join(", ")})`,
    ),
    "",
    `Risk from now on (${riskMeasure}): ${estimate(worth.riskWithout)} without a trade, ${estimate(worth.riskWith)} with it.`,
    worthLine(found),
    marginalLine(found),
  ];
  return `${lines.join("\n")}\n`;
}

function instrumentLines({
  name,
  held,
  position,
  trade,
  cost,
  band,
  centre,
  binding,
  wanted,
}: InstrumentExplanation): string[] {
  const size = Math.abs(trade);
  const deal =
    size < 1e-6
      ? `stay at ${units(held)}`
      : `${trade > 0 ? "buy" : "sell"} ${units(size)}, from ${units(held)} to ${units(position)}, at a cost of ${figure(cost)}`;
  const around = centre === null ? "" : ` around ${units(centre)}, the delta that is left`;
  const interval =
    band.high - band.low < 1e-6
      ? `always trades: from here to ${units(band.low)}`
      : `no trade from ${units(band.low)} to ${units(band.high)}${around}: ${placeOf(held, band)}`;
  const bound =
    binding === "none" ? "no limit binds" : `the ${binding} binds: it wants ${units(wanted)}`;
  return [`${name}: ${deal}`, `  ${interval}`, `  ${bound}`];
}

function placeOf(held: number, band: { readonly low: number; readonly high: number }): string {
  if (held < band.low) return "what is held is below";
  return held > band.high ? "what is held is above" : "what is held is inside";
}

function worthLine({ worth, instruments }: Explanation): string {
  if (instruments.every(({ trade }) => Math.abs(trade) < 1e-6)) return "No trade is proposed.";
  const { value, standardError } = worth.saved;
  const verdict =
    value > 2 * standardError
      ? "saves"
      : value < -2 * standardError
        ? "costs more than it saves by"
        : "makes no difference beyond its standard error:";
  return `The trade ${verdict} ${estimate({ value: Math.abs(value), standardError })}, its cost of ${figure(worth.cost)} counted.`;
}

function marginalLine({ worth }: Explanation): string {
  const { instrument, step, saved, cost } = worth.marginal;
  const more = step > 0 ? "bought" : "sold";
  return `At the proposed position one more unit of ${instrument} ${more} would save ${estimate(saved)} of risk and cost ${figure(cost)}.`;
}

const days = (years: number): string => `${(365 * years).toFixed(2)} days`;
const units = (value: number): string => value.toFixed(4);
const signed = (value: number): string => `${value >= 0 ? "+" : ""}${value.toFixed(4)}`;
const figure = (value: number): string =>
  Math.abs(value) >= 1000 ? value.toFixed(1) : Number(value.toPrecision(4)).toString();
const estimate = ({ value, standardError }: Estimate): string =>
  `${figure(value)} ± ${Number(standardError.toPrecision(2))}`;
