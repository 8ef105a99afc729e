/** What the lesson and its demonstrations compute, as jobs. */
import { wasmBackend } from "volterra/engine";
import { repairQuotes } from "volterra/surface";
import { type BandLesson, bandLesson, type BandRequest } from "../../sections/lesson/work/bands.ts";
import {
  descend,
  type DescentOptions,
  type DescentProgress,
} from "../../sections/lesson/work/knobs.ts";
import { asCallQuote, type MovableQuote } from "../../sections/lesson/work/quotes.ts";
import {
  type TinyProgress,
  type TinySurface,
  tinySurface,
  trainTiny,
} from "../../sections/lesson/work/tinySde.ts";
import { type WalkRequest, type Walks, walk } from "../../sections/lesson/work/walks.ts";
import type { Job } from "../protocol.ts";

/** Long enough for the page to draw what it was told. */
const frame = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 16));

export const walks: Job<WalkRequest, Walks> = (request) => walk(request, wasmBackend);

export const knobs: Job<
  Pick<DescentOptions, "heights" | "theta" | "iterations">,
  DescentProgress,
  DescentProgress
> = (input, { report, signal }) =>
  descend(
    {
      ...input,
      signal,
      onProgress: (progress) => {
        report(progress);
        return frame();
      },
    },
    wasmBackend,
  );

export const tiny: Job<
  { readonly iterations: number; readonly seed: number },
  TinyProgress,
  TinyProgress
> = (input, { report, signal }) =>
  trainTiny(
    {
      ...input,
      signal,
      onProgress: (progress) => {
        report(progress);
        return frame();
      },
    },
    wasmBackend,
  );

export const surface: Job<Float64Array, TinySurface> = (theta) => tinySurface(theta, wasmBackend);

export const bands: Job<BandRequest, BandLesson> = (request) => bandLesson(request);

/** Prices after the smallest repair, in the order of the quotes. */
export const repair: Job<readonly MovableQuote[], readonly number[]> = async (quotes) => {
  const { moves } = await repairQuotes(quotes.map(asCallQuote));
  return quotes.map(({ price }, i) => price + 100 * moves[i]);
};
