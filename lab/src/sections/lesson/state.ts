/** Where the reader is in the lesson, and what they set: all of it in the address. */
import { number, sectionState } from "../../app/urlState.ts";

export const stepCount = 10;

export const lesson = sectionState("lesson", {
  step: number(1, 1, stepCount),
  tosses: number(16, 4, 1024),
  drift: number(0, -1, 1),
  vol: number(0.6, 0.05, 1.5),
  guess: number(0.4, 0.05, 1.5),
  nu: number(0, 0, 3),
  rho: number(0, -0.9, 0.9),
  expiry: number(30, 9, 90),
  cost: number(0.005, 0, 0.02),
  seed: number(1, 1, 9999),
});

/** Other random numbers. */
export function nextSeed(): void {
  lesson.seed.value = (lesson.seed.value % 9999) + 1;
}
