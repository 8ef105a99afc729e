/**
 * Rough Bergomi as a market: the rough driver comes with the noise, the price is simulated along it.
 *
 *   V_t = ξ exp(η √(2H) Y_t − ½η² t^{2H}),   dS/S = √V (ρ dW + √(1 − ρ²) dW⊥)
 *
 * in the project's form, V = ξ exp(η t^H y − ½η² t^{2H}) with y = Y(t)/t^H a standard normal (pricing/roughBergomi/program.ts).
 * The state holds y of the current time, so that a policy sees today's variance. The future depends on the whole past of Y;
 * a policy sees variance and a slow mean of it, which is the price of a finite state.
 *
 * Source  Bayer, Friz & Gatheral (2016), Pricing under rough volatility
 */
import { add, exp, log, mul, type Num, sqrt, square, sub } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import { roughBergomiNoise } from "../../pricing/index.ts";
import type { Market, MarketView, NoiseSource } from "../problem.ts";

export interface RoughBergomiMarket {
  readonly spot: number;
  readonly hurst: number;
  readonly eta: number;
  readonly rho: number;
  /** Forward variance, flat. */
  readonly xi: number;
  /** Simulation steps for each trading date. */
  readonly stepsPerDate?: number;
}

export const roughBergomiMarketDefaults = { stepsPerDate: 2 } as const;

/** Years over which the slow mean of ln V forgets. */
const slowYears = 10 / 365;

/** The market.
 *
 * Throws  InputError for numbers out of range
 */
export function roughBergomiMarket(options: RoughBergomiMarket): Market {
  const settings = { ...roughBergomiMarketDefaults, ...options };
  check(settings);
  const { spot, hurst, eta, rho, xi, stepsPerDate } = settings;
  const variance = ({ state, tables }: Pick<MarketView, "state" | "tables">): Num => {
    const size = mul(eta, tables.deviation);
    return mul(xi, exp(sub(mul(size, state.y), mul(0.5, square(size)))));
  };
  return {
    name: "rough Bergomi",
    spot0: spot,
    typicalVol: Math.sqrt(xi),
    factors: 3,
    initialNormals: 0,
    stepsPerDate,
    params: {},
    paramValues: {},
    tables: ["deviation"],
    tableValues: (times) => [Float64Array.from(times, (time) => time ** hurst)],
    stateNames: ["x", "y", "slow"],
    startState: {},
    init: () => ({ x: 0, y: 0, slow: 0 }),
    step: (step) => {
      const { state, normals, dt } = step;
      const [z, after, orthogonal] = normals;
      const v = mul(variance(step), dt);
      const normal = add(mul(rho, z), mul(Math.sqrt(1 - rho * rho), orthogonal));
      const kept = exp(mul(-1 / slowYears, dt));
      const level = log(mul(1 / xi, variance(step)));
      return {
        x: add(state.x, sub(mul(sqrt(v), normal), mul(0.5, v))),
        y: after,
        slow: add(mul(kept, state.slow), mul(sub(1, kept), level)),
      };
    },
    spot: ({ x }) => mul(spot, exp(x)),
    fromSpot: (price) => ({ x: Math.log(price / spot) }),
    // between today's variance and the level: roughness reverts fast
    vol: (view) => sqrt(mul(Math.sqrt(xi), sqrt(variance(view)))),
    features: (view) => [log(mul(1 / xi, variance(view))), view.state.slow],
    noise: ({ times, paths }) => {
      const steps = times.length - 1;
      const stride = 3 * paths;
      const scratch = {
        increments: new Float32Array(steps * stride),
        initial: new Float32Array(0),
      };
      const source: NoiseSource = {
        fill: (seed, { increments }) => {
          roughBergomiNoise({ hurst, times, paths, seed, spot: true, into: scratch });
          increments.set(scratch.increments);
          // the driver of the next time belongs to the step that reaches it; the last one is not needed
          for (let i = 0; i < steps; i++) {
            const to = increments.subarray(i * stride + paths, i * stride + 2 * paths);
            const from = (i + 1) * stride + paths;
            if (i + 1 < steps) to.set(scratch.increments.subarray(from, from + paths));
            else to.fill(0);
          }
        },
        weights: () => undefined,
        free: () => {},
      };
      return Promise.resolve(source);
    },
  };
}

function check({ spot, hurst, eta, rho, xi, stepsPerDate }: Required<RoughBergomiMarket>): void {
  for (const [name, value] of Object.entries({ spot, eta, xi })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError(`roughBergomiMarket: expected ${name} > 0, got ${value}.`);
    }
  }
  if (!(hurst > 0 && hurst < 0.5)) {
    throw new InputError(`roughBergomiMarket: expected hurst in (0, 0.5), got ${hurst}.`);
  }
  if (!(rho > -1 && rho < 1)) {
    throw new InputError(`roughBergomiMarket: expected rho in (-1, 1), got ${rho}.`);
  }
  if (!(Number.isInteger(stepsPerDate) && stepsPerDate >= 1)) {
    throw new InputError(
      `roughBergomiMarket: expected stepsPerDate to be a whole number from 1, got ${stepsPerDate}.`,
    );
  }
}
