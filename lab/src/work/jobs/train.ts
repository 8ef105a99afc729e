/**
 * The neural SDE's fit in slow motion: after each iteration the page gets the smiles and sample paths of the model as
 * it stands, and the next one waits while the reader has paused.
 */
import { fitChain, type FittedModel, type FitProgress, type Phase } from "volterra/calibrate";
import { initialTheta, neuralSdeProgram } from "volterra/models";
import { chainOf, visibleChain } from "../../market/labChain.ts";
import { type LabExpiry, type LabMarket, midVol } from "../../market/labMarket.ts";
import type { Job } from "../protocol.ts";
import { type NeuralPictures, neuralPictures } from "./neuralPictures.ts";

export interface TrainSettings {
  /** Paths of the residuals; the Jacobian takes an eighth. */
  readonly paths: number;
  /** Width of both hidden layers. */
  readonly width: number;
  readonly jumps: boolean;
  /** Damping of the first step: large for small careful steps. */
  readonly damping: number;
  readonly seed: number;
}

export interface TrainInput {
  readonly market: LabMarket;
  readonly settings: TrainSettings;
  readonly threads: number;
  /** Shortest time between two pictures; 0 for full speed. */
  readonly paceMs: number;
  /** Wait for the reader before the first iteration is shown. */
  readonly paused: boolean;
}

export type TrainCommand =
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "step" }
  | { readonly kind: "pace"; readonly paceMs: number };

export interface TrainFrame {
  /** 0 is the model before it has learned anything. */
  readonly iteration: number;
  readonly iterations: number;
  /** Absent at the start. */
  readonly loss: number | null;
  readonly insideShare: number | null;
  /** Time of computing, without pauses and pictures. */
  readonly seconds: number;
  readonly smiles: readonly (readonly number[])[];
  readonly paths: readonly (readonly number[])[];
  readonly times: readonly number[];
}

export interface TrainOutput {
  readonly fitted: FittedModel;
  readonly insideShare: number;
  readonly rmseVolPoints: number;
  readonly isArbitrageFree: boolean;
  readonly parameters: number;
}

const scheduleOf = (paths: number): readonly Phase[] => {
  const jacobianPaths = Math.max(128, paths / 8);
  return [
    {
      iterations: 8,
      residualPaths: paths,
      jacobianPaths,
      gridShare: 0.75,
      enough: 0.01,
      tail: "linear",
    },
    {
      iterations: 6,
      residualPaths: 2 * paths,
      jacobianPaths,
      gridShare: 1,
      enough: 0.02,
      tail: "linear",
    },
  ];
};

const assessment = { assessmentPaths: 4096, surfacePaths: 4096 } as const;

export const train: Job<TrainInput, TrainOutput, TrainFrame, TrainCommand> = async (
  { market, settings, threads, paceMs, paused },
  { report, onCommand, signal },
) => {
  const chain = visibleChain(market, chainOf(market));
  // pictures are drawn at all expiries that the model has
  const known = new Set(chain.expiries.map(({ expiryMs }) => expiryMs));
  const shown = {
    ...market,
    expiries: market.expiries.filter(({ expiryMs }) => known.has(expiryMs)),
  };
  const gate = turnstile(paused, paceMs, signal);
  onCommand(gate.command);
  let pictures: NeuralPictures | null = null;
  let computing = 0;
  let since = performance.now();
  const show = async (progress: FitProgress): Promise<void> => {
    computing += performance.now() - since;
    const { config, theta, iteration, iterations, loss, insideShare } = progress;
    if (pictures === null) {
      pictures = await neuralPictures(config, shown, threads);
      const start = initialTheta(
        config,
        neuralSdeProgram(config),
        settings.seed,
        meanVol(shown.expiries),
      );
      report({
        iterations,
        ...frame(pictures, start),
        iteration: 0,
        loss: null,
        insideShare: null,
        seconds: 0,
      });
    }
    await gate.pass();
    report({
      iterations,
      ...frame(pictures, theta),
      iteration,
      loss,
      insideShare,
      seconds: computing / 1000,
    });
    since = performance.now();
  };
  try {
    const { document, model } = await fitChain(chain, {
      seed: settings.seed,
      threads,
      signal,
      schedule: scheduleOf(settings.paths),
      model: { hidden: [settings.width, settings.width], maxJumps: settings.jumps ? 1 : 0 },
      damping: settings.damping,
      onProgress: show,
      ...assessment,
    });
    return {
      fitted: model,
      insideShare: document.fit.insideShare,
      rmseVolPoints: document.fit.rmseVolPoints,
      isArbitrageFree: document.certificate.pass,
      parameters: model.theta.length,
    };
  } finally {
    (pictures as NeuralPictures | null)?.free();
  }
};

const frame = (pictures: NeuralPictures, theta: Float64Array) => ({
  smiles: pictures.smiles(theta),
  paths: pictures.samplePaths(theta),
  times: pictures.times,
});

/** Mean at-the-money volatility over the expiries. */
function meanVol(expiries: readonly LabExpiry[]): number {
  const atm = expiries.map(({ quotes }) =>
    midVol(quotes.reduce((a, b) => (Math.abs(b.logMoneyness) < Math.abs(a.logMoneyness) ? b : a))),
  );
  return atm.reduce((sum, vol) => sum + vol, 0) / atm.length;
}

/** Lets one picture through at a time: at its pace, when asked for a step, or not at all while paused. */
function turnstile(startPaused: boolean, startPace: number, signal: AbortSignal) {
  let isPaused = startPaused;
  let pace = startPace;
  let last = performance.now();
  let wake: (() => void) | null = null;
  signal.addEventListener("abort", () => wake?.());
  return {
    command(command: TrainCommand): void {
      if (command.kind === "pace") pace = command.paceMs;
      if (command.kind === "pause") isPaused = true;
      if (command.kind === "resume") isPaused = false;
      if (command.kind === "resume" || command.kind === "step") wake?.();
    },
    async pass(): Promise<void> {
      const rest = pace - (performance.now() - last);
      if (!isPaused && rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      if (isPaused && !signal.aborted) {
        // woken by "step", "resume" or the end; after a step the next picture waits again
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
      last = performance.now();
    },
  };
}
