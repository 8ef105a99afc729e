/**
 * What the network of a neural SDE learned, as maps over time and one factor: departures from the skeleton.
 *
 * The other factor is held at 0. σ/σ_skeleton, ρ² and the vol-of-vol factor are functions the simulation uses as
 * they are, evaluated here in float64 from the same parameters.
 */
import { type Program, segmentNamed } from "../ir/index.ts";
import {
  type NeuralSdeConfig,
  correlationBound,
  stateBound,
  timeFeatures,
  volOfVolBound,
} from "./neuralSde.ts";

/** A function on a grid. */
export interface LearnedMap {
  readonly title: string;
  readonly note: string;
  readonly xLabel: string;
  /** Years. */
  readonly xs: readonly number[];
  readonly yLabel: string;
  /** Factor values. */
  readonly ys: readonly number[];
  /** [y][x] */
  readonly values: readonly (readonly number[])[];
  readonly format: "vol" | "ratio" | "number";
}

/** Outputs of the network at one point: N₀, R₁, R₂, B₁, B₂, A₁, A₂. */
function networkAt(program: Program, theta: Float64Array, inputs: readonly number[]): number[] {
  let layer = [...inputs];
  for (let i = 0; program.params.some((segment) => segment.name === `net.w${i}`); i++) {
    const weight = segmentNamed(program, `net.w${i}`);
    const bias = segmentNamed(program, `net.b${i}`);
    const isLast = !program.params.some((segment) => segment.name === `net.w${i + 1}`);
    layer = Array.from({ length: weight.shape[0] }, (_, o) => {
      const sum = layer.reduce(
        (total, value, k) => total + theta[weight.offset + o * layer.length + k] * value,
        theta[bias.offset + o],
      );
      return isLast ? sum : Math.tanh(sum);
    });
  }
  return layer;
}

const bounded = (u: number, bound: number): number => bound * Math.tanh(u / bound);

/** Maps of a fitted model: volatility, spot-vol correlation and vol-of-vol against the skeleton. */
export function learnedMaps(
  config: NeuralSdeConfig,
  program: Program,
  theta: Float64Array,
): LearnedMap[] {
  const horizon = config.yearsToExpiry[config.yearsToExpiry.length - 1];
  const xs = Array.from({ length: 25 }, (_, i) => horizon * ((i + 1) / 25) ** 2);
  const ys = Array.from({ length: 21 }, (_, i) => -1 + i / 10);
  const at = (name: string) => theta[segmentNamed(program, name).offset];
  const grid = (f: (net: readonly number[], y: number) => number, factor: 0 | 1) =>
    ys.map((y) =>
      xs.map((t) => {
        const features = timeFeatures(t, horizon);
        const factors = factor === 0 ? [y, 0] : [0, y];
        return f(networkAt(program, theta, [...features, ...factors]), y);
      }),
    );
  const axes = { xLabel: "years", xs, ys };
  const ratio = (n0: number, y: number) =>
    Math.exp(bounded(y + n0, stateBound) - bounded(y, stateBound));
  const rhoOf = (r1: number, r2: number) =>
    (correlationBound * (r1 + r2)) / Math.sqrt(2 * (1 + r1 * r1 + r2 * r2));
  return [
    {
      ...axes,
      title: "Volatility against the skeleton, slow factor",
      note: "σ with the network over σ without it; 1 means that the network adds nothing there",
      yLabel: "slow factor",
      values: grid((net, y) => ratio(net[0], y), 0),
      format: "ratio",
    },
    {
      ...axes,
      title: "Volatility against the skeleton, fast factor",
      note: "σ with the network over σ without it; 1 means that the network adds nothing there",
      yLabel: "fast factor",
      values: grid((net, y) => ratio(net[0], y), 1),
      format: "ratio",
    },
    {
      ...axes,
      title: "Correlation of spot and volatility against the skeleton",
      note: "difference of the correlation with the mean of both factors' normals",
      yLabel: "slow factor",
      values: grid(
        (net) => rhoOf(at("r1") + net[1], at("r2") + net[2]) - rhoOf(at("r1"), at("r2")),
        0,
      ),
      format: "number",
    },
    {
      ...axes,
      title: "Drift of the slow factor",
      note: "level that the network pulls the slow factor to; the skeleton's is 0",
      yLabel: "slow factor",
      values: grid((net) => net[3], 0),
      format: "number",
    },
    {
      ...axes,
      title: "Vol-of-vol of the slow factor against the skeleton",
      note: "factor on the slow factor's volatility",
      yLabel: "slow factor",
      values: grid((net) => Math.exp(bounded(net[5], volOfVolBound)), 0),
      format: "ratio",
    },
    {
      ...axes,
      title: "Vol-of-vol of the fast factor against the skeleton",
      note: "factor on the fast factor's volatility",
      yLabel: "fast factor",
      values: grid((net) => Math.exp(bounded(net[6], volOfVolBound)), 1),
      format: "ratio",
    },
  ];
}
