/**
 * Is one model of several assets better than one for each? Joint log scores out of sample, step by step.
 *
 *   joint        one model of all components
 *   apart        one model for each asset, independent of each other
 *   coupled      the margins of the models apart, joined by a Gaussian copula whose constant correlations are those of
 *                the training rows:  Π_j f_j(y_j) · c_R(z),  z_j = Φ⁻¹(F_j(y_j)),
 *                ln c_R = −½ ln|R| − ½ zᵀ(R⁻¹ − I)z
 *
 * Apart is easy to beat: prices move together. Coupled knows that, and is the comparison that says whether anything is
 * gained by learning drift, size and correlation of all from the past of all.
 */
import { InputError } from "../../num/errors.ts";
import { choleskyInPlace } from "../../num/linearAlgebra.ts";
import { inverseNormCdf } from "../../num/normal.ts";
import { type Design, makeDesign } from "../design.ts";
import type { History } from "../history.ts";
import { learn, type LearnOptions } from "../learn.ts";
import { forecasts, jointLogScores } from "../predictive.ts";
import { dieboldMariano, type ScoreDifference } from "./tests.ts";

export interface JointGainOptions {
  /** First row of the joint design to forecast. */
  readonly testFrom: number;
  /** Steps between refits; one fit when absent. */
  readonly refitSteps?: number;
  readonly learn?: LearnOptions;
  readonly onBlock?: (block: number, blocks: number) => void;
}

/** Scores of the three. */
export interface JointGain {
  readonly assets: readonly string[];
  readonly steps: number;
  /** mean joint log score, nats per step */
  readonly joint: number;
  readonly apart: number;
  readonly coupled: number;
  /** joint minus apart, and joint minus coupled */
  readonly overApart: ScoreDifference;
  readonly overCoupled: ScoreDifference;
}

/** Compares.
 *
 * Throws  InputError when the history has one asset only
 */
export async function jointGain(history: History, options: JointGainOptions): Promise<JointGain> {
  const assets = [...new Set(history.components.map(({ asset }) => asset))];
  if (assets.length < 2) {
    throw new InputError(
      `jointGain: expected components of at least two assets, got ${assets.join(", ")}. Add another to the state.`,
    );
  }
  const whole = wholeRows(history);
  const design = makeDesign(whole);
  const parts = assets.map((asset) => makeDesign(onlyAsset(whole, asset)));
  const { testFrom, refitSteps = design.rows - testFrom } = options;
  const blocks = Math.ceil((design.rows - testFrom) / refitSteps);
  const scores = { joint: [] as number[], apart: [] as number[], coupled: [] as number[] };
  for (let block = 0; block < blocks; block++) {
    const at = testFrom + block * refitSteps;
    const end = Math.min(design.rows, at + refitSteps);
    options.onBlock?.(block, blocks);
    const settings = { ...options.learn, learningCurve: false, from: 0, to: at };
    const model = await learn(design, settings);
    scores.joint.push(...jointLogScores(model, design, at, end));
    const apart = new Float64Array(end - at);
    const margins: Margins[] = [];
    for (const part of parts) {
      const own = await learn(part, settings);
      jointLogScores(own, part, at, end).forEach((log, i) => {
        apart[i] += log;
      });
      for (let j = 0; j < part.set.components.length; j++)
        margins.push(marginsOf(own, part, j, at, end));
    }
    scores.apart.push(...apart);
    scores.coupled.push(...coupledScores(margins, end - at));
  }
  const of = (values: readonly number[]): Float64Array => Float64Array.from(values);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, x) => sum + x, 0) / values.length;
  return {
    assets,
    steps: scores.joint.length,
    joint: mean(scores.joint),
    apart: mean(scores.apart),
    coupled: mean(scores.coupled),
    overApart: dieboldMariano(of(scores.joint), of(scores.apart)),
    overCoupled: dieboldMariano(of(scores.joint), of(scores.coupled)),
  };
}

/** Rows in which a component is missing are missing for all: every design then has the same rows. */
function wholeRows(history: History): History {
  const d = history.components.length;
  const states = history.states.slice();
  for (let row = 0; row < history.timesMs.length; row++) {
    const own = states.subarray(row * d, (row + 1) * d);
    if (own.some(Number.isNaN)) own.fill(Number.NaN);
  }
  return { ...history, states };
}

function onlyAsset(history: History, asset: string): History {
  const chosen = history.components.flatMap((component, j) =>
    component.asset === asset ? [j] : [],
  );
  const d = history.components.length;
  return {
    ...history,
    components: chosen.map((j) => history.components[j]),
    states: Float64Array.from(
      { length: history.timesMs.length * chosen.length },
      (_, i) => history.states[Math.floor(i / chosen.length) * d + chosen[i % chosen.length]],
    ),
  };
}

interface Margins {
  /** [training row] normal scores */
  readonly before: Float64Array;
  /** [step] normal scores and log densities */
  readonly after: Float64Array;
  readonly logs: Float64Array;
}

function marginsOf(
  model: Parameters<typeof forecasts>[0],
  design: Design,
  component: number,
  at: number,
  end: number,
): Margins {
  const d = design.set.components.length;
  const laws = forecasts(model, design, component, 0, end);
  const move = (row: number): number => design.moves[row * d + component];
  const z = Float64Array.from(laws, (law, row) =>
    inverseNormCdf(Math.min(1 - 1e-12, Math.max(1e-12, law.cdf(move(row))))),
  );
  const logs = Float64Array.from({ length: end - at }, (_, i) =>
    laws[at + i].logDensity(move(at + i)),
  );
  return { before: z.slice(0, at), after: z.slice(at), logs };
}

function coupledScores(margins: readonly Margins[], steps: number): Float64Array {
  const d = margins.length;
  const factor = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++)
      factor[i * d + j] = correlationOf(margins[i].before, margins[j].before);
  }
  choleskyInPlace(factor, d);
  let logDeterminant = 0;
  for (let i = 0; i < d; i++) logDeterminant += 2 * Math.log(factor[i * d + i]);
  const white = new Float64Array(d);
  return Float64Array.from({ length: steps }, (_, step) => {
    let log = -0.5 * logDeterminant;
    for (let i = 0; i < d; i++) {
      const z = margins[i].after[step];
      let sum = z;
      for (let j = 0; j < i; j++) sum -= factor[i * d + j] * white[j];
      white[i] = sum / factor[i * d + i];
      log += margins[i].logs[step] - 0.5 * (white[i] ** 2 - z ** 2);
    }
    return log;
  });
}

function correlationOf(a: Float64Array, b: Float64Array): number {
  let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
  a.forEach((x, i) => {
    sa += x;
    sb += b[i];
    saa += x * x;
    sbb += b[i] * b[i];
    sab += x * b[i];
  });
  const n = a.length;
  return (sab - (sa * sb) / n) / Math.sqrt((saa - (sa * sa) / n) * (sbb - (sb * sb) / n));
}
