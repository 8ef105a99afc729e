/** A sample of losses as a histogram and quantiles of profit. */
import type { LossSample } from "../evaluate.ts";
import type { ProfitSample } from "./studyDocument.ts";

const bins = 60;
/** Shares outside this range go to the outermost bins: a far tail would flatten the rest. */
const shownRange = [0.002, 0.998] as const;
const shownQuantiles = [0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** Profit from the fair value of a sample. */
export function histogramOf(
  name: string,
  { losses, weights }: Pick<LossSample, "losses" | "weights">,
  fairValue: number,
): ProfitSample {
  const order = Array.from(losses.keys()).sort((a, b) => losses[b] - losses[a]);
  const profits = Float64Array.from(order, (i) => fairValue - losses[i]);
  const shares = Float64Array.from(order, (i) => (weights?.[i] ?? 1) / losses.length);
  const below = new Float64Array(profits.length);
  let sum = 0;
  shares.forEach((share, i) => {
    sum += share;
    below[i] = sum;
  });
  const quantile = (share: number): number => {
    const at = below.findIndex((own) => own >= share * sum);
    return profits[at < 0 ? profits.length - 1 : at];
  };
  const [low, high] = shownRange.map(quantile);
  const span = high - low || Math.abs(high) || 1;
  const edges = Array.from({ length: bins + 1 }, (_, i) => low + (span * i) / bins);
  const counts = Array.from({ length: bins }, () => 0);
  profits.forEach((profit, i) => {
    const bin = Math.floor((bins * (profit - low)) / span);
    counts[Math.min(bins - 1, Math.max(0, bin))] += shares[i] / sum;
  });
  return {
    name,
    edges,
    shares: counts,
    quantiles: shownQuantiles.map((share) => [share, quantile(share)]),
  };
}
