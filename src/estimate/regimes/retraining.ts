/**
 * When to learn again: a walk through history under three policies, and what each earned.
 *
 *   fixed       the first model for ever
 *   scheduled   a challenger every so many steps
 *   alarmed     a challenger when the monitor raises an alarm, at most every `restSteps`
 *
 * A challenger is the champion recalibrated on the last `windowSteps` rows. It is not believed: champion and challenger
 * forecast the next `trialSteps` steps side by side, the champion's count, and the challenger takes over when its joint log
 * score was higher. Every decision has its reason in words. Nothing looks ahead.
 */
import { InputError } from "../../num/errors.ts";
import type { Design } from "../design.ts";
import { learn, type LearnedModel, type LearnOptions } from "../learn.ts";
import { forecasts, jointLogScores } from "../predictive.ts";
import { dieboldMariano, type ScoreDifference } from "../evaluation/tests.ts";
import { type Alarm, monitor, monitorDefaults } from "./monitor.ts";
import { recalibrate } from "./recalibrate.ts";

export type RetrainingPolicy = "fixed" | "scheduled" | "alarmed";

export interface RetrainingOptions {
  readonly testFrom: number;
  readonly everySteps?: number;
  readonly trialSteps?: number;
  readonly restSteps?: number;
  readonly windowSteps?: number;
  readonly falseAlarmRate?: number;
  readonly learn?: LearnOptions;
  readonly onProgress?: (policy: RetrainingPolicy, done: number, of: number) => void;
}

export const retrainingDefaults = {
  everySteps: 91,
  trialSteps: 15,
  restSteps: 30,
  windowSteps: 730,
  falseAlarmRate: monitorDefaults.falseAlarmRate,
} as const;

/** A decision about a challenger. */
export interface Decision {
  /** time of the decision, and of what asked for it (ms) */
  readonly timeMs: number;
  readonly askedMs: number;
  readonly switched: boolean;
  /** challenger minus champion over the trial, nats per step */
  readonly gain: number;
  readonly reason: string;
}

/** An alarm with its times. */
export interface TimedAlarm extends Alarm {
  readonly timeMs: number;
  readonly sinceMs: number;
  readonly componentName: string;
}

/** What a policy did and earned. */
export interface PolicyResult {
  readonly policy: RetrainingPolicy;
  /** mean joint log score, nats per step */
  readonly logScore: number;
  /** against the fixed policy: positive when this one is better; null for itself */
  readonly gain: ScoreDifference | null;
  readonly alarms: readonly TimedAlarm[];
  readonly decisions: readonly Decision[];
  /** [step] joint log scores */
  readonly scores: Float64Array;
}

/** Walks through the rows from `testFrom` on under each policy.
 *
 * Throws  InputError when there is too little to walk through
 */
export async function compareRetraining(
  design: Design,
  options: RetrainingOptions,
): Promise<{ readonly first: LearnedModel; readonly policies: readonly PolicyResult[] }> {
  const { testFrom } = options;
  const settings = { ...retrainingDefaults, ...defined(options) };
  if (design.rows - testFrom < 2 * settings.trialSteps + 30) {
    throw new InputError(
      `regimes: expected at least ${2 * settings.trialSteps + 30} steps after the start of the test, got ${Math.max(0, design.rows - testFrom)}. Begin earlier.`,
    );
  }
  const first = await learn(design, {
    ...options.learn,
    from: Math.max(0, testFrom - settings.windowSteps),
    to: testFrom,
    learningCurve: false,
  });
  const walk = (policy: RetrainingPolicy) => walkUnder(policy, design, first, options, settings);
  const fixed = await walk("fixed");
  const rest = [await walk("scheduled"), await walk("alarmed")];
  const policies = [
    fixed,
    ...rest.map((r) => ({ ...r, gain: dieboldMariano(r.scores, fixed.scores) })),
  ];
  return { first, policies };
}

type Settings = { readonly [K in keyof typeof retrainingDefaults]: number };

const defined = (options: RetrainingOptions): Partial<Settings> =>
  Object.fromEntries(
    Object.keys(retrainingDefaults).flatMap((key) => {
      const value = options[key as keyof Settings];
      return value === undefined ? [] : [[key, value]];
    }),
  );

/** A challenger on trial. */
interface Trial {
  readonly model: LearnedModel;
  readonly from: number;
  readonly why: string;
}

async function walkUnder(
  policy: RetrainingPolicy,
  design: Design,
  first: LearnedModel,
  { testFrom, onProgress, learn: learning }: RetrainingOptions,
  settings: Settings,
): Promise<PolicyResult> {
  const { rows, timesMs, set } = design;
  const watch = monitor(set.components.length, { falseAlarmRate: settings.falseAlarmRate });
  const scores = new Float64Array(rows - testFrom);
  const alarms: TimedAlarm[] = [];
  const decisions: Decision[] = [];
  let champion = first;
  let trial: Trial | null = null;
  let lastAsked = testFrom;
  for (let row = testFrom; row < rows; row++) {
    if ((row - testFrom) % 50 === 0) onProgress?.(policy, row - testFrom, rows - testFrom);
    scores[row - testFrom] = jointLogScores(champion, design, row, row + 1)[0];
    const alarm = watch.push(transforms(champion, design, row));
    if (alarm !== null) alarms.push(timed(alarm, design, testFrom));
    const next = row + 1;
    if (trial !== null && next - trial.from >= settings.trialSteps) {
      const decision = decide(trial, champion, design, next);
      decisions.push(decision);
      if (decision.switched) {
        champion = trial.model;
        watch.reset();
      }
      trial = null;
    }
    const why: string | null =
      trial === null ? reasonFor(policy, next - lastAsked, alarms.at(-1), alarm, settings) : null;
    if (why === null || next >= rows) continue;
    lastAsked = next;
    const model = await recalibrate(champion, design, {
      from: Math.max(0, next - settings.windowSteps),
      to: next,
      signal: learning?.signal,
    });
    trial = { model, from: next, why: `${why} (asked ${dayOf(timesMs[next])})` };
  }
  const logScore = scores.reduce((sum, x) => sum + x, 0) / scores.length;
  return { policy, logScore, gain: null, alarms, decisions, scores };
}

/** Transforms of the components' margins over one row. */
function transforms(model: LearnedModel, design: Design, row: number): Float64Array {
  const d = design.set.components.length;
  return Float64Array.from({ length: d }, (_, j) =>
    forecasts(model, design, j, row, row + 1)[0].cdf(design.moves[row * d + j]),
  );
}

function timed(alarm: Alarm, { timesMs, set }: Design, testFrom: number): TimedAlarm {
  return {
    ...alarm,
    timeMs: timesMs[testFrom + alarm.step] + set.stepMs,
    sinceMs: timesMs[testFrom + Math.min(alarm.since, alarm.step)],
    componentName: set.components[alarm.component].name,
  };
}

function reasonFor(
  policy: RetrainingPolicy,
  rested: number,
  last: TimedAlarm | undefined,
  alarm: Alarm | null,
  settings: Settings,
): string | null {
  if (policy === "scheduled" && rested >= settings.everySteps) {
    return `${settings.everySteps} steps since the last time`;
  }
  if (policy !== "alarmed" || alarm === null || last === undefined) return null;
  if (rested < settings.restSteps) return null;
  return `${last.type} in ${last.componentName} since ${dayOf(last.sinceMs)}, a sum of ${last.sum.toFixed(1)}`;
}

function decide(trial: Trial, champion: LearnedModel, design: Design, to: number): Decision {
  const mean = (model: LearnedModel): number =>
    jointLogScores(model, design, trial.from, to).reduce((sum, x) => sum + x, 0) /
    (to - trial.from);
  const gain = mean(trial.model) - mean(champion);
  const switched = gain > 0;
  const outcome = `the challenger scored ${gain >= 0 ? "+" : "−"}${Math.abs(gain).toFixed(3)} nats a step against the champion over ${to - trial.from} steps`;
  return {
    timeMs: design.timesMs[to - 1] + design.set.stepMs,
    askedMs: design.timesMs[trial.from],
    switched,
    gain,
    reason: `${trial.why}; ${outcome}: ${switched ? "it takes over" : "the champion stays"}`,
  };
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
