/** The figures of a comparison's smiles: every expiry that is measured, the curves of all models. */
import { type Comparison, volAt } from "../compare/index.ts";
import { modelColours } from "./compareColours.ts";
import { figure } from "./htmlParts.ts";
import { countText } from "./numberText.ts";
import { smileOverlay } from "./smileOverlay.ts";

/** Points of a curve, and its length beyond the outermost quotes as a share of their distance. */
const points = 61;
const margin = 0.06;
/** Most quotes of a figure that are drawn, evenly over the strikes. */
const mostQuotes = 70;

export const compareSmileCount = ({ task }: Comparison): number => task.measured.expiries.length;

/** One figure an expiry. */
export function compareSmiles({ task, evaluations, document }: Comparison): string[] {
  const colours = modelColours(document.models);
  const shown = new Set(
    task.fitted.expiries.flatMap(({ quotes }) => quotes.map(({ instrument }) => instrument)),
  );
  return task.measured.expiries.map(({ quotes, expiryMs, yearsToExpiry }, index) => {
    const [low, high] = [quotes[0].logMoneyness, quotes[quotes.length - 1].logMoneyness];
    const from = low - margin * (high - low);
    const width = (1 + 2 * margin) * (high - low);
    const logMoneyness = Array.from(
      { length: points },
      (_, i) => from + (width * i) / (points - 1),
    );
    const curves = evaluations.flatMap(({ fit, comparison }) => {
      const { surface } = fit;
      if (surface === null) return [];
      return [
        {
          name: comparison.title,
          className: colours.get(comparison.name) ?? "",
          logMoneyness,
          vol: logMoneyness.map((k) => volAt(surface, k, yearsToExpiry)),
        },
      ];
    });
    const step = Math.ceil(quotes.length / mostQuotes);
    const drawn = quotes
      .filter((quote, i) => i % step === 0 || (task.hidden !== null && shown.has(quote.instrument)))
      .map((quote) => ({
        instrument: quote.instrument,
        logMoneyness: quote.logMoneyness,
        bidVol: quote.bidVol,
        askVol: quote.askVol,
        isHidden: !shown.has(quote.instrument),
      }));
    const date = new Date(expiryMs).toISOString().slice(0, 10);
    const note = `${(365 * yearsToExpiry).toFixed(1)} days, ${countText(quotes.length)} quotes${drawn.length < quotes.length ? `, ${countText(drawn.length)} drawn` : ""}`;
    return figure(
      date,
      note,
      smileOverlay(`clip-${index}`, `Smiles of ${date}: ${note}`, drawn, curves),
    );
  });
}
