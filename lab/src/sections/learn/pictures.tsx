/** The moving pictures of a training run. */
import { useComputed } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import { Chart } from "../../charts/Chart.tsx";
import type { Layer } from "../../charts/layers.ts";
import type { SurfaceScene } from "../../charts/surfaceScene.ts";
import {
  dateText,
  type LabExpiry,
  type LabMarket,
  midVol,
  smileGrid,
} from "../../market/labMarket.ts";
import { market } from "../../market/marketState.ts";
import { Select } from "../../ui/controls.tsx";
import { percent, tenor } from "../../ui/numberText.ts";
import { Panel } from "../../ui/Panel.tsx";
import type { TrainFrame } from "../../work/jobs/train.ts";
import { frames, latest, runMarket, settings } from "./learnState.ts";

const Surface3d = lazy(() => import("../../charts/Surface3d.tsx"));
const neural = "var(--m-neural-sde)";
const percentTick = (v: number): string => `${Number((100 * v).toFixed(1))} %`;

function shownMarket(): LabMarket | null {
  return runMarket.value ?? market.value;
}

export function SmilePanel() {
  const now = shownMarket();
  if (now === null) return null;
  const rank = Math.min(Math.round(settings.expiry.value), now.expiries.length - 1);
  const expiry = now.expiries[rank];
  return (
    <Panel
      title={`Smile at ${tenor(expiry.yearsToExpiry)}`}
      actions={
        <Select
          label="Expiry"
          value={String(rank)}
          options={now.expiries.map((e, i) => ({
            value: String(i),
            label: `${dateText(e.expiryMs)}, ${tenor(e.yearsToExpiry)}`,
          }))}
          onChange={(value) => (settings.expiry.value = Number(value))}
        />
      }
    >
      <Chart
        title={`The model's smile and the quotes at ${tenor(expiry.yearsToExpiry)}`}
        summary="Implied volatility over log-moneyness: quotes with bid and ask, the model before training, after the iteration before, and as it stands."
        x={{ label: "ln(K/F)" }}
        y={{ label: "implied volatility", format: percentTick, domain: domainOf(expiry) }}
        layers={smileLayers(expiry, rank)}
        height={340}
      />
    </Panel>
  );
}

function domainOf({ quotes }: LabExpiry): readonly [number, number] {
  const low = Math.min(...quotes.map(({ bidVol }) => bidVol));
  const high = Math.max(...quotes.map(({ askVol }) => askVol));
  const room = 0.35 * (high - low) + 0.01;
  return [Math.max(0, low - room), high + room];
}

function smileLayers(expiry: LabExpiry, rank: number): Layer[] {
  const all = frames.value;
  const last = all[all.length - 1];
  const quotes: Layer = {
    kind: "intervals",
    id: "quotes",
    label: "bid to ask",
    colour: "var(--quote)",
    x: expiry.quotes.map(({ logMoneyness }) => logMoneyness),
    low: expiry.quotes.map(({ bidVol }) => bidVol),
    high: expiry.quotes.map(({ askVol }) => askVol),
    faint: expiry.quotes.map(({ hidden }) => hidden === true),
  };
  if (last === undefined) return [quotes];
  const x = smileGrid(expiry, all[0].smiles[rank].length);
  const trail = all.slice(1, -1).map(
    (frame, i): Layer => ({
      kind: "line",
      id: `frame ${frame.iteration}`,
      label: `after ${frame.iteration}`,
      unlisted: true,
      colour: neural,
      x,
      y: frame.smiles[rank],
      width: 1,
      opacity: 0.25 + (0.4 * (i + 1)) / all.length,
    }),
  );
  return [
    quotes,
    {
      kind: "line",
      id: "start",
      label: "before training",
      colour: "var(--c1)",
      x,
      y: all[0].smiles[rank],
      dash: "6 4",
    },
    ...trail,
    {
      kind: "line",
      id: "now",
      label: `after iteration ${last.iteration}`,
      colour: neural,
      x,
      y: last.smiles[rank],
      width: 2.6,
    },
  ];
}

export function LossPanel() {
  const learned = frames.value.filter(
    (frame): frame is TrainFrame & { loss: number } => frame.loss !== null,
  );
  const x = learned.map(({ iteration }) => iteration);
  return (
    <Panel title="Loss and share inside">
      <Chart
        title="Loss by iteration"
        x={{ label: "iteration", domain: [0, Math.max(6, x[x.length - 1] ?? 0)], format: String }}
        y={{ label: "mean loss (log)", scale: "log" }}
        layers={[
          {
            kind: "line",
            id: "loss",
            label: "loss",
            colour: neural,
            x,
            y: learned.map(({ loss }) => loss),
            width: 2.2,
          },
          {
            kind: "dots",
            id: "dots",
            label: "",
            unlisted: true,
            colour: neural,
            x,
            y: learned.map(({ loss }) => loss),
          },
        ]}
        height={190}
      />
      <Chart
        title="Share of quotes inside bid and ask by iteration"
        x={{ label: "iteration", domain: [0, Math.max(6, x[x.length - 1] ?? 0)], format: String }}
        y={{ label: "inside", domain: [0, 1], format: (v) => percent(v, 0) }}
        layers={[
          {
            kind: "line",
            id: "inside",
            label: "share inside bid and ask",
            colour: "var(--c3)",
            x,
            y: learned.map(({ insideShare }) => insideShare ?? Number.NaN),
            width: 2.2,
          },
        ]}
        height={190}
      />
    </Panel>
  );
}

export function PathsPanel() {
  const frame = latest.value;
  const now = shownMarket();
  const last = now?.expiries[now.expiries.length - 1];
  const x = frame?.times.map((t) => 365 * t) ?? [];
  const lines = (frame?.paths ?? []).slice(0, 40).map(
    (path, i): Layer => ({
      kind: "line",
      id: `path ${i}`,
      label: `path ${i + 1}`,
      unlisted: true,
      colour: i % 8 === 0 ? "var(--accent)" : "var(--control)",
      x,
      y: path.map((v) => 100 * Math.exp(v)),
      width: i % 8 === 0 ? 1.4 : 0.7,
      opacity: i % 8 === 0 ? 1 : 0.5,
    }),
  );
  return (
    <Panel
      title="Prices the model can imagine"
      note="40 simulated paths of the price over its forward, at the present parameters."
    >
      <Chart
        title="Simulated paths"
        x={{ label: "days", domain: [0, 365 * (last?.yearsToExpiry ?? 1)] }}
        y={{ label: "price over forward, %", include: [60, 150] }}
        layers={lines}
        height={340}
      />
    </Panel>
  );
}

export function SurfacePanel() {
  const scene = useComputed((): SurfaceScene | null => {
    const frame = latest.value;
    const now = runMarket.value;
    return frame === null || now === null ? null : sceneOf(frame, now);
  });
  if (scene.value === null) return null;
  return (
    <Panel
      title="The whole surface"
      note="Stems join each quote to the surface; red ones lie outside bid and ask."
    >
      <Suspense fallback={<p class="soft">Loading the picture…</p>}>
        <Surface3d title="Surface of the neural SDE in training" scene={scene.value} />
      </Suspense>
    </Panel>
  );
}

function sceneOf(frame: TrainFrame, now: LabMarket): SurfaceScene {
  const k = now.expiries.map((expiry) => smileGrid(expiry, frame.smiles[0].length));
  return {
    years: now.expiries.map(({ yearsToExpiry }) => yearsToExpiry),
    k,
    vol: frame.smiles,
    quotes: now.expiries.flatMap((expiry, e) =>
      expiry.quotes.map((quote) => {
        const model = between(k[e], frame.smiles[e], quote.logMoneyness);
        return {
          k: quote.logMoneyness,
          years: expiry.yearsToExpiry,
          mid: midVol(quote),
          model,
          isInside: model >= quote.bidVol && model <= quote.askVol,
        };
      }),
    ),
  };
}

/** y at x between the points around it. */
function between(xs: readonly number[], ys: readonly number[], x: number): number {
  const i = Math.min(
    xs.length - 1,
    Math.max(
      1,
      xs.findIndex((v) => v >= x),
    ),
  );
  return ys[i - 1] + ((ys[i] - ys[i - 1]) * (x - xs[i - 1])) / (xs[i] - xs[i - 1]);
}
