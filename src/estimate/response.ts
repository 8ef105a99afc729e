/**
 * Impulse responses: how the others answer when one component is hit, with intervals over the ensemble.
 *
 *   total    the component moves by the shock over the first step, the others move with it as their correlation has it
 *   direct   the component moves by the shock, the others stand still; against all standing still
 *
 * The total response is against free paths. Both sides use the same draws, so that the difference is of the shock and
 * not of the noise. Every member answers on its own; the interval is mean ± t · standard deviation of the members,
 * which learned on bootstrapped rows: the uncertainty of what was learned, Monte Carlo noise included. A direct response
 * of the sizes of moves whose interval does not hold zero is a spillover.
 */
import { InputError } from "../num/errors.ts";
import type { Ending } from "./ending.ts";
import type { LearnedModel } from "./learn.ts";
import { simulate, type SimulatedPaths } from "./simulate.ts";

export interface ResponseOptions {
  readonly steps?: number;
  /** paths of each member */
  readonly paths?: number;
  readonly seed?: number;
  /** share of the interval */
  readonly level?: 0.9 | 0.95 | 0.99;
}

export const responseDefaults = { steps: 10, paths: 400, seed: 1, level: 0.95 } as const;

/** A response over time. */
export interface Response {
  /** [step] */
  readonly value: Float64Array;
  /** [step] half-width of the interval */
  readonly halfWidth: Float64Array;
}

/** How one component answers. */
export interface ComponentResponse {
  readonly component: string;
  /** of the state after 1, 2 … steps */
  readonly state: Response;
  /** of ln s over the steps after the first: 0.1 is 10 % larger moves */
  readonly logScale: Response;
}

/** Responses to a shock. */
export interface ImpulseResponse {
  readonly shocked: string;
  readonly shock: number;
  readonly kind: "total" | "direct";
  readonly level: number;
  readonly members: number;
  readonly components: readonly ComponentResponse[];
}

/** Two-sided quantiles of Student's t by degrees of freedom 1 … 30, then the normal's. */
const studentQuantiles: Readonly<Record<number, readonly number[]>> = {
  0.9: [
    6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761,
    1.753, 1.746, 1.74, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701,
    1.699, 1.697, 1.645,
  ],
  0.95: [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16,
    2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052,
    2.048, 2.045, 2.042, 1.96,
  ],
  0.99: [
    63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.25, 3.169, 3.106, 3.055, 3.012,
    2.977, 2.947, 2.921, 2.898, 2.878, 2.861, 2.845, 2.831, 2.819, 2.807, 2.797, 2.787, 2.779,
    2.771, 2.763, 2.756, 2.75, 2.576,
  ],
};

/** Responses of all components to a move of one over the first step.
 *
 * Units   shock in units of the state: ln 0.9 is a fall of 10 %
 * Throws  InputError when the model has fewer than three members, or no such component
 */
export function impulseResponse(
  model: Pick<LearnedModel, "shape" | "members">,
  ending: Ending,
  shocked: string,
  shock: number,
  kind: ImpulseResponse["kind"],
  options: ResponseOptions = {},
): ImpulseResponse {
  const { steps, paths, seed, level } = { ...responseDefaults, ...options };
  const { members, shape } = model;
  if (members.length < 3) {
    throw new InputError(
      `impulseResponse: expected at least 3 members for an interval, got ${members.length}. Learn with more members.`,
    );
  }
  const names = shape.set.components.map(({ name }) => name);
  if (!names.includes(shocked) || !Number.isFinite(shock)) {
    throw new InputError(
      `impulseResponse: expected a finite move of ${names.join(", ")}, got ${shocked} ${shock}. Name one of those.`,
    );
  }
  const still = Object.fromEntries(names.map((name) => [name, 0]));
  const hit = kind === "total" ? { [shocked]: shock } : { ...still, [shocked]: shock };
  const base = kind === "total" ? undefined : still;
  const differences = members.map((_, member) => {
    const run = (condition: Record<string, number> | undefined): SimulatedPaths =>
      simulate(model, ending, { steps: steps + 1, paths, seed, member, condition });
    return difference(run(hit), run(base), names.length);
  });
  const summary = (pick: (d: Difference) => Float64Array, j: number): Response => {
    const value = new Float64Array(steps);
    const halfWidth = new Float64Array(steps);
    const quantiles = studentQuantiles[level];
    const t = quantiles[Math.min(members.length - 2, quantiles.length - 1)];
    for (let step = 0; step < steps; step++) {
      const each = differences.map((d) => pick(d)[step * names.length + j]);
      const mean = each.reduce((sum, x) => sum + x, 0) / each.length;
      const variance = each.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (each.length - 1);
      value[step] = mean;
      halfWidth[step] = t * Math.sqrt(variance);
    }
    return { value, halfWidth };
  };
  return {
    shocked,
    shock,
    kind,
    level,
    members: members.length,
    components: names.map((component, j) => ({
      component,
      state: summary(({ state }) => state, j),
      logScale: summary(({ logScale }) => logScale, j),
    })),
  };
}

interface Difference {
  /** [step][component] after 1, 2 … steps */
  readonly state: Float64Array;
  /** [step][component] over the steps after the first */
  readonly logScale: Float64Array;
}

/** Mean differences over paths. */
function difference(a: SimulatedPaths, b: SimulatedPaths, d: number): Difference {
  const { steps, paths } = a;
  const state = new Float64Array((steps - 1) * d);
  const logScale = new Float64Array((steps - 1) * d);
  for (let t = 1; t < steps; t++) {
    for (let j = 0; j < d; j++) {
      const at = (t * d + j) * paths;
      let [moved, larger] = [0, 0];
      for (let p = 0; p < paths; p++) {
        moved += a.states[at + p] - b.states[at + p];
        larger += a.logScales[at + p] - b.logScales[at + p];
      }
      state[(t - 1) * d + j] = moved / paths;
      logScale[(t - 1) * d + j] = larger / paths;
    }
  }
  return { state, logScale };
}
