/**
 * Path-dependent features: what a model sees of the past, by a recursion that training and simulation share.
 *
 *   EWMA_h(f)_t = 2^(−1/h) EWMA_h(f)_{t−1} + (1 − 2^(−1/h)) f_t,   half-life h in steps
 *
 * of every component x with increments r:
 *
 *   scale.h    ½ ln EWMA_h(r²)                          how much it moved: exponential averages of realised variance
 *   trend.h    EWMA_h(r) / exp(scale of the middle h)   where it went
 *   last       r / exp(scale)                           the last move
 *   fall       min(r, 0) / exp(scale)                   the last fall: the leverage effect
 *   drawdown   x − max, a maximum that forgets with the longest half-life (prices)
 *   level      x (volatilities and levels)
 *   gap.h      EWMA_h(x) − x (volatilities and levels)
 *
 * then the calendar of the step to come, and the outside inputs as they are. Nothing looks ahead: row t is made of
 * rows up to t, and of the calendar, which is known.
 */
import { MS_PER_DAY } from "../market/dayCount.ts";
import type { Component } from "./history.ts";

/** What a feature is to the component it belongs to. */
export type FeatureRole = "scale" | "trend" | "level" | "gap" | "calendar" | "input";

/** One feature. */
export interface Feature {
  readonly name: string;
  readonly role: FeatureRole;
  /** Index of the component; −1 for calendar and inputs. */
  readonly component: number;
}

/** Half-lives in steps. */
export interface FeatureOptions {
  readonly scales: readonly number[];
  readonly trends: readonly number[];
  readonly gaps: readonly number[];
}

/** Half-lives by the length of a step. */
export function defaultHalfLives(stepMs: number): FeatureOptions {
  if (stepMs >= MS_PER_DAY / 2) return { scales: [2, 8, 32], trends: [5, 20], gaps: [2, 8, 32] };
  const perDay = MS_PER_DAY / stepMs;
  return {
    scales: [perDay / 6, perDay, 8 * perDay],
    trends: [perDay / 4, 5 * perDay],
    gaps: [perDay / 4, perDay, 8 * perDay],
  };
}

/** What features are made of. */
export interface FeatureSet {
  readonly components: readonly Component[];
  readonly inputNames: readonly string[];
  readonly stepMs: number;
  readonly halfLives: FeatureOptions;
}

/** Steps before which averages still remember their start: three times the longest half-life of variances, at most a
 * hundred. */
export const warmUpSteps = ({ halfLives }: FeatureSet): number =>
  Math.min(100, Math.ceil(3 * Math.max(...halfLives.scales)));

/** The list of features of a set. */
export function featuresOf({ components, inputNames, stepMs, halfLives }: FeatureSet): Feature[] {
  const own = components.flatMap(({ name, kind }, component): Feature[] => {
    const of = (role: FeatureRole, label: string): Feature => ({
      name: `${name} ${label}`,
      role,
      component,
    });
    const common = [
      ...halfLives.scales.map((h) => of("scale", `scale.${h}`)),
      ...halfLives.trends.map((h) => of("trend", `trend.${h}`)),
      of("trend", "last"),
      of("trend", "fall"),
    ];
    return kind === "price"
      ? [...common, of("trend", "drawdown")]
      : [...common, of("level", "level"), ...halfLives.gaps.map((h) => of("gap", `gap.${h}`))];
  });
  const free =
    (role: FeatureRole) =>
    (name: string): Feature => ({ name, role, component: -1 });
  return [...own, ...calendarNames(stepMs).map(free("calendar")), ...inputNames.map(free("input"))];
}

function calendarNames(stepMs: number): string[] {
  const days = ["saturday", "sunday", "monday"];
  return stepMs >= MS_PER_DAY / 2
    ? days
    : [...days, "hour cos", "hour sin", "half-day cos", "half-day sin"];
}

/** The recursion's memory. */
export interface FeatureState {
  /** Takes the state in at a time; NaN components keep what was known of them. */
  push(timeMs: number, state: Float64Array, stateAt: number): void;
  /** Features of the step that begins at the last time pushed. */
  write(inputs: Float64Array, inputsAt: number, out: Float64Array, outAt: number): void;
  /** A copy that goes its own way. */
  fork(): FeatureState;
  /** All it remembers: `featureState(set, memory)` goes on from it. */
  readonly memory: Float64Array;
}

const TINY = 1e-12;

/** A recursion that has seen nothing; `memory` goes on from another's. */
export function featureState(set: FeatureSet, memory?: Float64Array): FeatureState {
  const { components, inputNames, stepMs, halfLives } = set;
  const { scales, trends, gaps } = halfLives;
  const keepOf = (h: number): number => 2 ** (-1 / h);
  // per component: x, last increment, number of increments seen, peak, then the averages
  const trendsAt = 4 + scales.length;
  const gapsAt = trendsAt + trends.length;
  const stride = gapsAt + gaps.length;
  const m = memory ?? new Float64Array(components.length * stride + 1).fill(Number.NaN);
  const timeAt = components.length * stride;
  const middle = scales.length >> 1;
  const forget = keepOf(Math.max(...scales));

  const pushOne = (at: number, x: number): void => {
    if (Number.isNaN(x)) {
      m[at + 1] = Number.NaN;
      return;
    }
    if (Number.isNaN(m[at])) {
      m.fill(0, at, at + gapsAt);
      m.fill(x, at + gapsAt, at + stride);
      m[at] = x;
      m[at + 3] = x;
      return;
    }
    const isAfterGap = Number.isNaN(m[at + 1]);
    const r = isAfterGap ? 0 : x - m[at];
    m[at] = x;
    m[at + 1] = r;
    m[at + 3] = Math.max(x, x + forget * (m[at + 3] - x));
    // a move over several steps says nothing about the size of one
    if (isAfterGap) return;
    m[at + 2] += 1;
    // a young average is a plain mean: its start does not weigh as if it had been seen for long
    const young = 1 / m[at + 2];
    scales.forEach((h, i) => {
      m[at + 4 + i] += Math.max(young, 1 - keepOf(h)) * (r * r - m[at + 4 + i]);
    });
    trends.forEach((h, i) => {
      m[at + trendsAt + i] += (1 - keepOf(h)) * (r - m[at + trendsAt + i]);
    });
    gaps.forEach((h, i) => {
      m[at + gapsAt + i] += (1 - keepOf(h)) * (x - m[at + gapsAt + i]);
    });
  };

  return {
    push(timeMs, state, stateAt) {
      m[timeAt] = timeMs;
      for (let j = 0; j < components.length; j++) pushOne(j * stride, state[stateAt + j]);
    },
    write(inputs, inputsAt, out, outAt) {
      let o = outAt;
      for (let j = 0; j < components.length; j++) {
        const at = j * stride;
        const sizeAt = at + 4 + middle;
        const size = Math.sqrt(m[sizeAt] + TINY);
        for (let i = 0; i < scales.length; i++) out[o++] = 0.5 * Math.log(m[at + 4 + i] + TINY);
        for (let i = 0; i < trends.length; i++) out[o++] = m[at + trendsAt + i] / size;
        out[o++] = m[at + 1] / size;
        out[o++] = Math.min(m[at + 1], 0) / size;
        if (components[j].kind === "price") out[o++] = m[at] - m[at + 3];
        else {
          out[o++] = m[at];
          for (let i = 0; i < gaps.length; i++) out[o++] = m[at + gapsAt + i] - m[at];
        }
      }
      o = writeCalendar(m[timeAt] + stepMs / 2, stepMs, out, o);
      for (let i = 0; i < inputNames.length; i++) out[o++] = inputs[inputsAt + i];
    },
    fork: () => featureState(set, m.slice()),
    memory: m,
  };
}

/** Calendar of the step around its middle, in UTC. */
function writeCalendar(middleMs: number, stepMs: number, out: Float64Array, at: number): number {
  const day = new Date(middleMs).getUTCDay();
  let o = at;
  for (const weekday of [6, 0, 1]) out[o++] = day === weekday ? 1 : 0;
  if (stepMs < MS_PER_DAY / 2) {
    const phase = (2 * Math.PI * (middleMs % MS_PER_DAY)) / MS_PER_DAY;
    for (const angle of [phase, 2 * phase]) {
      out[o++] = Math.cos(angle);
      out[o++] = Math.sin(angle);
    }
  }
  return o;
}
