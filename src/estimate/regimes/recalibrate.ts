/**
 * Warm recalibration: the members of a model go on learning from where they are, on newer rows.
 *
 * Features keep the scales they were learned with, ridges and structure stay, each member takes a few iterations on its
 * own block bootstrap. Folds are not asked again, so this takes a small part of the time of `learn`.
 */
import { lbfgs } from "../../nn/index.ts";
import type { Design } from "../design.ts";
import type { LearnedModel } from "../learn.ts";
import { blockWeights, learnDefaults } from "../learn.ts";
import { likelihood } from "../likelihood.ts";

export interface RecalibrateOptions {
  readonly from: number;
  readonly to: number;
  readonly iterations?: number;
  readonly signal?: AbortSignal;
}

const recalibrateDefaults = { iterations: 10 } as const;

/** A model that has seen rows from ≤ row < to. */
export async function recalibrate(
  model: LearnedModel,
  design: Design,
  { from, to, iterations = recalibrateDefaults.iterations, signal }: RecalibrateOptions,
): Promise<LearnedModel> {
  const { shape, members, selection, seed } = model;
  const { skeletonRidge, ridge } = selection.chosen;
  const ridges = { skeleton: skeletonRidge, network: ridge };
  const next: Float64Array[] = [];
  for (const [m, theta0] of members.entries()) {
    const weights =
      m === 0 ? undefined : blockWeights(to - from, learnDefaults.blockSteps, seed * 1000 + m);
    const { evaluate } = likelihood(shape, design, from, to, ridges, weights);
    const { theta } = await lbfgs({ objective: evaluate, theta0, iterations, signal });
    signal?.throwIfAborted();
    next.push(theta);
  }
  const trained = {
    rows: to - from,
    fromMs: design.timesMs[from],
    toMs: design.timesMs[to - 1] + design.set.stepMs,
  };
  return { ...model, members: next, curve: null, trained };
}
