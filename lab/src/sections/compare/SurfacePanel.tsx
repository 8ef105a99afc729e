/** The whole surface of one model in three dimensions, and how far it is from every quote. */
import { useSignal, useSignalEffect } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import { Chart } from "../../charts/Chart.tsx";
import type { Layer } from "../../charts/layers.ts";
import { lookOf } from "../../charts/palette.ts";
import type { SceneQuote } from "../../charts/surfaceScene.ts";
import { type LabMarket, midVol } from "../../market/labMarket.ts";
import { market } from "../../market/marketState.ts";
import { Panel } from "../../ui/Panel.tsx";
import { Select } from "../../ui/controls.tsx";
import { tenor } from "../../ui/numberText.ts";
import type { ModelRow } from "../../work/jobs/modelRow.ts";
import type { SurfaceGrid } from "../../work/jobs/surfaceGrid.ts";
import { type ModelName, modelTitles, rows, shownModels, surfaceOf } from "./compareState.ts";

const Surface3d = lazy(() => import("../../charts/Surface3d.tsx"));

interface Drawn {
  readonly row: ModelRow;
  readonly market: LabMarket;
  readonly grid: SurfaceGrid;
}

export function SurfacePanel() {
  const chosen = useSignal<ModelName>("neural-sde");
  const drawn = useSignal<Drawn | null>(null);
  const fittedModels = shownModels.value.filter((name) => rows.value[name]?.inside != null);
  const name = fittedModels.includes(chosen.value) ? chosen.value : fittedModels[0];
  useSignalEffect(() => {
    const now = market.value;
    const names = shownModels.value.filter((other) => rows.value[other]?.inside != null);
    const wanted = names.includes(chosen.value) ? chosen.value : names[0];
    const row = wanted === undefined ? undefined : rows.value[wanted];
    const before = drawn.peek();
    // a second report of the same fit adds its certificate and leaves the surface as it is
    if (now === null || row === undefined || before?.row.smiles === row.smiles) return;
    surfaceOf(wanted, now).then(
      (grid) => {
        if (grid !== null && rows.peek()[wanted]?.smiles === row.smiles)
          drawn.value = { row, market: now, grid };
      },
      () => undefined, // its worker was stopped for a newer market, whose surface will come
    );
  });
  if (name === undefined) return null;
  const shown = drawn.value;
  return (
    <Panel
      title="The whole surface"
      note="Stems join each quote to the surface; red ones lie outside bid and ask. On the right, the same distances in units of half a spread: within ±1 is inside."
      actions={
        <Select
          label="Model of the surface"
          value={name}
          options={fittedModels.map((value) => ({ value, label: modelTitles[value] }))}
          onChange={(value) => (chosen.value = value)}
        />
      }
    >
      {shown === null ? (
        <p class="soft">Fitting…</p>
      ) : (
        <div class="surface-row">
          <Suspense fallback={<p class="soft">Loading the picture…</p>}>
            <Surface3d
              title={`Surface of ${shown.row.title}`}
              scene={{ ...shown.grid, quotes: sceneQuotes(shown) }}
            />
          </Suspense>
          <Chart
            title={`Residuals of ${shown.row.title}`}
            x={{ label: "ln(K/F)" }}
            y={{ label: "distance from mid, half spreads", include: [-1.5, 1.5] }}
            layers={residualLayers(shown)}
            height={380}
          />
        </div>
      )}
    </Panel>
  );
}

function sceneQuotes({ row, market: now }: Drawn): SceneQuote[] {
  let n = 0;
  return now.expiries.flatMap(({ yearsToExpiry, quotes }) =>
    quotes.map((quote): SceneQuote => {
      const spreads = row.spreads[n++];
      const half = (quote.askVol - quote.bidVol) / 2;
      return {
        k: quote.logMoneyness,
        years: yearsToExpiry,
        mid: midVol(quote),
        model: midVol(quote) + spreads * half,
        isInside: Math.abs(spreads) <= 1,
      };
    }),
  );
}

const dotColours = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

/** Dots of all expiries, in five groups from near to far so that the legend stays short. */
function residualLayers({ row, market: now }: Drawn): Layer[] {
  const groups = Math.min(dotColours.length, now.expiries.length);
  const per = Math.ceil(now.expiries.length / groups);
  const dots = Array.from({ length: groups }, (_, g): Layer[] => {
    const own = now.expiries.slice(g * per, (g + 1) * per);
    if (own.length === 0) return [];
    const start = now.expiries.slice(0, g * per).reduce((sum, e) => sum + e.quotes.length, 0);
    const k = own.flatMap((e) => e.quotes.map((quote) => quote.logMoneyness));
    const [a, b] = [own[0], own[own.length - 1]].map((e) => tenor(e.yearsToExpiry));
    return [
      {
        kind: "dots",
        id: `group-${g}`,
        label: a === b ? a : `${a} to ${b}`,
        colour: dotColours[g],
        x: k,
        y: row.spreads.slice(start, start + k.length),
        radius: 2.6,
      },
    ];
  }).flat();
  const rule = (at: number): Layer => ({
    kind: "rule",
    id: `at ${at}`,
    label: at === 1 ? "ask" : "bid",
    unlisted: true,
    colour: lookOf(row.name).colour,
    along: "x",
    at,
  });
  return [rule(1), rule(-1), ...dots];
}
