/** How much to hold over the spot on one day, and where to leave it alone. */
import { Chart } from "../../charts/Chart.tsx";
import type { Layer } from "../../charts/layers.ts";
import { Select, Slider } from "../../ui/controls.tsx";
import { JobNotice } from "../../ui/JobNotice.tsx";
import { Panel } from "../../ui/Panel.tsx";
import type { HoldCurves, Holding } from "../../work/jobs/hedge/curves.ts";
import {
  config,
  curves,
  date,
  dateCount,
  daysAt,
  exact,
  learnedSoFar,
  trained,
} from "./hedgeState.ts";
import { looks } from "./looks.ts";
import { view } from "./settings.ts";

export function BandPanel() {
  const found = curves.result.value;
  const names = found?.instruments ?? [];
  const shown = Math.min(view.instrumentShown.value, Math.max(0, names.length - 1));
  return (
    <Panel
      title="How much to hold"
      note="Outside a band one trades to its nearer edge. Inside it one does nothing: the trade would cost more than the risk that it takes away."
      actions={
        names.length > 1 ? (
          <Select
            label="Instrument"
            value={String(shown)}
            options={names.map((name, j) => ({ value: String(j), label: name }))}
            onChange={(value) => (view.instrumentShown.value = Number(value))}
          />
        ) : undefined
      }
    >
      <Slider
        label="Day"
        min={0}
        max={dateCount.value - 1}
        step={1}
        value={date.value}
        format={(i) => dayText(i)}
        onInput={(i) => (view.date.value = i)}
      />
      <JobNotice job={curves} />
      {found === null ? (
        <p class="soft loading">Asking the rules…</p>
      ) : (
        <Chart
          title={`Units held over the price, ${dayText(found.date)}`}
          summary="The learned no-trade band, Black-Scholes delta, Whalley and Wilmott's band and, where it is known, the exact optimum's."
          x={{ label: "price of the underlying", domain: ends(found.spots) }}
          y={{ label: `units of ${names[shown] ?? ""}` }}
          layers={layersOf(found, shown)}
          height={330}
        />
      )}
      <p class="small soft chart-foot">
        {names.length > 1 ? "With nothing held in the other instrument before. " : ""}
        {footText()}
      </p>
    </Panel>
  );
}

const dayText = (index: number): string => {
  const days = daysAt(index);
  const last = daysAt(dateCount.value);
  return `${Number(days.toFixed(2))} of ${Number(last.toFixed(1))}`;
};

const ends = (values: readonly number[]): readonly [number, number] => [
  values[0],
  values[values.length - 1],
];

/** The learned band: of the finished training, or as it stands. */
function learnedNow(found: HoldCurves): readonly Holding[] | null {
  return trained.value === null ? learnedSoFar.value : found.learned;
}

function layersOf(found: HoldCurves, j: number): Layer[] {
  const { spots } = found;
  const layers: Layer[] = [];
  const learned = learnedNow(found)?.[j];
  if (learned !== undefined) layers.push(...learnedLayers(spots, learned));
  const best = exact.result.value;
  if (best !== null && !("reason" in best) && best.bands[found.date] !== undefined) {
    layers.push(...edges("exact", best.spots, best.bands[found.date]));
  }
  if (found.isLinear[j]) {
    layers.push(...edges("whalley", spots, found.whalley[j]));
    layers.push({ kind: "line", id: "delta", ...looks.delta, x: spots, y: found.delta[j].low });
  }
  layers.push({
    kind: "rule",
    id: "now",
    label: "price at the start",
    colour: "var(--control)",
    along: "y",
    at: config.value.market.spot,
    dash: "2 4",
  });
  return layers;
}

function learnedLayers(spots: readonly number[], { low, high }: Holding): Layer[] {
  const { colour } = looks.learned;
  const isBand = low.some((value, i) => Math.abs(high[i] - value) > 1e-6);
  const line = (id: string, y: readonly number[], label: string, unlisted: boolean): Layer => ({
    kind: "line",
    id,
    label,
    unlisted,
    colour,
    x: spots,
    y,
    width: 2.2,
  });
  if (!isBand) return [line("learned", low, looks.learned.label, false)];
  return [
    { kind: "band", id: "learned band", label: "learned band", colour, x: spots, low, high },
    line("learned low", low, "learned, lower edge", true),
    line("learned high", high, "learned, upper edge", true),
  ];
}

function edges(which: "exact" | "whalley", x: readonly number[], { low, high }: Holding): Layer[] {
  const look = looks[which];
  return [
    { kind: "line", id: `${which} low`, ...look, label: look.label, x, y: low },
    { kind: "line", id: `${which} high`, ...look, unlisted: true, x, y: high },
  ];
}

function footText(): string {
  const best = exact.result.value;
  if (best === null) return "";
  return "reason" in best
    ? `The exact optimum is not drawn: ${best.reason}. It is known for one call or put in constant volatility, hedged with the underlying alone, without funding.`
    : "The exact optimum comes from dynamic programming, backwards from the last day. The learned band never sees it.";
}
