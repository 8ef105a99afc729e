/**
 * The market of the page, shared by the sections that fit models: where it is from, its scenario, and the reader's edits.
 *
 * A load that fails leaves everything as it was and says why.
 */
import { batch, effect, signal } from "@preact/signals";
import type { Scenario } from "volterra/compare";
import { choice, type Codec, sectionState } from "../app/urlState.ts";
import { isCancelled, type RunningJob, startJob } from "../work/client.ts";
import type { MarketSource } from "../work/jobs/loadMarket.ts";
import { editsText, withEdits } from "./edits.ts";
import type { LabMarket, LabQuote } from "./labMarket.ts";

/** Sections with a market of their own in the address. */
const sections = ["compare", "learn", "inside"] as const;

/** Embedded markets have an address; a file and live quotes do not. */
export const embeddedMarkets = ["synthetic", "dax"] as const;
export type EmbeddedMarket = (typeof embeddedMarkets)[number];
const scenarioNames = ["liquid", "stress", "sparse"] as const satisfies readonly Scenario[];

const text: Codec<string> = { fallback: "", read: (own) => own, write: (own) => own };

const address = sectionState(sections, {
  market: choice(embeddedMarkets, "synthetic"),
  scenario: choice(scenarioNames, "liquid"),
  edits: text,
});

/** "file" or "live" while the quotes are not embedded ones. */
export const origin = signal<EmbeddedMarket | "file" | "live">("synthetic");
export const scenario = address.scenario;
/** What is shown and fitted; null until the first is there. */
export const market = signal<LabMarket | null>(null);
/** What is being done, in words. */
export const marketBusy = signal<string | null>("Reading the quotes…");
/** Why the last load failed. */
export const marketError = signal<string | null>(null);
export const isEdited = signal(false);
/** Is there more changed than a link can carry? */
export const isBeyondLink = signal(false);

let base: LabMarket | null = null;
/** The market as the scenario made it, before edits. */
let untouched: LabMarket | null = null;
let loading: RunningJob<LabMarket, never> | null = null;
const lane = "market";

/** Takes quotes from somewhere else. */
export async function load(source: MarketSource, busy: string): Promise<void> {
  loading?.cancel();
  marketBusy.value = busy;
  marketError.value = null;
  const job = startJob("loadMarket", source, { lane });
  loading = job;
  try {
    const loaded = await job.result;
    if (loading !== job) return;
    base = loaded;
    origin.value = source.kind;
    if (!isEmbedded()) forgetEdits();
    await applyChosenScenario();
  } catch (error) {
    if (loading !== job || isCancelled(error)) return;
    marketError.value = error instanceof Error ? error.message : String(error);
  } finally {
    if (loading === job) marketBusy.value = null;
  }
}

async function applyChosenScenario(): Promise<void> {
  if (base === null) return;
  const asked = { market: base, scenario: scenario.peek() };
  const made = await startJob("applyScenario", asked, { lane }).result;
  if (base !== asked.market || scenario.peek() !== asked.scenario) return; // a later choice is under way
  untouched = made;
  show();
}

/** Edits belong to the quotes of an embedded market: a link cannot carry others. */
const isEmbedded = (): boolean => origin.peek() !== "file" && origin.peek() !== "live";

/** The market with the changes of the address. */
function show(): void {
  if (untouched === null) return;
  const made = isEmbedded() ? withEdits(untouched, address.edits.peek()) : untouched;
  batch(() => {
    market.value = made;
    isEdited.value = made !== untouched;
    isBeyondLink.value = false;
  });
}

/** What the address says of the market that is shown. */
let written = "";
effect(() => {
  // another link of the same section: its changes are not the ones that were made here
  if (address.edits.value === written) return;
  written = address.edits.value;
  show();
});

function writeEdits(): void {
  const now = market.peek();
  if (untouched === null || now === null || !isEmbedded()) return;
  const edits = editsText(untouched, now);
  isBeyondLink.value = edits === null;
  written = edits ?? "";
  address.edits.value = written;
}

export function chooseEmbedded(name: EmbeddedMarket): void {
  if (address.market.peek() !== name) forgetEdits();
  address.market.value = name;
  void load({ kind: name }, "Reading the quotes…");
}

export function chooseScenario(name: Scenario): void {
  forgetEdits();
  scenario.value = name;
}

effect(() => {
  void scenario.value;
  applyChosenScenario().catch((error: unknown) => {
    marketError.value = error instanceof Error ? error.message : String(error);
  });
});

let started: EmbeddedMarket | null = null;

/** Loads the market that the address names, unless there is one. Called by each section when it opens. */
export function ensureMarket(): void {
  const named = address.market.peek();
  const isOwn = origin.peek() === "file" || origin.peek() === "live";
  if (started === named || (started !== null && isOwn)) return;
  started = named;
  chooseEmbedded(named);
}

/** Replaces the quotes of one expiry; an expiry without any goes. */
export function editQuotes(
  expiryMs: number,
  edit: (quotes: readonly LabQuote[]) => readonly LabQuote[],
): void {
  const now = market.peek();
  if (now === null) return;
  const expiries = now.expiries.map((expiry) =>
    expiry.expiryMs === expiryMs ? { ...expiry, quotes: edit(expiry.quotes) } : expiry,
  );
  batch(() => {
    market.value = { ...now, expiries: expiries.filter(({ quotes }) => quotes.length > 0) };
    isEdited.value = true;
  });
  writeEdits();
}

function forgetEdits(): void {
  written = "";
  address.edits.value = "";
}

/** Takes all edits back. */
export function resetEdits(): void {
  batch(() => {
    market.value = untouched;
    isEdited.value = false;
    isBeyondLink.value = false;
  });
  forgetEdits();
}
