/** One expiry's smile: quotes as bid-ask bars, the model's curve, its Monte Carlo error as a band. */
import { area, line } from "d3-shape";
import type { QuoteFit } from "../calibrate/index.ts";
import { percentText } from "./numberText.ts";
import type { ReportSmile } from "./reportData.ts";
import { at, escapeText, extent, frame, plotArea, svg } from "./svg.ts";

interface CurvePoint {
  readonly k: number;
  readonly vol: number;
  readonly standardError: number;
}

/** SVG of a smile; the band is ± 2 standard errors, and quotes that the model misses have their own class. */
export function smilePlot(title: string, quotes: readonly QuoteFit[], smile: ReportSmile): string {
  const f = frame(224);
  const curve = smile.logMoneyness
    .map((k, i): CurvePoint => ({ k, vol: smile.vol[i], standardError: smile.standardError[i] }))
    .filter((p) => Number.isFinite(p.vol));
  const { x, y, axes } = plotArea(
    f,
    {
      label: "log-moneyness ln(K/F)",
      kind: "linear",
      extent: extent([...quotes.map((q) => q.logMoneyness), ...curve.map((p) => p.k)], 0.03),
    },
    {
      label: "implied vol, %",
      kind: "percent",
      extent: extent(
        [...quotes.flatMap((q) => [q.bidVol, q.askVol]), ...curve.map((p) => p.vol)],
        0.06,
      ),
    },
  );
  const clamp = (v: number): number => Math.min(f.height - f.bottom, Math.max(f.top, y(v)));
  const spread = (p: CurvePoint): number => 2 * (p.standardError || 0);
  const band = area<CurvePoint>()
    .x((p) => x(p.k))
    .y0((p) => clamp(p.vol - spread(p)))
    .y1((p) => clamp(p.vol + spread(p)))
    .digits(1);
  const path = line<CurvePoint>()
    .x((p) => x(p.k))
    .y((p) => y(p.vol))
    .digits(1);
  const bars = quotes.map((q) => {
    const [ask, bid, px] = [at(y(q.askVol)), at(y(q.bidVol)), x(q.logMoneyness)];
    const missed = Math.abs(q.spreads) <= 1 ? "" : " missed";
    return `<g class="quote${missed}"><title>${escapeText(q.instrument)}: bid ${percentText(q.bidVol, 2)}, ask ${percentText(q.askVol, 2)}, model ${percentText(q.modelVol, 2)}</title><path d="M${at(px)} ${ask}V${bid}M${at(px - 2)} ${ask}h4M${at(px - 2)} ${bid}h4"/></g>`;
  });
  return svg(
    f,
    title,
    `${axes}<path class="band" d="${band(curve) ?? ""}"/><path class="curve" d="${path(curve) ?? ""}"/>${bars.join("")}`,
  );
}
