/**
 * What the comparison shows, and the fits behind it.
 *
 * Models fit in three lanes side by side: the quick ones, the slow ones, the neural SDE. A new market cancels what is
 * under way. While a quote is dragged SABR and SVI fit its smile and SSVI, Heston and SANOS all of them, in lanes of their own: one request at
 * a time, always the latest. Rough Bergomi and the neural SDE wait until it is let go.
 */
import { computed, effect, signal } from "@preact/signals";
import type { FittedModel } from "volterra/calibrate";
import { list, number, sectionState } from "../../app/urlState.ts";
import { threads } from "../../app/threads.ts";
import type { LabMarket } from "../../market/labMarket.ts";
import { editQuotes, market } from "../../market/marketState.ts";
import { neuralFit } from "../../market/neuralState.ts";
import { isCancelled, startJob } from "../../work/client.ts";
import type { ModelRow } from "../../work/jobs/modelRow.ts";

/** Models of the comparison, in the order of the page. */
export const modelNames = [
  "sabr",
  "svi",
  "neural-sde",
  "ssvi",
  "heston",
  "rough-bergomi",
  "sanos",
] as const;
export type ModelName = (typeof modelNames)[number];

export const modelTitles: Readonly<Record<ModelName, string>> = {
  sabr: "SABR",
  svi: "SVI",
  "neural-sde": "Neural SDE",
  ssvi: "SSVI",
  heston: "Heston",
  "rough-bergomi": "Rough Bergomi",
  sanos: "SANOS",
};

type Lane = "quick" | "slow" | "neural";
const laneOf: Readonly<Record<ModelName, Lane>> = {
  sabr: "quick",
  svi: "quick",
  ssvi: "quick",
  heston: "slow",
  "rough-bergomi": "slow",
  sanos: "slow",
  "neural-sde": "neural",
};
/** Models that follow a drag, each lane at its own pace. */
const dragLanes: Readonly<Record<string, readonly ModelName[]>> = {
  drag: ["sabr", "svi", "ssvi"],
  "drag-heston": ["heston"],
  "drag-sanos": ["sanos"],
};

const address = sectionState("compare", {
  models: list(modelNames, ["sabr", "svi", "neural-sde"]),
  expiry: number(3, 0, 99),
});
export const shownModels = address.models;

/** Rank of the expiry whose smile is shown, within the market there is. */
export const expiryRank = computed(() =>
  Math.min(
    Math.round(address.expiry.value),
    Math.max(0, (shownMarket.value?.expiries.length ?? 1) - 1),
  ),
);
export function chooseExpiry(rank: number): void {
  address.expiry.value = rank;
}

/** Fits by model; each stays until a newer one is there. */
export const rows = signal<Readonly<Partial<Record<ModelName, ModelRow>>>>({});
/** Models whose row belongs to an older market, or that have none. */
export const waiting = signal<ReadonlySet<ModelName>>(new Set());
export const fitError = signal<string | null>(null);
/** The last neural fit, as the command line reads it. */
export const fitted = signal<FittedModel | null>(null);

/** The market while a quote is dragged; null otherwise. */
const dragged = signal<LabMarket | null>(null);
export const shownMarket = computed(() => dragged.value ?? market.value);
/** Smiles of the shown expiry while a quote is dragged. */
export const dragSmiles = signal<Readonly<Record<string, readonly number[]>>>({});
/** Wall time of the last refit during a drag, and of what. */
export const dragTimes = signal<
  readonly { readonly models: readonly ModelName[]; readonly ms: number }[]
>([]);

const fittedTo = new Map<ModelName, LabMarket>();
const running = new Map<Lane, { readonly market: LabMarket; cancel(): void }>();

effect(() => {
  const now = market.value;
  const wanted = shownModels.value;
  if (now === null) return;
  const due = wanted.filter((name) => fittedTo.get(name) !== now);
  waiting.value = new Set(due);
  // the row of a model that is not due is this market's, and more than a drag's single smile
  const isDue = (name: string): boolean => due.some((other) => other === name);
  dragSmiles.value = Object.fromEntries(
    Object.entries(dragSmiles.peek()).filter(([name]) => isDue(name)),
  );
  for (const lane of ["quick", "slow", "neural"] as const) {
    const missing = due.filter((name) => laneOf[name] === lane);
    const before = running.get(lane);
    if (before !== undefined && (missing.length > 0 || before.market !== now)) before.cancel();
    if (missing.length > 0) fitLane(lane, missing, now);
  }
});

function fitLane(lane: Lane, models: readonly ModelName[], now: LabMarket): void {
  fitError.value = null;
  const input = {
    market: now,
    models,
    threads: lane === "neural" ? threads : 1,
    warm: fitted.peek(),
  };
  const job = startJob("fitModels", input, {
    lane: `fit-${lane}`,
    graceMs: 60,
    onProgress: ({ row, fitted: model }) => {
      if (market.peek() !== now) return;
      const name = row.name as ModelName;
      rows.value = { ...rows.peek(), [name]: row };
      // the row on the page is this market's only half: should the rest be cancelled, another fit is due
      const isComplete = row.outsideRmse !== undefined || row.inside === null;
      if (isComplete) fittedTo.set(name, now);
      else fittedTo.delete(name);
      if (model !== null) {
        fitted.value = model;
        neuralFit.value = { model, market: now, from: "Compare" };
      }
      waiting.value = new Set([...waiting.peek()].filter((other) => other !== name));
      if (dragged.peek() === null) {
        const { [name]: _, ...others } = dragSmiles.peek();
        dragSmiles.value = others;
      }
    },
  });
  const handle = { market: now, cancel: job.cancel };
  running.set(lane, handle);
  job.result
    .catch((error: unknown) => {
      if (isCancelled(error)) return;
      fitError.value = error instanceof Error ? error.message : String(error);
      waiting.value = new Set([...waiting.peek()].filter((name) => !models.includes(name)));
    })
    .finally(() => {
      if (running.get(lane) === handle) running.delete(lane);
    });
}

/** The surface of a fitted model for the picture in three dimensions. */
export const surfaceOf = (model: ModelName, now: LabMarket) =>
  startJob("surfaceGrid", { model, market: now }, { lane: `fit-${laneOf[model]}` }).result;

/** Requests that run, and the latest that waits, by lane. */
const dragBusy = new Set<string>();
const dragNext = new Map<string, () => void>();

/** Moves a quote's mid, with its spread, without committing to it. */
export function dragQuote(expiry: number, id: string, mid: number): void {
  const now = dragged.peek() ?? market.peek();
  if (now === null) return;
  const moved = withMid(now, expiry, id, mid);
  dragged.value = moved;
  for (const [lane, all] of Object.entries(dragLanes)) {
    const models = all.filter((name) => shownModels.peek().includes(name));
    if (models.length === 0) continue;
    const run = () => follow(lane, models, moved, expiry);
    if (dragBusy.has(lane)) dragNext.set(lane, run);
    else run();
  }
}

/** Fits a lane's models to the market as it is dragged, then goes on with the latest one. */
function follow(
  lane: string,
  models: readonly ModelName[],
  moved: LabMarket,
  expiry: number,
): void {
  dragBusy.add(lane);
  startJob("dragFit", { market: moved, expiry, models }, { lane })
    .result.then(
      ({ smiles, ms }) => {
        if (dragged.peek() === null) return; // let go meanwhile: the whole fit is on its way
        dragSmiles.value = { ...dragSmiles.peek(), ...smiles };
        const others = dragTimes.peek().filter((own) => own.models.join() !== models.join());
        dragTimes.value = [...others, { models, ms }];
      },
      (error: unknown) => {
        fitError.value = error instanceof Error ? error.message : String(error);
      },
    )
    .finally(() => {
      dragBusy.delete(lane);
      const next = dragNext.get(lane);
      dragNext.delete(lane);
      if (dragged.peek() !== null) next?.();
    });
}

/** Keeps what was dragged: all models fit again. */
export function dropQuote(): void {
  const moved = dragged.peek();
  if (moved === null) return;
  dragged.value = null;
  const before = market.peek();
  moved.expiries.forEach((expiry, i) => {
    if (before?.expiries[i].quotes !== expiry.quotes)
      editQuotes(expiry.expiryMs, () => expiry.quotes);
  });
}

export const cancelDrag = (): void => {
  dragged.value = null;
  dragSmiles.value = {};
};

/** Lowest volatility that a bid can be dragged to, decimal. */
const lowestBid = 0.005;

function withMid(now: LabMarket, expiry: number, id: string, mid: number): LabMarket {
  return {
    ...now,
    expiries: now.expiries.map((own, i) =>
      i !== expiry
        ? own
        : {
            ...own,
            quotes: own.quotes.map((quote) => {
              if (quote.id !== id) return quote;
              const half = (quote.askVol - quote.bidVol) / 2;
              const centre = Math.min(5, Math.max(mid, half + lowestBid));
              return { ...quote, bidVol: centre - half, askVol: centre + half, edited: true };
            }),
          },
    ),
  };
}
