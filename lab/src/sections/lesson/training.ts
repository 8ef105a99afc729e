/** The tiny neural SDE of steps 6 and 7: one training run that both look at. */
import { computed, effect, signal } from "@preact/signals";
import { jobSignal } from "../../work/jobSignal.ts";

export const training = jobSignal("lessonTiny");
export const iterations = 240;

/** Miss of every iteration, vol points. */
export const misses = signal<readonly number[]>([]);

effect(() => {
  const progress = training.progress.value;
  if (progress !== null) misses.value = [...misses.peek(), progress.missVolPoints];
});

/** The latest state of the run: while it goes on, or at its end. */
export const latest = computed(() => training.result.value ?? training.progress.value);

export function startTraining(seed: number): void {
  training.reset();
  misses.value = [];
  training.start({ iterations, seed });
}
