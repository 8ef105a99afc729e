/**
 * What a learned model is measured against, one step ahead.
 *
 *   random walk   μ, σ constant
 *   EWMA          σ² = c Σ (1 − λ) λ^i r²_{t−i}, λ fitted (RiskMetrics)
 *   GARCH(1,1)    σ²_{t+1} = ω + α e_t² + β σ_t² (Bollerslev 1986)
 *   HAR           ln σ linear in the day's, week's and month's log realised volatility (Corsi 2009), fitted by likelihood;
 *                 for a volatility itself: its mean linear in its day's, week's and month's average
 *   Heston / OU   σ² = a + b v_t with v the asset's variance (a price under Heston over one step); for a volatility,
 *                 an Ornstein-Uhlenbeck process
 *   HAR-GARCH     HAR mean with GARCH(1,1) size (volatilities only)
 */
import type { Design } from "../design.ts";
import {
  type BaselineData,
  baselineData,
  type Filter,
  type FittedBaseline,
  fitFilter,
} from "./filter.ts";

export type { FittedBaseline } from "./filter.ts";

const sampleOf = (values: Float64Array, from: number, to: number): { mean: number; sd: number } => {
  const part = values.subarray(from, to);
  const mean = part.reduce((sum, x) => sum + x, 0) / part.length;
  const variance = part.reduce((sum, x) => sum + (x - mean) ** 2, 0) / part.length;
  return { mean, sd: Math.sqrt(variance) };
};

/** theta: mean and deviation in units of the sample's own. */
const randomWalk: Filter = {
  name: "random walk",
  start: (data, from, to) => {
    const { mean, sd } = sampleOf(data.moves, from, to);
    return Float64Array.of(mean / sd, Math.log(sd));
  },
  run(theta, data, to, mean, sd) {
    const size = Math.exp(theta[1]);
    mean.fill(theta[0] * size, 0, Math.min(to, data.rows));
    sd.fill(size, 0, Math.min(to, data.rows));
  },
};

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** theta: mean, ln c, logit λ. */
const ewma: Filter = {
  name: "EWMA",
  start: (data, from, to) => {
    const { mean, sd } = sampleOf(data.moves, from, to);
    return Float64Array.of(mean / sd, 0, Math.log(0.94 / 0.06));
  },
  run(theta, data, to, mean, sd) {
    const lambda = logistic(theta[2]);
    let variance = firstVariance(data);
    const typical = Math.sqrt(variance);
    for (let r = 0; r < to; r++) {
      mean[r] = theta[0] * typical;
      sd[r] = Math.exp(theta[1]) * Math.sqrt(variance);
      variance = lambda * variance + (1 - lambda) * (data.moves[r] - mean[r]) ** 2;
    }
  },
};

/** Mean square of the first moves: where a variance filter starts. */
function firstVariance({ moves }: BaselineData): number {
  const first = moves.subarray(0, 50);
  return first.reduce((sum, x) => sum + x * x, 0) / first.length + 1e-16;
}

/** ω, α, β of theta: ω in units of the first variance; α + β < 1. */
function garchOf(theta: Float64Array, at: number, unit: number) {
  const persistence = logistic(theta[at + 1]);
  const alpha = persistence * logistic(theta[at + 2]);
  return { omega: unit * Math.exp(theta[at]), alpha, beta: persistence - alpha };
}

const garchStart = [Math.log(0.05), Math.log(0.95 / 0.05), Math.log(0.1 / 0.9)];

/** theta: mean, then ω, α + β, α/(α + β). */
const garch: Filter = {
  name: "GARCH(1,1)",
  start: (data, from, to) => {
    const { mean, sd } = sampleOf(data.moves, from, to);
    return Float64Array.from([mean / sd, ...garchStart]);
  },
  run(theta, data, to, mean, sd) {
    const unit = firstVariance(data);
    const { omega, alpha, beta } = garchOf(theta, 1, unit);
    let variance = unit;
    for (let r = 0; r < to; r++) {
      mean[r] = theta[0] * Math.sqrt(unit);
      sd[r] = Math.sqrt(variance);
      variance = omega + alpha * (data.moves[r] - mean[r]) ** 2 + beta * variance;
    }
  },
};

/** Averages of the last 1, 5 and 22 values, [row][3]; shorter at the start. */
function harTerms(values: Float64Array): Float64Array {
  const terms = new Float64Array(3 * values.length);
  [1, 5, 22].forEach((window, k) => {
    let sum = 0;
    for (let r = 0; r < values.length; r++) {
      sum += values[r] - (r >= window ? values[r - window] : 0);
      terms[3 * r + k] = sum / Math.min(window, r + 1);
    }
  });
  return terms;
}

/** Log realised volatility: the asset's, or of the last move where there is none. */
const logVolOf = (data: BaselineData): Float64Array =>
  data.logVol ??
  Float64Array.from(
    { length: data.rows },
    (_, r) =>
      // squares of single moves are noise: their average over five steps is what HAR starts from
      0.5 * Math.log(meanSquareBefore(data.moves, r, 5, firstVariance(data))),
  );

function meanSquareBefore(moves: Float64Array, row: number, window: number, start: number): number {
  let sum = start;
  let count = 1;
  for (let r = Math.max(0, row - window); r < row; r++) {
    sum += moves[r] ** 2;
    count += 1;
  }
  return sum / count;
}

/** The HAR terms are data: computed once for each data set. */
const termsOf = new WeakMap<BaselineData, Float64Array>();

function cachedTerms(data: BaselineData): Float64Array {
  const cached = termsOf.get(data);
  if (cached !== undefined) return cached;
  const terms = harTerms(data.isPrice ? logVolOf(data) : data.states);
  termsOf.set(data, terms);
  return terms;
}

/** theta: prices: mean, b0, b1, b2, b3 of ln σ; volatilities: ln σ, b0 … b3 of the mean. */
const har: Filter = {
  name: "HAR",
  start: (data, from, to) => {
    const { mean, sd } = sampleOf(data.moves, from, to);
    if (!data.isPrice) return Float64Array.of(Math.log(sd), 0, 0, 0, 0);
    const level = sampleOf(cachedTerms(data), 3 * from, 3 * to).mean;
    return Float64Array.of(mean / sd, Math.log(sd) - 0.9 * level, 0.3, 0.3, 0.3);
  },
  run(theta, data, to, mean, sd) {
    const terms = cachedTerms(data);
    const typical = Math.sqrt(firstVariance(data));
    for (let r = 0; r < to; r++) {
      const [day, week, month] = [terms[3 * r], terms[3 * r + 1], terms[3 * r + 2]];
      if (data.isPrice) {
        mean[r] = theta[0] * typical;
        sd[r] = Math.exp(theta[1] + theta[2] * day + theta[3] * week + theta[4] * month);
      } else {
        mean[r] = theta[1] + theta[2] * day + theta[3] * week + theta[4] * month;
        sd[r] = Math.exp(theta[0]);
      }
    }
  },
};

/** theta: prices: mean, ln a, ln b; volatilities: ln σ, level term, slope. */
const ornsteinUhlenbeck: Filter = {
  name: "Heston/OU",
  start: (data, from, to) => {
    const { mean, sd } = sampleOf(data.moves, from, to);
    if (!data.isPrice) return Float64Array.of(Math.log(sd), 0, 0);
    return data.logVol === null ? null : Float64Array.of(mean / sd, Math.log(0.3), Math.log(0.7));
  },
  run(theta, data, to, mean, sd) {
    const unit = firstVariance(data);
    // the variance in units of a step, whatever unit the volatility has
    const level = data.logVol === null ? 0 : sampleOf(data.logVol, 0, Math.min(50, data.rows)).mean;
    for (let r = 0; r < to; r++) {
      if (data.isPrice && data.logVol !== null) {
        const v = unit * Math.exp(2 * (data.logVol[r] - level));
        mean[r] = theta[0] * Math.sqrt(unit);
        sd[r] = Math.sqrt(Math.exp(theta[1]) * unit + Math.exp(theta[2]) * v);
      } else {
        mean[r] = theta[1] + theta[2] * data.states[r];
        sd[r] = Math.exp(theta[0]);
      }
    }
  },
};

/** theta: b0 … b3 of the mean, then GARCH's. */
const harGarch: Filter = {
  name: "HAR-GARCH",
  start: (data) => (data.isPrice ? null : Float64Array.from([0, 0, 0, 0, ...garchStart])),
  run(theta, data, to, mean, sd) {
    const terms = cachedTerms(data);
    const unit = firstVariance(data);
    const { omega, alpha, beta } = garchOf(theta, 4, unit);
    let variance = unit;
    for (let r = 0; r < to; r++) {
      const [day, week, month] = [terms[3 * r], terms[3 * r + 1], terms[3 * r + 2]];
      mean[r] = theta[0] + theta[1] * day + theta[2] * week + theta[3] * month;
      sd[r] = Math.sqrt(variance);
      variance = omega + alpha * (data.moves[r] - mean[r]) ** 2 + beta * variance;
    }
  },
};

const filters: readonly Filter[] = [randomWalk, ewma, garch, har, ornsteinUhlenbeck, harGarch];

/** Every baseline that applies to a component, with normal and Student-t innovations, fitted on rows from ≤ row < to. */
export async function fitBaselines(
  design: Design,
  component: number,
  from: number,
  to: number,
): Promise<FittedBaseline[]> {
  const data = baselineData(design, component);
  const fitted: FittedBaseline[] = [];
  for (const filter of filters) {
    for (const innovation of ["normal", "student"] as const) {
      const baseline = await fitFilter(filter, data, from, to, innovation);
      if (baseline !== null) fitted.push(baseline);
    }
  }
  return fitted;
}
