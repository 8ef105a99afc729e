/** The smile of one expiry: quotes with bid and ask, every model's curve, and the tools to change a quote. */
import { useComputed, useSignal } from "@preact/signals";
import { Chart } from "../../charts/Chart.tsx";
import type { Layer } from "../../charts/layers.ts";
import { lookOf } from "../../charts/palette.ts";
import { dateText, type LabExpiry, smileGrid } from "../../market/labMarket.ts";
import { editQuotes } from "../../market/marketState.ts";
import { Panel } from "../../ui/Panel.tsx";
import { Select } from "../../ui/controls.tsx";
import { tenor } from "../../ui/numberText.ts";
import {
  cancelDrag,
  chooseExpiry,
  dragQuote,
  dragSmiles,
  dragTimes,
  dropQuote,
  expiryRank,
  modelTitles,
  rows,
  shownMarket,
  shownModels,
} from "./compareState.ts";
import { QuoteHandles } from "./QuoteHandles.tsx";
import { QuoteTools } from "./QuoteTools.tsx";

const percentTick = (v: number): string => `${Number((100 * v).toFixed(1))} %`;

export function SmilePanel() {
  const selected = useSignal<string | null>(null);
  const market = shownMarket.value;
  const rank = expiryRank.value;
  const expiry = market?.expiries[rank];
  const domain = useComputed(() => verticalDomain(shownMarket.value?.expiries[expiryRank.value]));
  if (market === null || expiry === undefined) return null;
  const remove = (id: string): void => {
    editQuotes(expiry.expiryMs, (quotes) =>
      quotes.length > 1 ? quotes.filter((quote) => quote.id !== id) : quotes,
    );
  };
  return (
    <Panel
      title={`Smile at ${tenor(expiry.yearsToExpiry)}`}
      note={
        <>
          Whiskers are bid and ask. Drag a dot up or down, or reach it with Tab and use the arrow
          keys; <kbd>Delete</kbd> removes it.
          {dragText()}
        </>
      }
      actions={
        <Select
          label="Expiry"
          value={String(rank)}
          options={market.expiries.map((e, i) => ({
            value: String(i),
            label: `${dateText(e.expiryMs)}, ${tenor(e.yearsToExpiry)}`,
          }))}
          onChange={(value) => chooseExpiry(Number(value))}
        />
      }
    >
      <Chart
        title={`Smile of ${market.underlying} at ${tenor(expiry.yearsToExpiry)}`}
        summary={`Implied volatility over log-moneyness: ${expiry.quotes.length} quotes with bid and ask, and the curves of the fitted models.`}
        x={{ label: "ln(K/F)" }}
        y={{ label: "implied volatility", format: percentTick, domain: domain.value }}
        layers={smileLayers(expiry, rank)}
        height={400}
        overlay={(axes) => (
          <QuoteHandles
            axes={axes}
            quotes={expiry.quotes}
            selected={selected.value}
            onSelect={(id) => (selected.value = id)}
            onMove={(id, mid) => dragQuote(rank, id, mid)}
            onDrop={dropQuote}
            onCancel={cancelDrag}
            onRemove={remove}
          />
        )}
      />
      <QuoteTools
        expiry={expiry}
        rank={rank}
        selected={expiry.quotes.find(({ id }) => id === selected.value) ?? null}
        onRemove={remove}
        onSelect={(id) => (selected.value = id)}
      />
    </Panel>
  );
}

/** What followed the last drag, and how fast. */
function dragText(): string {
  if (dragTimes.value.length === 0) return "";
  const parts = dragTimes.value.map(
    ({ models, ms }) =>
      `${models.map((name) => modelTitles[name]).join(", ")} ${Math.max(1, Math.round(ms))} ms`,
  );
  return ` The last refit while dragging took: ${parts.join("; ")}.`;
}

/** Room around the quotes, so that the axis does not run after a dragged quote. */
function verticalDomain(expiry: LabExpiry | undefined): readonly [number, number] | undefined {
  if (expiry === undefined) return undefined;
  const low = Math.min(...expiry.quotes.map(({ bidVol }) => bidVol));
  const high = Math.max(...expiry.quotes.map(({ askVol }) => askVol));
  const room = Math.max(0.12 * (high - low), 0.01);
  const round = (v: number, up: boolean): number =>
    (up ? Math.ceil(v * 50) : Math.floor(v * 50)) / 50;
  return [Math.max(0, round(low - room, false)), round(high + room, true)];
}

function smileLayers(expiry: LabExpiry, rank: number): Layer[] {
  const { quotes } = expiry;
  const k = quotes.map(({ logMoneyness }) => logMoneyness);
  const grid = smileGrid(expiry);
  const curves = shownModels.value.flatMap((name): Layer[] => {
    const vol = dragSmiles.value[name] ?? rows.value[name]?.smiles[rank];
    if (vol === undefined) return [];
    return [{ kind: "line", id: name, label: modelTitles[name], ...lookOf(name), x: grid, y: vol }];
  });
  return [
    {
      kind: "intervals",
      id: "quotes",
      label: "bid to ask",
      colour: "var(--quote)",
      x: k,
      low: quotes.map(({ bidVol }) => bidVol),
      high: quotes.map(({ askVol }) => askVol),
      faint: quotes.map(({ hidden }) => hidden === true),
    },
    ...curves,
  ];
}
