/** What a fitted neural SDE has inside: maps of the network, laws of the price, local volatility, paths. */
import type { FittedModel } from "volterra/calibrate";
import { segmentNamed } from "volterra/engine";
import { learnedMaps, type LearnedMap, neuralSdeProgram } from "volterra/models";
import { localVolatility } from "volterra/pricing";
import { surfaceFromJson } from "volterra/surface";
import type { LabMarket } from "../../market/labMarket.ts";
import type { Job } from "../protocol.ts";
import { atAnyDate } from "./neuralFit.ts";
import { neuralPictures } from "./neuralPictures.ts";

export interface InspectInput {
  readonly model: FittedModel;
  readonly market: LabMarket;
  readonly threads: number;
}

export interface GridMap {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** [y][x] */
  readonly values: readonly (readonly number[])[];
}

export interface Inspection {
  /** σ over (years, slow factor): as learned, and the skeleton's. */
  readonly sigma: GridMap;
  readonly skeletonSigma: GridMap;
  readonly maps: readonly LearnedMap[];
  /** Local volatility over (years, log-moneyness). */
  readonly localVol: GridMap;
  /** [expiry] density of ln(S/F) and the normal density of the same at-the-money volatility. */
  readonly densities: readonly {
    readonly x: readonly number[];
    readonly learned: readonly number[];
    readonly lognormal: readonly number[];
  }[];
  /** [expiry][point] smiles with the whole model, and with a silent network. */
  readonly smiles: readonly (readonly number[])[];
  readonly silentSmiles: readonly (readonly number[])[];
  readonly paths: readonly (readonly number[])[];
  readonly times: readonly number[];
  /** Speeds per year, sizes per √year and correlations of the skeleton, by name. */
  readonly skeleton: readonly {
    readonly name: string;
    readonly about: string;
    readonly value: number;
  }[];
}

export const inspect: Job<InspectInput, Inspection> = async ({ model, market, threads }) => {
  const { config, theta } = model;
  const program = neuralSdeProgram(config);
  const maps = learnedMaps(config, program, theta);
  const [ratio] = maps;
  const skeletonSigma = ratio.ys.map((y) => ratio.xs.map((t) => skeletonVol(model, program, t, y)));
  const silent = Float64Array.from(theta);
  for (const { name, offset, shape } of program.params) {
    if (name.startsWith("net.")) silent.fill(0, offset, offset + shape.reduce((a, b) => a * b, 1));
  }
  const known = new Set(model.expiryMs);
  const shown = {
    ...market,
    expiries: market.expiries.filter(({ expiryMs }) => known.has(expiryMs)),
  };
  const pictures = await neuralPictures(config, shown, threads);
  try {
    return {
      sigma: {
        ...ratio,
        values: skeletonSigma.map((row, j) => row.map((v, i) => v * ratio.values[j][i])),
      },
      skeletonSigma: { ...ratio, values: skeletonSigma },
      maps,
      localVol: localVolMap(model, shown),
      densities: densitiesOf(model),
      smiles: pictures.smiles(theta),
      silentSmiles: pictures.smiles(silent),
      paths: pictures.samplePaths(theta),
      times: pictures.times,
      skeleton: skeletonOf(program, theta),
    };
  } finally {
    pictures.free();
  }
};

type TracedProgram = ReturnType<typeof neuralSdeProgram>;

/** ξ_j e^{ℓ_j} · exp g(y), g(u) = 2.5 tanh(u/2.5): docs/neural-sde.md. */
function skeletonVol(
  { config, theta }: FittedModel,
  program: TracedProgram,
  t: number,
  y: number,
): number {
  const after = config.yearsToExpiry.findIndex((end) => end >= t - 1e-12);
  const j = after < 0 ? config.yearsToExpiry.length - 1 : after;
  const level = theta[segmentNamed(program, "level").offset + j];
  return config.forwardVol[j] * Math.exp(level + 2.5 * Math.tanh(y / 2.5));
}

function skeletonOf(program: TracedProgram, theta: Float64Array): Inspection["skeleton"] {
  const at = (name: string): number => theta[segmentNamed(program, name).offset];
  const speed = (name: string): number => 16 * Math.tanh(Math.exp(at(name)) / 16);
  const size = Math.sqrt(1 + at("r1") ** 2 + at("r2") ** 2);
  return [
    { name: "κ slow", about: "speed of the slow factor, per year", value: speed("logKappa1") },
    { name: "κ fast", about: "speed of the fast factor, per year", value: speed("logKappa2") },
    { name: "η slow", about: "size of the slow factor", value: Math.exp(at("logEta1")) },
    { name: "η fast", about: "size of the fast factor", value: Math.exp(at("logEta2")) },
    {
      name: "ρ slow",
      about: "correlation of price and slow factor",
      value: (0.9 * at("r1")) / size,
    },
    {
      name: "ρ fast",
      about: "correlation of price and fast factor",
      value: (0.9 * at("r2")) / size,
    },
    { name: "λ", about: "jumps a year to begin with", value: Math.exp(at("logJumps")) },
  ];
}

const localVolGrid = { times: 26, strikes: 25 } as const;

function localVolMap(model: FittedModel, market: LabMarket): GridMap {
  const surface = atAnyDate(surfaceFromJson(model.surface));
  const local = localVolatility(surface, {
    steps: 26,
    firstSteps: 6,
    strikes: 61,
    reach: 4,
    cellRatio: 1.5,
  });
  const horizon = surface.years[surface.years.length - 1];
  const first = surface.years[0];
  const quotes = market.expiries.flatMap((expiry) => expiry.quotes.map((q) => q.logMoneyness));
  const reach = 0.7 * Math.min(Math.max(...quotes), -Math.min(...quotes));
  const xs = Array.from({ length: localVolGrid.times }, (_, i) => {
    const root =
      Math.sqrt(first) + ((Math.sqrt(horizon) - Math.sqrt(first)) * i) / (localVolGrid.times - 1);
    return Math.min(horizon, root * root);
  });
  const ys = Array.from(
    { length: localVolGrid.strikes },
    (_, i) => -reach + (2 * reach * i) / (localVolGrid.strikes - 1),
  );
  return { xs, ys, values: ys.map((k) => xs.map((t) => local.vol(k, t))) };
}

function densitiesOf({ surface: json }: FittedModel): Inspection["densities"] {
  const surface = surfaceFromJson(json);
  return Array.from(surface.years, (t) => {
    const slice = surface.slice(t);
    const s = Math.sqrt(slice.totalVariance(0));
    const x = Array.from({ length: 121 }, (_, i) => s * (-4 + (7 * i) / 120));
    return {
      x,
      learned: x.map((v) => slice.density(v)),
      lognormal: x.map(
        (v) => Math.exp(-(((v + (s * s) / 2) / s) ** 2) / 2) / (s * Math.sqrt(2 * Math.PI)),
      ),
    };
  });
}
