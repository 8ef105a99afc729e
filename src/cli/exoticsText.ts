/** The exotics of a comparison for a terminal: how consistent each model is, and its main prices. */
import type { CompareDocument, ExoticsComparison } from "../compare/index.ts";
import { textTable } from "./textTable.ts";

const none = "–";
const fixed = (value: number | null | undefined, digits: number, scale = 1): string =>
  value === null || value === undefined ? none : (scale * value).toFixed(digits);

/** Lines to add to the summary; none where exotics were not asked for. */
export function exoticsText({ models, exoticDates }: CompareDocument): string[] {
  const asked = models.flatMap(({ name, exotics }) =>
    exotics === null ? [] : [{ name, exotics }],
  );
  if (asked.length === 0) return [];
  const priced = asked.filter(({ exotics }) => exotics.message === "");
  const others = Map.groupBy(
    asked.filter(({ exotics }) => exotics.message !== ""),
    ({ exotics }) => exotics.message,
  );
  const day = (iso: string): string => iso.slice(0, 10);
  const header = ["model", "own", "market", "shift", "fwd vol", "skew"];
  const prices = ["cliquet", "d-i put", "u-o call", "touch", "vol swap"];
  return [
    "",
    `Exotics on the fixings of ${exoticDates.length} expiries, ${day(exoticDates[0])} to ${day(exoticDates[exoticDates.length - 1])}`,
    "",
    ...(priced.length === 0
      ? []
      : [
          textTable(
            [...header, ...prices],
            priced.map(({ name, exotics }) => [name, ...cells(exotics)]),
          ),
          "",
          "own, market: vanillas priced by the very paths, less the model's surface and less the market",
          `(RMSE in vol points, net of noise ${noiseText(priced.map(({ exotics }) => exotics))}); shift: how far prices move,`,
          "in %, without every third strike; fwd vol, skew: forward-start call at the money and put a",
          "deviation below, as volatilities in %; prices in % of the forward (docs/compare.md).",
        ]),
    ...[...others].map(
      ([message, group]) => `No price: ${group.map(({ name }) => name).join(", ")}: ${message}`,
    ),
  ];
}

function cells(exotics: ExoticsComparison): string[] {
  const of = (name: string) => exotics.contracts.find((contract) => contract.name === name);
  const call = of("forward-start-call")?.impliedVol ?? null;
  const put = of("forward-start-put")?.impliedVol ?? null;
  return [
    fixed(exotics.vanillaRmseVolPoints, 2),
    fixed(exotics.vanillaMarketRmseVolPoints, 2),
    fixed(exotics.heldOutStrikeShift, 2, 100),
    fixed(call, 1, 100),
    call === null || put === null ? none : `${put < call ? "" : "+"}${fixed(put - call, 1, 100)}`,
    ...["cliquet", "down-and-in-put", "up-and-out-call", "one-touch", "volatility-swap"].map(
      (name) => fixed(of(name)?.price, 2, 100),
    ),
  ];
}

function noiseText(priced: readonly ExoticsComparison[]): string {
  const noise = priced.flatMap(({ noiseVolPoints }) => noiseVolPoints ?? []);
  if (noise.length === 0) return "of Monte Carlo";
  const [low, high] = [Math.min(...noise), Math.max(...noise)].map((v) => v.toFixed(2));
  return low === high ? `of ${low}` : `of ${low} to ${high}`;
}
