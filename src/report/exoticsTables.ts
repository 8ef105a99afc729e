/** Exotics in tables: how consistent each model is, and what each contract costs under each. */
import type { CompareDocument, ExoticsComparison, ModelComparison } from "../compare/index.ts";
import { htmlTable, section } from "./htmlParts.ts";
import { countText, fixedText, percentText } from "./numberText.ts";
import { escapeText } from "./svg.ts";

const none = "–";
const orNone = (value: number | null, text: (value: number) => string): string =>
  value === null ? none : text(value);

type Asked = ModelComparison & { readonly exotics: ExoticsComparison };

const isAsked = (model: ModelComparison): model is Asked => model.exotics !== null;

/** The section, or nothing where no exotics were asked for. */
export function exoticsSection({ models, exoticDates }: CompareDocument): string {
  const asked = models.filter(isAsked);
  if (asked.length === 0) return "";
  const priced = asked.filter(({ exotics }) => exotics.message === "");
  const dates = exoticDates.map((iso) => iso.slice(0, 10));
  return section(
    "exotics",
    "Contracts on several dates",
    `Fixings on ${countText(dates.length)} listed expiries, ${dates[0]} to ${dates[dates.length - 1]}. Only dynamics can price them: a surface or a set of smiles says nothing of two dates together. Vanillas are priced on the very paths that price the exotics; all errors are net of Monte Carlo noise. The shift is the root mean square change of the contracts' prices when the model is fitted without every third strike.`,
    `${consistencyTable(asked)}${reasons(asked)}${priced.length === 0 ? "" : priceTable(priced)}`,
  );
}

const consistencyTable = (models: readonly Asked[]): string =>
  htmlTable(
    "One simulation for everything: vol points, and the shift of prices",
    [
      "Model",
      "Prices them",
      "Vanillas, less own surface",
      "Vanillas, less market",
      "Noise",
      "Shift without strikes",
    ],
    models.map(({ title, exotics }) => [
      title,
      { text: exotics.message === "" ? "✓ yes" : "✗ no" },
      orNone(exotics.vanillaRmseVolPoints, (v) => fixedText(v)),
      orNone(exotics.vanillaMarketRmseVolPoints, (v) => fixedText(v)),
      orNone(exotics.noiseVolPoints, (v) => fixedText(v)),
      orNone(exotics.heldOutStrikeShift, (v) => percentText(v, 2)),
    ]),
  );

/** Why models have no price, each reason once. */
function reasons(models: readonly Asked[]): string {
  const refused = models.filter(({ exotics }) => exotics.message !== "");
  return [...Map.groupBy(refused, ({ exotics }) => exotics.message)]
    .map(
      ([message, group]) =>
        `<p class="soft">${escapeText(`No price from ${group.map(({ title }) => title).join(", ")}: ${message}.`)}</p>`,
    )
    .join("");
}

/** One row a contract, one column a model. */
function priceTable(models: readonly Asked[]): string {
  const [first] = models;
  const rows = first.exotics.contracts.flatMap(({ title, impliedVol }, c) => [
    [
      title,
      ...models.map(({ exotics }) => {
        const { price, standardError } = exotics.contracts[c];
        return `${fixedText(100 * price)} ± ${fixedText(100 * standardError)}`;
      }),
    ],
    ...(impliedVol === null
      ? []
      : [
          [
            "… as a volatility",
            ...models.map(({ exotics }) =>
              orNone(exotics.contracts[c].impliedVol, (v) => percentText(v)),
            ),
          ],
        ]),
  ]);
  const spread = widest(models);
  return `${htmlTable("Prices in % of the forward, ± one standard error", ["Contract", ...models.map(({ title }) => title)], rows)}${spread === "" ? "" : `<p class="soft">${escapeText(spread)}</p>`}`;
}

/** Where models that price disagree most, relative to the price. */
function widest(models: readonly Asked[]): string {
  if (models.length < 2) return "";
  const spreads = models[0].exotics.contracts.map(({ title }, c) => {
    const prices = models.map(({ exotics }) => exotics.contracts[c].price);
    return { title, spread: Math.max(...prices) / Math.min(...prices) - 1 };
  });
  const { title, spread } = spreads.reduce((a, b) => (b.spread > a.spread ? b : a));
  return Number.isFinite(spread)
    ? `The models disagree most on: ${title}, by ${percentText(spread, 0)} between the cheapest and the dearest.`
    : "";
}
