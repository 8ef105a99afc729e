/**
 * One model on one chain: fitted, measured in sample, refitted without some quotes and asked about them, rolled to the
 * next snapshot, audited. What a model cannot do is a null and a warning in its own row.
 */
import { type Chain, subsetChain, yearsBetween } from "../market/index.ts";
import { failedFit, type Model, type ModelFit, type ModelOptions } from "../models/index.ts";
import { type ModelSurface, rollSurface } from "../surface/index.ts";
import { certify } from "./certify.ts";
import type { CompareCertificate, ModelComparison } from "./compareDocument.ts";
import { exoticContracts, type ExoticSet } from "./exotics/contracts.ts";
import { compareExotics, type ExoticFits, type ExoticsComparison } from "./exotics/exotics.ts";
import { type HoldOut, holdOutExpiries, holdOutStrikes } from "./holdOut.ts";
import { type QuoteError, quoteErrors, rmseVolPoints, summariseErrors } from "./quoteErrors.ts";
import { hiddenQuotes, type Scenario, scenarioChain } from "./scenario.ts";

/** Everything that models are asked about one chain: the same for every model. */
export interface CompareTask {
  readonly scenario: Scenario;
  /** What models are fitted to. */
  readonly fitted: Chain;
  /** What the fit is measured at. */
  readonly measured: Chain;
  /** Quotes that the fit did not see, if the scenario itself hides some. */
  readonly hidden: { readonly strikes: Chain | null; readonly expiries: Chain | null } | null;
  /** Fits with quotes held out; null for none. */
  readonly strikes: HoldOut | null;
  readonly expiries: readonly HoldOut[];
  readonly next: Chain | null;
  /** Contracts on the fitted expiries; null when they were not asked for, or on too few expiries. */
  readonly exotics: ExoticSet | null;
}

/** What a comparison does besides fitting. */
export interface TaskOptions {
  readonly next?: Chain;
  /** Leave out the fits with held-out quotes. */
  readonly quick?: boolean;
  /** Interior expiries to hold out, each alone; 1 by default. */
  readonly heldOutExpiries?: number;
  /** Price path-dependent contracts too. */
  readonly exotics?: boolean;
}

/** Sets up what every model is asked.
 *
 * A stressed market has no next snapshot; a sparse one hides its own quotes, so nothing more is held out.
 */
export function compareTask(
  chain: Chain,
  scenario: Scenario,
  options: TaskOptions = {},
): CompareTask {
  const { fitted, measured } = scenarioChain(chain, scenario);
  const isSparse = scenario === "sparse";
  const holdsOut = !isSparse && options.quick !== true;
  return {
    scenario,
    fitted,
    measured,
    hidden: isSparse ? hiddenQuotes({ scenario, fitted, measured }) : null,
    strikes: holdsOut ? holdOutStrikes(fitted) : null,
    expiries: holdsOut ? holdOutExpiries(fitted, options.heldOutExpiries) : [],
    next:
      options.next === undefined || scenario === "stress"
        ? null
        : knownExpiries(options.next, measured),
    exotics: options.exotics === true ? exoticContracts(fitted.expiries) : null,
  };
}

/** The part of a later chain that expires no later than the earlier one's last date, so that nothing is asked about
 * dates that no model has seen; null when that is nothing. */
function knownExpiries(next: Chain, { expiries }: Chain): Chain | null {
  const last = expiries[expiries.length - 1].expiryMs + 60_000;
  if (!next.expiries.some(({ expiryMs }) => expiryMs <= last)) return null;
  return subsetChain(next, (_, { expiryMs }) => expiryMs <= last);
}

export interface EvaluateOptions extends ModelOptions {
  /** A fit is asked to stop after this long, and measured as it is: a model that heeds its signal is then "cancelled". */
  readonly limitSeconds?: number;
  /** Hears what is being done: "fit", "held-out strikes", … */
  readonly onStep?: (step: string) => void;
  /** Passed on to models that report the progress of a fit. */
  readonly onProgress?: (progress: never) => void;
}

/** A model's row, and what a report draws of it. */
export interface Evaluation {
  readonly comparison: ModelComparison;
  readonly fit: ModelFit;
  /** At every measured quote, in the chain's order; empty when the fit failed. */
  readonly errors: readonly QuoteError[];
}

/** Fits and measures one model; null when `signal` stopped it. */
export async function evaluateModel(
  model: Model,
  task: CompareTask,
  options: EvaluateOptions = {},
): Promise<Evaluation | null> {
  const started = performance.now();
  const { onStep, limitSeconds, ...fitOptions } = options;
  const fitOnce = (chain: Chain): Promise<ModelFit> =>
    safeFit(model, chain, { ...fitOptions, signal: limited(options.signal, limitSeconds) });
  const warnings: string[] = [];
  const stopped = (): boolean => options.signal?.aborted === true;
  onStep?.("fit");
  const fit = await fitOnce(task.fitted);
  if (stopped()) return null;
  if (fit.surface === null) {
    const seconds = (performance.now() - started) / 1000;
    return { comparison: failedComparison(model, fit, seconds), fit, errors: [] };
  }
  const errors = quoteErrors(fit.surface, task.measured);
  const summary = summariseErrors(errors);
  if (summary.unpriced > 0) {
    warnings.push(`no volatility at ${summary.unpriced} of ${summary.quotes} quotes`);
  }
  const refit = (what: string, holdOut: HoldOut): Promise<ModelFit> => {
    onStep?.(what);
    return fitOnce(holdOut.shown);
  };
  const ask = (partial: ModelFit, what: string, holdOut: HoldOut): QuoteError[] => {
    if (partial.surface !== null) return quoteErrors(partial.surface, holdOut.hidden);
    warnings.push(`${what}: the fit without them failed: ${partial.message}`);
    return [];
  };
  const { hidden } = task;
  const strikes = hidden === null ? [] : errorsAt(fit.surface, hidden.strikes);
  const what = "held-out strikes";
  const withoutStrikes = task.strikes === null ? null : await refit(what, task.strikes);
  if (task.strikes !== null && withoutStrikes !== null) {
    strikes.push(...ask(withoutStrikes, what, task.strikes));
  }
  if (stopped()) return null;
  const expiries = hidden === null ? [] : errorsAt(fit.surface, hidden.expiries);
  for (const holdOut of task.expiries) {
    const date = new Date(holdOut.hidden.expiries[0].expiryMs).toISOString().slice(0, 10);
    const name = `held-out expiry ${date}`;
    expiries.push(...ask(await refit(name, holdOut), name, holdOut));
    if (stopped()) return null;
  }
  const next = await nextErrors(fit, fit.surface, task, warnings, onStep);
  onStep?.("audit");
  const certificate = safeCertificate(fit.surface, task.fitted, warnings);
  const exotics = await exoticsOf({ whole: fit, withoutStrikes }, task, options);
  if (stopped()) return null;
  const nextSummary = summariseErrors(next);
  const comparison: ModelComparison = {
    name: model.name,
    title: model.title,
    status: fit.status,
    message: fit.message,
    warnings: [...fit.warnings, ...warnings],
    parameters: fit.parameterCount,
    insideShare: summary.insideShare,
    rmseVolPoints: summary.rmseVolPoints,
    rmseSpreads: summary.rmseSpreads,
    worst: summary.worst,
    atmRmseVolPoints: summary.atmRmseVolPoints,
    wingRmseVolPoints: summary.wingRmseVolPoints,
    heldOutStrikeRmseVolPoints: rmseVolPoints(strikes),
    heldOutExpiryRmseVolPoints: rmseVolPoints(expiries),
    nextSnapshotRmseVolPoints: nextSummary.rmseVolPoints,
    nextSnapshotInsideShare: nextSummary.insideShare,
    certificate,
    exotics,
    seconds: fit.seconds,
    totalSeconds: (performance.now() - started) / 1000,
  };
  return { comparison, fit, errors };
}

/** The caller's signal, or the end of the time of one fit. */
function limited(signal: AbortSignal | undefined, seconds: number | undefined) {
  if (seconds === undefined) return signal;
  const timeout = AbortSignal.timeout(1000 * seconds);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

/** A fit that throws is a failed fit: one model never ends the comparison of the others. */
async function safeFit(model: Model, chain: Chain, options: ModelOptions): Promise<ModelFit> {
  // most fits never let go of the thread: this is where timers and Ctrl-C are heard
  await new Promise((resolve) => setTimeout(resolve, 0));
  const started = performance.now();
  try {
    return await model.fit(chain, options);
  } catch (error) {
    return failedFit(model.name, messageOf(error), (performance.now() - started) / 1000);
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const errorsAt = (surface: ModelSurface, chain: Chain | null): QuoteError[] =>
  chain === null ? [] : quoteErrors(surface, chain);

/** Errors of the rolled model at the next snapshot's quotes. */
async function nextErrors(
  fit: ModelFit,
  surface: ModelSurface,
  { next, fitted }: CompareTask,
  warnings: string[],
  onStep?: (step: string) => void,
): Promise<QuoteError[]> {
  if (next === null) return [];
  onStep?.("next snapshot");
  const elapsed = yearsBetween(fitted.asOfMs, next.asOfMs);
  try {
    const rolled =
      fit.rolled === undefined ? rollSurface(surface, elapsed) : await fit.rolled(elapsed);
    return quoteErrors(rolled, next);
  } catch (error) {
    warnings.push(`next snapshot: ${messageOf(error)}`);
    return [];
  }
}

async function exoticsOf(
  fits: ExoticFits,
  { exotics, fitted }: CompareTask,
  { onStep, seed = 1 }: EvaluateOptions,
): Promise<ExoticsComparison | null> {
  if (exotics === null) return null;
  onStep?.("exotics");
  return compareExotics(fits, exotics, fitted, { seed });
}

function safeCertificate(
  surface: ModelSurface,
  chain: Chain,
  warnings: string[],
): CompareCertificate | null {
  try {
    return certify(surface, chain);
  } catch (error) {
    warnings.push(`certificate: ${messageOf(error)}`);
    return null;
  }
}

/** The row of a model that has nothing to show but its reason. */
export function failedComparison(
  { name, title }: Pick<Model, "name" | "title">,
  { message, warnings, seconds }: Pick<ModelFit, "message" | "warnings" | "seconds">,
  totalSeconds: number,
): ModelComparison {
  return {
    name,
    title,
    status: "failed",
    message,
    warnings,
    parameters: null,
    insideShare: null,
    rmseVolPoints: null,
    rmseSpreads: null,
    worst: null,
    atmRmseVolPoints: null,
    wingRmseVolPoints: null,
    heldOutStrikeRmseVolPoints: null,
    heldOutExpiryRmseVolPoints: null,
    nextSnapshotRmseVolPoints: null,
    nextSnapshotInsideShare: null,
    certificate: null,
    exotics: null,
    seconds,
    totalSeconds,
  };
}
