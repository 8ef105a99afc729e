/**
 * The paths of a phase: many for its residuals, fixed while it lasts, and few for its Jacobians, drawn anew for each.
 */
import { neuralSdeDefaults } from "../models/neuralSde.ts";
import { type Pricer, pricer, type PricingSetup } from "./pricer.ts";
import type { Phase } from "./schedule.ts";

export interface PhasePaths {
  readonly residual: Pricer;
  readonly jacobian: Pricer;
  /** Path-steps of one pricing, and of one Jacobian. */
  readonly forwardCost: number;
  readonly jacobianCost: number;
  free(): void;
}

/** Seed of the residuals' paths of a fit. */
export const fittedPathsSeed = (seed: number): number => 16 * seed + 1;

/** Each iteration differentiates on paths of its own, so that a step refused for a noisy Jacobian is not proposed again. */
export const jacobianSeed = (seed: number, iteration: number): number =>
  1024 * seed + 512 + iteration;

/** Sets up the paths of a phase: both seeds are functions of the fit's seed alone. */
export async function phasePaths(
  setup: PricingSetup,
  phase: Phase,
  seed: number,
): Promise<PhasePaths> {
  const { residualPaths, jacobianPaths, gridShare, jacobianGridShare = gridShare } = phase;
  const residual = await pricer(onShare(setup, gridShare), {
    paths: residualPaths,
    seed: fittedPathsSeed(seed),
  });
  const jacobian = await pricer(onShare(setup, jacobianGridShare), {
    paths: jacobianPaths,
    seed: jacobianSeed(seed, 0),
  });
  const dates = Array.from(jacobian.runner.plan.dates);
  return {
    residual,
    jacobian,
    forwardCost: residualPaths * residual.steps,
    jacobianCost:
      jacobianPaths * (jacobian.steps + 2 * dates.reduce((sum, steps) => sum + steps, 0)),
    free() {
      residual.runner.free();
      jacobian.runner.free();
    },
  };
}

/** The setup on a share of the model's grid; an interval keeps the default's least number of steps, if it had them. */
function onShare(setup: PricingSetup, share: number): PricingSetup {
  const { gridSteps, minStepsPerInterval } = setup.config;
  const least = Math.max(
    neuralSdeDefaults.minStepsPerInterval,
    Math.round(minStepsPerInterval * share),
  );
  return {
    ...setup,
    config: {
      ...setup.config,
      gridSteps: Math.round(gridSteps * share),
      minStepsPerInterval: Math.min(minStepsPerInterval, least),
    },
  };
}
