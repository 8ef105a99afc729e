/**
 * Paths from data: the returns arrive in the place of the normals, drawn as windows or as blocks of the record.
 *
 *   windows     a path is a stretch of the record as it was
 *   bootstrap   a path is made of blocks of it, drawn with replacement (circular: the record's end runs on at its start)
 *
 * The state is the price and a variance that follows squared returns, v' = λv + (1 − λ) r²/Δ: what a hedger can know.
 *
 * Source  Politis & Romano (1992), A circular block-resampling procedure for stationary data; the variance as in
 *         RiskMetrics (1996)
 */
import { add, div, exp, mul, sqrt, square, sub, log } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import { philoxUniforms } from "../../random/normals.ts";
import type { Market, NoiseRequest, NoiseSource } from "../problem.ts";

export interface HistoricalMarket {
  readonly spot: number;
  /** Log-returns of the record, in order; one for each step of the clock. */
  readonly returns: ArrayLike<number>;
  /** Years of one return. */
  readonly stepYears: number;
  readonly kind?: "windows" | "bootstrap";
  /** Returns of a block. */
  readonly block?: number;
  /** Shifts all returns so that the mean of e^r is 1. */
  readonly removesMean?: boolean;
  /** λ: what a step leaves of the variance. */
  readonly memory?: number;
}

export const historicalDefaults = {
  kind: "bootstrap",
  block: 5,
  removesMean: true,
  memory: 0.94,
} as const;

/** The market. Each step of the problem's clock must last `stepYears`.
 *
 * Throws  InputError for returns that are too few or not finite, numbers out of range, or a clock of other steps
 */
export function historicalMarket(options: HistoricalMarket): Market {
  const settings = { ...historicalDefaults, ...options };
  checkRecord(settings);
  const { spot, stepYears, memory, removesMean } = settings;
  const raw = Float64Array.from(settings.returns);
  const growth = raw.reduce((sum, r) => sum + Math.exp(r), 0) / raw.length;
  const returns = removesMean ? raw.map((r) => r - Math.log(growth)) : raw;
  const variance = returns.reduce((sum, r) => sum + r * r, 0) / returns.length / stepYears;
  return {
    name: `history, ${settings.kind}`,
    spot0: spot,
    typicalVol: Math.sqrt(variance),
    factors: 1,
    initialNormals: 0,
    stepsPerDate: 1,
    params: {},
    paramValues: {},
    tables: [],
    tableValues: () => [],
    stateNames: ["x", "v"],
    startState: { v: variance },
    init: () => ({ x: 0, v: variance }),
    step: ({ state, normals: [r], dt }) => ({
      x: add(state.x, r),
      v: add(mul(memory, state.v), mul(1 - memory, div(square(r), dt))),
    }),
    spot: ({ x }) => mul(spot, exp(x)),
    fromSpot: (price) => ({ x: Math.log(price / spot) }),
    // halfway back to the record's own
    vol: ({ state }) => sqrt(add(0.5 * variance, mul(0.5, state.v))),
    features: ({ state }) => [
      sub(mul(0.5, log(add(state.v, 1e-4 * variance))), 0.5 * Math.log(variance)),
    ],
    noise: (request) => Promise.resolve(sourceOf(request, returns, settings)),
  };
}

type Settings = Required<HistoricalMarket>;

function sourceOf(
  { times, paths }: NoiseRequest,
  returns: Float64Array,
  { kind, block, stepYears }: Settings,
): NoiseSource {
  const steps = times.length - 1;
  for (let i = 0; i < steps; i++) {
    const dt = times[i + 1] - times[i];
    if (!(Math.abs(dt / stepYears - 1) < 1e-6)) {
      throw new InputError(
        `historicalMarket: expected steps of ${stepYears} years as in the record, got ${dt} at step ${i}. Trade and fix on the record's dates.`,
      );
    }
  }
  const count = returns.length;
  if (kind === "windows" && count < steps) {
    throw new InputError(
      `historicalMarket: expected at least ${steps} returns for one window, got ${count}. Shorten the horizon or use bootstrap.`,
    );
  }
  const length = kind === "windows" ? steps : Math.min(block, steps);
  const draws = Math.ceil(steps / length);
  const starts = kind === "windows" ? count - steps + 1 : count;
  return {
    fill: (seed, { increments }) => {
      for (let d = 0; d < draws; d++) {
        const uniforms = philoxUniforms(seed, d, paths);
        for (let p = 0; p < paths; p++) {
          const start = Math.min(starts - 1, Math.floor(uniforms[p] * starts));
          for (let k = 0; k < length && d * length + k < steps; k++) {
            increments[(d * length + k) * paths + p] = returns[(start + k) % count];
          }
        }
      }
    },
    weights: () => undefined,
    free: () => {},
  };
}

function checkRecord({ spot, returns, stepYears, kind, block, memory }: Settings): void {
  for (const [name, value] of Object.entries({ spot, stepYears })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError(`historicalMarket: expected ${name} > 0, got ${value}.`);
    }
  }
  if (returns.length < 2) {
    throw new InputError(`historicalMarket: expected at least 2 returns, got ${returns.length}.`);
  }
  const bad = Array.from(returns).findIndex((r) => !Number.isFinite(r));
  if (bad >= 0) {
    throw new InputError(
      `historicalMarket: expected finite returns, got ${returns[bad]} at ${bad}. Fill or drop it.`,
    );
  }
  if (kind !== "windows" && kind !== "bootstrap") {
    throw new InputError(
      `historicalMarket: expected kind "windows" or "bootstrap", got ${JSON.stringify(kind)}.`,
    );
  }
  if (!(Number.isInteger(block) && block >= 1)) {
    throw new InputError(
      `historicalMarket: expected block to be a whole number from 1, got ${block}.`,
    );
  }
  if (!(memory >= 0 && memory < 1)) {
    throw new InputError(`historicalMarket: expected memory in [0, 1), got ${memory}.`);
  }
}
