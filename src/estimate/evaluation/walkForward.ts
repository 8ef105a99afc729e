/**
 * Walk-forward evaluation: learn on what was before, forecast a block step by step, learn again, and so on.
 *
 * Model and baselines are refitted at the same rows on the same data. Nothing of a block is seen before its
 * forecasts are scored, the choice of ridge and iterations included. Without refits it is one split.
 */
import { InputError } from "../../num/errors.ts";
import { fitBaselines } from "../baselines/index.ts";
import type { Design } from "../design.ts";
import { learn, type LearnedModel, type LearnOptions, type Selection } from "../learn.ts";
import { forecasts, jointLogScores } from "../predictive.ts";
import { type ComponentEvaluation, type RawScores, rawScores, summarise } from "./evaluate.ts";
import { dieboldMariano } from "./tests.ts";

export interface WalkOptions {
  /** First row to forecast. */
  readonly testFrom: number;
  readonly testTo?: number;
  /** Steps between refits; one fit when absent. */
  readonly refitSteps?: number;
  /** Longest training window, in steps; all that was before when absent. */
  readonly windowSteps?: number;
  readonly baselines?: boolean;
  readonly learn?: LearnOptions;
  /** Called before each fit. */
  readonly onBlock?: (block: number, blocks: number) => void;
}

/** One fit on the way. */
export interface Refit {
  readonly fromMs: number;
  readonly trainedRows: number;
  readonly selection: Selection;
}

export interface WalkForward {
  readonly steps: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly components: readonly ComponentEvaluation[];
  /** [step] joint log scores of the model */
  readonly joint: Float64Array;
  readonly refits: readonly Refit[];
  /** the last model that was learned on the way */
  readonly last: LearnedModel;
}

/** Fewest steps to evaluate on. */
const FEWEST_STEPS = 30;

/** Evaluates by walking forward.
 *
 * Throws  InputError when too few steps are left to evaluate on, or to learn from
 */
export async function walkForward(design: Design, options: WalkOptions): Promise<WalkForward> {
  const { testFrom, testTo = design.rows, windowSteps = Number.POSITIVE_INFINITY } = options;
  if (testTo - testFrom < FEWEST_STEPS) {
    throw new InputError(
      `evaluate: expected at least ${FEWEST_STEPS} steps to forecast, got ${Math.max(0, testTo - testFrom)}. Begin the test earlier.`,
    );
  }
  const refitSteps = options.refitSteps ?? testTo - testFrom;
  const blocks = Math.ceil((testTo - testFrom) / refitSteps);
  const d = design.set.components.length;
  const sheets = Array.from({ length: d }, () => new Map<string, RawScores[]>());
  const joint: Float64Array[] = [];
  const refits: Refit[] = [];
  let last: LearnedModel | undefined;
  for (let block = 0; block < blocks; block++) {
    const at = testFrom + block * refitSteps;
    const end = Math.min(testTo, at + refitSteps);
    const from = Math.max(0, at - windowSteps);
    options.onBlock?.(block, blocks);
    last = await learn(design, { ...options.learn, learningCurve: false, from, to: at });
    refits.push({
      fromMs: design.timesMs[at],
      trainedRows: at - from,
      selection: last.selection,
    });
    joint.push(jointLogScores(last, design, at, end));
    for (let j = 0; j < d; j++) {
      const actual = Float64Array.from(
        { length: end - at },
        (_, i) => design.moves[(at + i) * d + j],
      );
      add(sheets[j], "model", rawScores(forecasts(last, design, j, at, end), actual));
      if (options.baselines === false) continue;
      for (const baseline of await fitBaselines(design, j, from, at)) {
        const tails = baseline.innovation === "student" ? "t" : "normal";
        const laws = baseline.forecasts(at, end);
        add(sheets[j], `${baseline.name}, ${tails}`, rawScores(laws, actual));
      }
    }
  }
  return {
    steps: testTo - testFrom,
    fromMs: design.timesMs[testFrom],
    toMs: design.timesMs[testTo - 1] + design.set.stepMs,
    components: sheets.map((sheet, j) => evaluationOf(design.set.components[j].name, sheet)),
    joint: concatenate(joint),
    refits,
    last: last as LearnedModel,
  };
}

function add(sheet: Map<string, RawScores[]>, name: string, scores: RawScores): void {
  sheet.set(name, [...(sheet.get(name) ?? []), scores]);
}

function evaluationOf(component: string, sheet: Map<string, RawScores[]>): ComponentEvaluation {
  const whole = [...sheet].map(([name, parts]) => ({
    name,
    logs: concatenate(parts.map(({ logs }) => logs)),
    pit: concatenate(parts.map(({ pit }) => pit)),
  }));
  const model = whole[0];
  const baselines = whole.slice(1).map((raw) => ({
    ...summarise(raw.name, raw),
    modelGain: dieboldMariano(model.logs, raw.logs),
  }));
  const best = baselines.reduce<(typeof baselines)[number] | null>(
    (a, b) => (a === null || b.logScore > a.logScore ? b : a),
    null,
  );
  return {
    component,
    steps: model.logs.length,
    model: summarise(model.name, model),
    baselines,
    best: best?.name ?? null,
    logScores: model.logs,
    bestLogScores: whole.find(({ name }) => name === best?.name)?.logs ?? null,
    pit: model.pit,
  };
}

/** One array after the other. */
function concatenate(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
