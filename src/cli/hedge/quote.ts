/**
 * `volterra hedge quote POLICY|CONFIG`: what to ask for the position, what to bid for it, and the hedge to put on now.
 *
 * The ask is the risk of one side, hedged; the bid is the risk of the opposite side with its sign turned. A policy file knows
 * one side: the other is trained here with the same settings, unless `--opposite` names its policy file.
 */
import { InvalidArgumentError, type Command } from "commander";
import { wasmBackend } from "../../backend/wasm/index.ts";
import {
  deskProblem,
  type HedgeNow,
  hedgeNow,
  measureDesk,
  oppositeConfig,
  trainDesk,
  twoSidedQuote,
  type TwoSidedQuote,
} from "../../hedging/index.ts";
import { amounts } from "../../report/index.ts";
import { numberFlag } from "../chainSource.ts";
import { exitCodes, UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { type StepLine, stepLine } from "../stepLine.ts";
import { textTable } from "../textTable.ts";
import { addHedgeFlags, type HedgeFlags, type LoadedHedge, loadHedge } from "./loadHedge.ts";
import { trainingLine } from "./trainingLine.ts";

interface QuoteFlags extends HedgeFlags {
  readonly spot?: number;
  readonly day?: number;
  readonly hold?: Readonly<Record<string, number>>;
  readonly state?: Readonly<Record<string, number>>;
  readonly opposite?: string;
}

/** Adds the verb. */
export function addHedgeQuote(hedge: Command, io: CliIo, finish: (code: number) => void): void {
  addHedgeFlags(hedge.command("quote <policy>"))
    .description("price the position with its frictions, bid and ask, and say what to trade now")
    .option(
      "--spot <price>",
      "price of the underlying now (default: the configuration's)",
      numberFlag,
    )
    .option("--day <days>", "days since the start", numberFlag)
    .option("--hold <name=units>", "what is held of an instrument; may be repeated", namedNumber)
    .option(
      "--state <name=value>",
      "a state of the market, such as v=0.3; may be repeated",
      namedNumber,
    )
    .option("--opposite <policy>", "policy file of the opposite position, instead of training it")
    .action(async (path: string, flags: QuoteFlags) => finish(await quoteVerb(path, flags, io)));
}

/** `name=number`, added to those before. */
function namedNumber(
  text: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new InvalidArgumentError(`Expected name=number, got "${text}".`);
  return { ...before, [text.slice(0, at)]: numberFlag(text.slice(at + 1)) };
}

async function quoteVerb(path: string, flags: QuoteFlags, io: CliIo): Promise<number> {
  const loaded = await loadHedge(path, flags);
  const abort = new AbortController();
  const line = stepLine(io);
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.keep("Interrupted: no quote.");
  });
  try {
    const opposite = await loadOpposite(loaded, flags);
    const own = await trained(loaded, "training", line, abort.signal);
    const now = await hedgeNow(
      own,
      { spot: flags.spot, day: flags.day, held: flags.hold, states: flags.state },
      wasmBackend,
    );
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
    else io.stdout(quoteText(quote, now, amounts(document)));
    return exitCodes.ok;
  } finally {
    line.end();
    stopListening?.();
  }
}

/** The opposite side: from its policy file, or as a configuration still to be trained. */
async function loadOpposite(loaded: LoadedHedge, flags: QuoteFlags): Promise<LoadedHedge> {
  const config = oppositeConfig(loaded.config);
  if (flags.opposite === undefined) {
    return { ...loaded, config, desk: deskProblem(config), policy: undefined };
  }
  const opposite = await loadHedge(flags.opposite, flags);
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

function quoteText(quote: TwoSidedQuote, now: HedgeNow, text: (value: number) => string): string {
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
    `Prices of ${quote.package}.`,
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
