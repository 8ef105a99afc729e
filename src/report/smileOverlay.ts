/** One expiry's quotes with the smiles of several models over them. */
import { line } from "d3-shape";
import { percentText } from "./numberText.ts";
import { at, escapeText, extent, frame, plotArea, svg } from "./svg.ts";

/** A quote as a bar from bid to ask. Volatilities decimal. */
export interface OverlayQuote {
  readonly instrument: string;
  readonly logMoneyness: number;
  readonly bidVol: number;
  readonly askVol: number;
  /** Drawn pale: the models were not shown it. */
  readonly isHidden: boolean;
}

/** A model's smile; `className` gives its colour and lets the reader hide it. */
export interface OverlayCurve {
  readonly name: string;
  readonly className: string;
  /** [point] k = ln(K/F), and volatility; NaN where there is none. */
  readonly logMoneyness: readonly number[];
  readonly vol: readonly number[];
}

/** How far the axis follows a curve that leaves the quotes, as a share of their range. */
const followShare = 0.35;

/** SVG of the overlay; `id` must be unique in the page. A curve that leaves the quotes far behind is cut off. */
export function smileOverlay(
  id: string,
  title: string,
  quotes: readonly OverlayQuote[],
  curves: readonly OverlayCurve[],
): string {
  const f = frame(236);
  const bars = extent(
    quotes.flatMap((quote) => [quote.bidVol, quote.askVol]),
    0.08,
  );
  const room = followShare * (bars[1] - bars[0]);
  const all = extent(curves.flatMap(({ vol }) => [...vol]));
  const { x, y, axes } = plotArea(
    f,
    {
      label: "log-moneyness ln(K/F)",
      kind: "linear",
      extent: extent(
        [
          ...quotes.map((quote) => quote.logMoneyness),
          ...curves.flatMap(({ logMoneyness }) => [...logMoneyness]),
        ],
        0.02,
      ),
    },
    {
      label: "implied vol, %",
      kind: "percent",
      extent: [
        Math.min(bars[0], Math.max(all[0], bars[0] - room)),
        Math.max(bars[1], Math.min(all[1], bars[1] + room)),
      ],
    },
  );
  const path = line<readonly [number, number]>()
    .defined(([, vol]) => Number.isFinite(vol))
    .x(([k]) => x(k))
    // far outside the frame is as good as further: it keeps numbers short
    .y(([, vol]) => Math.min(2 * f.height, Math.max(-f.height, y(vol))))
    .digits(1);
  const drawn = curves.map(
    ({ name, className, logMoneyness, vol }) =>
      `<path class="curve ${className}" d="${path(logMoneyness.map((k, i) => [k, vol[i]] as const)) ?? ""}"><title>${escapeText(name)}</title></path>`,
  );
  const marks = quotes.map((quote) => {
    const [ask, bid, px] = [at(y(quote.askVol)), at(y(quote.bidVol)), x(quote.logMoneyness)];
    return `<g class="quote${quote.isHidden ? " hidden" : ""}"><title>${escapeText(quote.instrument)}: bid ${percentText(quote.bidVol, 2)}, ask ${percentText(quote.askVol, 2)}</title><path d="M${at(px)} ${ask}V${bid}M${at(px - 2)} ${ask}h4M${at(px - 2)} ${bid}h4"/></g>`;
  });
  const clip = `<clipPath id="${id}"><rect x="${f.left}" y="${f.top}" width="${f.width - f.left - f.right}" height="${f.height - f.top - f.bottom}"/></clipPath>`;
  return svg(
    f,
    title,
    `${clip}${axes}${marks.join("")}<g clip-path="url(#${id})">${drawn.join("")}</g>`,
  );
}
