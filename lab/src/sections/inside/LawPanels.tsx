/** What follows from the learned equation: smiles, densities, local volatility, paths. */
import { Chart } from "../../charts/Chart.tsx";
import { HeatMap } from "../../charts/HeatMap.tsx";
import type { Layer } from "../../charts/layers.ts";
import { dateText, smileGrid } from "../../market/labMarket.ts";
import type { NeuralFit } from "../../market/neuralState.ts";
import { Select } from "../../ui/controls.tsx";
import { tenor } from "../../ui/numberText.ts";
import { Panel } from "../../ui/Panel.tsx";
import type { Inspection } from "../../work/jobs/inspect.ts";
import { address } from "./insideState.ts";

interface Props {
  readonly found: Inspection;
}
interface FitProps extends Props {
  readonly fit: NeuralFit;
}

const neural = "var(--m-neural-sde)";
const percentTick = (v: number): string => `${Number((100 * v).toFixed(1))} %`;

/** Expiries that the model has, in its order. */
export const modelExpiries = ({ model, market }: NeuralFit) =>
  market.expiries.filter(({ expiryMs }) => model.expiryMs.includes(expiryMs));

function rankOf(fit: NeuralFit): number {
  return Math.min(Math.round(address.expiry.value), modelExpiries(fit).length - 1);
}

function ExpirySelect({ fit, label }: { readonly fit: NeuralFit; readonly label: string }) {
  return (
    <Select
      label={label}
      value={String(rankOf(fit))}
      options={modelExpiries(fit).map((e, i) => ({
        value: String(i),
        label: `${dateText(e.expiryMs)}, ${tenor(e.yearsToExpiry)}`,
      }))}
      onChange={(value) => (address.expiry.value = Number(value))}
    />
  );
}

/** The smile with the network, and with the network silenced. */
export function SilentPanel({ found, fit }: FitProps) {
  const rank = rankOf(fit);
  const expiry = modelExpiries(fit)[rank];
  const x = smileGrid(expiry, found.smiles[rank].length);
  return (
    <Panel
      title="What the network does to the smile"
      note="The same model with its network silenced, everything else as learned."
      actions={<ExpirySelect fit={fit} label="Expiry" />}
    >
      <Chart
        title={`Smile with and without the network at ${tenor(expiry.yearsToExpiry)}`}
        x={{ label: "ln(K/F)" }}
        y={{ label: "implied volatility", format: percentTick }}
        layers={[
          {
            kind: "intervals",
            id: "quotes",
            label: "bid to ask",
            colour: "var(--quote)",
            x: expiry.quotes.map((q) => q.logMoneyness),
            low: expiry.quotes.map((q) => q.bidVol),
            high: expiry.quotes.map((q) => q.askVol),
          },
          {
            kind: "line",
            id: "silent",
            label: "network silenced",
            colour: "var(--c1)",
            dash: "6 4",
            x,
            y: found.silentSmiles[rank],
          },
          {
            kind: "line",
            id: "whole",
            label: "whole model",
            colour: neural,
            width: 2.4,
            x,
            y: found.smiles[rank],
          },
        ]}
      />
    </Panel>
  );
}

/** The law of the price at an expiry. */
export function DensityPanel({ found, fit }: FitProps) {
  const rank = rankOf(fit);
  const expiry = modelExpiries(fit)[rank];
  const { x, learned, lognormal } = found.densities[rank];
  return (
    <Panel
      title="Where the price may be"
      note="Risk-neutral density of the log-price, and the bell curve of the same at-the-money volatility."
      actions={<ExpirySelect fit={fit} label="Expiry of the density" />}
    >
      <Chart
        title={`Density of ln(S/F) at ${tenor(expiry.yearsToExpiry)}`}
        x={{ label: "ln(S/F)" }}
        y={{ label: "density", include: [0] }}
        layers={[
          {
            kind: "band",
            id: "area",
            label: "",
            unlisted: true,
            colour: neural,
            x,
            low: x.map(() => 0),
            high: learned,
          },
          {
            kind: "line",
            id: "lognormal",
            label: "Black-Scholes",
            colour: "var(--c1)",
            dash: "6 4",
            x,
            y: lognormal,
          },
          {
            kind: "line",
            id: "learned",
            label: "learned",
            colour: neural,
            width: 2.2,
            x,
            y: learned,
          },
        ]}
      />
    </Panel>
  );
}

/** Dupire's local volatility of the model's surface. */
export function LocalVolPanel({ found }: Props) {
  return (
    <Panel
      title="Local volatility"
      note="The volatility that a model without hidden factors would need at each time and price to give the same option prices (Dupire)."
    >
      <HeatMap
        title="Local volatility of the learned surface"
        x={{ label: "years", format: (v) => String(Number(v.toFixed(2))) }}
        y={{ label: "ln(K/F)" }}
        {...found.localVol}
        format={(v) => `${Math.round(100 * v)} %`}
        height={330}
      />
    </Panel>
  );
}

/** Simulated prices. */
export function PathsPanel({ found }: Props) {
  const x = found.times.map((t) => 365 * t);
  const layers = found.paths.slice(0, 40).map(
    (path, i): Layer => ({
      kind: "line",
      id: `path ${i}`,
      label: `path ${i + 1}`,
      unlisted: true,
      colour: i % 8 === 0 ? neural : "var(--control)",
      x,
      y: path.map((v) => 100 * Math.exp(v)),
      width: i % 8 === 0 ? 1.4 : 0.7,
      opacity: i % 8 === 0 ? 1 : 0.5,
    }),
  );
  return (
    <Panel
      title="Sample paths"
      note="40 simulated paths of the price over its forward; five are drawn darker to be followed."
    >
      <Chart
        title="Sample paths of the learned equation"
        x={{ label: "days", domain: [0, x[x.length - 1]] }}
        y={{ label: "price over forward, %" }}
        layers={layers}
        height={330}
      />
    </Panel>
  );
}
