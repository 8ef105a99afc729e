/**
 * Has the world changed? Cumulative sums over what a model's forecasts say about themselves.
 *
 * Under the right model z = Φ⁻¹(PIT) of each component is standard normal and independent over time, whatever the model is.
 * Four sums watch each component; an alarm is raised when one of them exceeds h, then all begin again:
 *
 *   S ← max(0, S + y − ½),   y = z, −z (drift up, down), (z² − 1)/√2, (1 − z²)/√2 (larger, smaller moves),  |z| ≤ 4
 *
 * h is found once by simulating independent normals so that false alarms come at the wished rate: no data are used for it.
 * A model that was learned and not given, or components that move together, change the rate; docs/history.md has what was
 * measured. The regime is said to begin when the sum that raised the alarm last left zero.
 *
 * Source: E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954).
 */
import { InputError } from "../../num/errors.ts";
import { inverseNormCdf } from "../../num/normal.ts";
import { philoxNormals } from "../../random/normals.ts";

/** What a sum watches. */
export type ChangeType = "drift up" | "drift down" | "larger moves" | "smaller moves";

const types: readonly ChangeType[] = ["drift up", "drift down", "larger moves", "smaller moves"];
const FAR = 4;
const SLACK = 0.5;

/** An alarm. */
export interface Alarm {
  /** step at which it was raised */
  readonly step: number;
  /** step at which the change is estimated to have begun */
  readonly since: number;
  readonly component: number;
  readonly type: ChangeType;
  /** the sum, above its threshold */
  readonly sum: number;
}

export interface MonitorOptions {
  /** false alarms per step of the whole monitor */
  readonly falseAlarmRate?: number;
  readonly seed?: number;
}

export const monitorDefaults = { falseAlarmRate: 1 / 1000, seed: 1 } as const;

/** Watches forecasts step by step. */
export interface Monitor {
  readonly threshold: number;
  /** Takes the transforms [component] of a step in; the alarm if there is one. */
  push(pit: Float64Array): Alarm | null;
  /** Begins again, as after a switch of the model. */
  reset(): void;
}

/** A monitor of some components.
 *
 * Throws  InputError when the rate is not between 1e-5 and 0.1
 */
export function monitor(components: number, options: MonitorOptions = {}): Monitor {
  const { falseAlarmRate, seed } = { ...monitorDefaults, ...options };
  if (!(falseAlarmRate >= 1e-5 && falseAlarmRate <= 0.1)) {
    throw new InputError(
      `monitor: falseAlarmRate: expected a rate per step from 1e-5 to 0.1, got ${falseAlarmRate}. Use ${monitorDefaults.falseAlarmRate}.`,
    );
  }
  const threshold = thresholdOf(components, falseAlarmRate, seed);
  const sums = cumulativeSums(components);
  return {
    threshold,
    push: (pit) =>
      sums.push(
        pit.map((p) => inverseNormCdf(Math.min(1 - 1e-9, Math.max(1e-9, p)))),
        threshold,
      ),
    reset: sums.reset,
  };
}

interface Sums {
  push(z: Float64Array, threshold: number): Alarm | null;
  reset(): void;
}

function cumulativeSums(components: number): Sums {
  const sums = new Float64Array(4 * components);
  const since = new Float64Array(4 * components);
  let step = -1;
  const reset = (): void => {
    sums.fill(0);
    since.fill(step + 1);
  };
  reset();
  return {
    reset,
    push(z, threshold) {
      step += 1;
      let worst = 0;
      for (let j = 0; j < components; j++) {
        const x = Math.max(-FAR, Math.min(FAR, z[j]));
        const size = (x * x - 1) / Math.SQRT2;
        for (const [k, y] of [x, -x, size, -size].entries()) {
          const at = 4 * j + k;
          const sum = Math.max(0, sums[at] + y - SLACK);
          if (sum === 0) since[at] = step + 1;
          sums[at] = sum;
          if (sum > sums[worst]) worst = at;
        }
      }
      if (!(sums[worst] > threshold)) return null;
      const alarm: Alarm = {
        step,
        since: since[worst],
        component: Math.floor(worst / 4),
        type: types[worst % 4],
        sum: sums[worst],
      };
      reset();
      return alarm;
    },
  };
}

/** h at which independent normals raise alarms at the rate: by bisection on one simulated stream. */
function thresholdOf(components: number, rate: number, seed: number): number {
  const steps = Math.min(400_000, Math.ceil(200 / rate));
  const z = philoxNormals(seed, 7, steps * components);
  const alarmsAt = (threshold: number): number => {
    const sums = cumulativeSums(components);
    let alarms = 0;
    for (let t = 0; t < steps; t++) {
      if (sums.push(z.subarray(t * components, (t + 1) * components), threshold) !== null)
        alarms += 1;
    }
    return alarms;
  };
  let [low, high] = [1, 40];
  for (let i = 0; i < 12; i++) {
    const middle = 0.5 * (low + high);
    if (alarmsAt(middle) > rate * steps) low = middle;
    else high = middle;
  }
  return high;
}
