/** The last neural SDE that was fitted on this page, for the sections that look at it. */
import { signal } from "@preact/signals";
import type { FittedModel } from "volterra/calibrate";
import type { LabMarket } from "./labMarket.ts";

export interface NeuralFit {
  readonly model: FittedModel;
  readonly market: LabMarket;
  /** Where it was fitted, in words. */
  readonly from: string;
}

export const neuralFit = signal<NeuralFit | null>(null);
