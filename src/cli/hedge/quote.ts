/**
 * `volterra hedge quote POLICY|CONFIG`: what to ask for the position, what to bid for it, and the hedge to put on now.
 *
 * The ask is the risk of one side, hedged; the bid is the risk of the opposite side with its sign turned. A policy file knows
 * one side: the other is trained here with the same settings, unless `--opposite` names its policy file.
 */
import type { Command } from "commander";
import { wasmBackend } from "../../backend/wasm/index.ts";
import {
  deskProblem,
  type HedgeNow,
  hedgeNow,
  measureDesk,
  oppositeConfig,
  preparedBefore,
  trainDesk,
  twoSidedQuote,
  type TwoSidedQuote,
} from "../../hedging/index.ts";
import { amounts } from "../../report/index.ts";
import { exitCodes, UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { type StepLine, stepLine } from "../stepLine.ts";
import { textTable } from "../textTable.ts";
import {
  addHedgeFlags,
  type HedgeFlags,
  interruptedEarly,
  type LoadedHedge,
  loadHedge,
  type LoadWatch,
} from "./loadHedge.ts";
import { addStateFlags, type StateFlags, stateOf } from "./stateFlags.ts";
import { trainingLine } from "./trainingLine.ts";

interface QuoteFlags extends HedgeFlags, StateFlags {
  readonly opposite?: string;
}

/** Adds the verb. */
export function addHedgeQuote(hedge: Command, io: CliIo, finish: (code: number) => void): void {
  addStateFlags(addHedgeFlags(hedge.command("quote <policy>")))
    .description("price the position with its frictions, bid and ask, and say what to trade now")
    .option("--opposite <policy>", "policy file of the opposite position, instead of training it")
    .action(async (path: string, flags: QuoteFlags) => finish(await quoteVerb(path, flags, io)));
}

async function quoteVerb(path: string, flags: QuoteFlags, io: CliIo): Promise<number> {
  const abort = new AbortController();
  const line = stepLine(io);
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.keep("Interrupted: no quote.");
  });
  try {
    const watch = { line, signal: abort.signal };
    const loaded = await loadHedge(path, flags, watch);
    if (loaded === null) return interruptedEarly(io);
    const opposite = await loadOpposite(loaded, flags, watch);
    if (opposite === null) return interruptedEarly(io);
    const own = await trained(loaded, "training", line, abort.signal);
    const now = await hedgeNow(own, await stateOf(own, own.theta, flags), wasmBackend);
    const other = await trained(opposite, "training the opposite", line, abort.signal);
    if (abort.signal.aborted) return exitCodes.interrupted;
    const options = {
      threads: loaded.threads,
      onStep: (name: string) => line.show(`measuring ${name}`, true),
    };
    const document = await measureDesk(own, wasmBackend, options);
    const reverse = await measureDesk(other, wasmBackend, options);
    line.end();
    const quote = twoSidedQuote(document, reverse);
    if (flags.json) printJson(io, { ...quote, hedge: now });
    else {
      const { market, horizonYears } = own.desk.problem;
      const start = { spot: market.spot0, days: 365 * horizonYears };
      io.stdout(quoteText(quote, now, start, amounts(document)));
    }
    return exitCodes.ok;
  } finally {
    line.end();
    stopListening?.();
  }
}

/** The opposite side: from its policy file, or as a configuration still to be trained. */
async function loadOpposite(
  loaded: LoadedHedge,
  flags: QuoteFlags,
  watch: LoadWatch,
): Promise<LoadedHedge | null> {
  const config = oppositeConfig(loaded.config);
  if (flags.opposite === undefined) {
    // the market is the same, and what was learned of it: options have one price, and nothing has no side
    const { preparation } = loaded.desk;
    const prepared = preparedBefore(config, loaded.data, preparation);
    return { ...loaded, config, desk: deskProblem(config, prepared), policy: undefined };
  }
  const opposite = await loadHedge(flags.opposite, flags, watch);
  if (opposite === null) return null;
  const isOpposite =
    opposite.policy !== undefined &&
    JSON.stringify(opposite.config.position) === JSON.stringify(config.position);
  if (!isOpposite) {
    throw new UsageError(
      `--opposite: expected a policy file of the opposite position, got ${flags.opposite}. Leave the flag out to have it trained.`,
    );
  }
  return opposite;
}

/** A side with its weights: those of its file, or trained now. */
async function trained(
  hedge: LoadedHedge,
  name: string,
  line: StepLine,
  signal: AbortSignal,
): Promise<LoadedHedge & { readonly theta: Float64Array }> {
  if (hedge.policy !== undefined) return { ...hedge, theta: hedge.policy.theta };
  const { config, desk, threads } = hedge;
  const progress = trainingLine(line, name);
  const { theta } = await trainDesk(config, desk, wasmBackend, {
    threads,
    signal,
    onProgress: progress.show,
    onState: ({ best }) => progress.measured(best),
  });
  return { ...hedge, theta };
}

function quoteText(
  quote: TwoSidedQuote,
  now: HedgeNow,
  start: { readonly spot: number; readonly days: number },
  text: (value: number) => string,
): string {
  const isNow = now.day === 0 && now.spot === start.spot;
  const side = (name: string, own: TwoSidedQuote["ask"]): string =>
    `${name}  ${own === null ? "n/a: the risk is no amount of money" : `${text(own.price)} ± ${text(own.standardError)} ${quote.currency}`}`;
  const rows = now.instruments.map(({ name, price, held, target, trade, cost, band, rule }) => [
    name,
    short(price),
    short(held),
    short(target),
    short(trade),
    text(cost),
    band === null ? "" : `${short(band.low)} to ${short(band.high)}`,
    short(rule),
  ]);
  const header = [
    "hedge now",
    "price",
    "held",
    "target",
    "trade",
    "cost",
    "no-trade band",
    now.ruleName,
  ];
  return [
    `${quote.name}: ${quote.summary}`,
    `Prices of ${quote.package}, ${isNow ? "now" : `at the start: spot ${short(start.spot)}, ${short(start.days)} days left. The hedge below is for the state that was given`}.`,
    "",
    side("ask ", quote.ask),
    side("bid ", quote.bid),
    `fair  ${text(quote.fairValue)} ${quote.currency}`,
    "",
    `At spot ${short(now.spot)} on day ${short(now.day)}:`,
    textTable(header, rows),
    "",
  ].join("\n");
}

const short = (value: number): string => `${Number(value.toPrecision(6))}`;
