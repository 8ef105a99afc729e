/** The model under the glass, what was found in it, and the experiment of taking a quote away. */
import { computed, effect, signal } from "@preact/signals";
import { number, sectionState } from "../../app/urlState.ts";
import { threads } from "../../app/threads.ts";
import { market } from "../../market/marketState.ts";
import { type NeuralFit, neuralFit } from "../../market/neuralState.ts";
import { isCancelled, startJob } from "../../work/client.ts";
import { jobSignal } from "../../work/jobSignal.ts";

export const address = sectionState("inside", { expiry: number(3, 0, 99) });

/** The fit that is shown, if it belongs to the page's market. */
export const shownFit = computed(() =>
  neuralFit.value !== null && neuralFit.value.market === market.value ? neuralFit.value : null,
);
export const fitBusy = signal(false);
export const fitFailure = signal<string | null>(null);

export const inspection = jobSignal("inspect", "inside");
export const removal = jobSignal("removeQuote", "inside-experiment");
/** What the removal's result is about. */
export const removed = signal<{ readonly quote: string; readonly expiry: number } | null>(null);

let inspected: NeuralFit | null = null;
effect(() => {
  const fit = shownFit.value;
  if (fit === inspected) return;
  inspected = fit;
  removal.reset();
  removed.value = null;
  if (fit === null) inspection.reset();
  else look(fit);
});

/** Computes what is shown of a fit. */
export function look(fit: NeuralFit): void {
  inspection.start({ model: fit.model, market: fit.market, threads });
}

/** Fits the neural SDE to the page's market, when no other section has. */
export async function fitHere(): Promise<void> {
  const now = market.peek();
  if (now === null || fitBusy.peek()) return;
  fitBusy.value = true;
  fitFailure.value = null;
  try {
    const input = { market: now, models: ["neural-sde"], threads, warm: null };
    const job = startJob("fitModels", input, {
      lane: "inside-fit",
      graceMs: 0,
      onProgress: ({ row, fitted }) => {
        if (fitted !== null) {
          neuralFit.value = { model: fitted, market: now, from: "this page" };
          fitBusy.value = false;
          job.cancel(); // what it is worth at other quotes is asked in Compare
        } else if (row.status === "failed") fitFailure.value = row.message;
      },
    });
    await job.result;
  } catch (error) {
    if (!isCancelled(error))
      fitFailure.value = error instanceof Error ? error.message : String(error);
  } finally {
    fitBusy.value = false;
  }
}

export function takeAway(quote: string, expiry: number): void {
  const fit = shownFit.peek();
  if (fit === null) return;
  removed.value = { quote, expiry };
  removal.start({ model: fit.model, market: fit.market, quote, threads });
}
