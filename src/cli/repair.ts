/**
 * `volterra repair FILE`: arbitrage among the quotes of a chain, and the smallest change that removes it.
 *
 * The CSV it writes has one row per cleaned quote: as quoted, and repaired. Prices are out of the money, undiscounted and
 * per unit of forward; volatilities are decimal. It can be read back:
 * `--price-unit vol --column bid=repaired_bid_vol --column ask=repaired_ask_vol`.
 */
import { type Command, Option } from "commander";
import { type Chain, type CleanQuote, type Expiry, formatInstant } from "../market/index.ts";
import {
  type ChainArbitrage,
  chainArbitrage,
  type ChainRepair,
  type QuoteArbitrage,
  quoteArbitrageTypes,
  repairChain,
  type RepairOptions,
} from "../surface/index.ts";
import { writeFileAtomically } from "./atomicWrite.ts";
import { countQuotes } from "./chain.ts";
import { addChainFlags, type ChainFlags, loadChain, type NamedChain } from "./chainSource.ts";
import { type CliIo, printJson } from "./io.ts";
import { textTable } from "./textTable.ts";

interface RepairFlags extends ChainFlags {
  readonly measure: NonNullable<RepairOptions["measure"]>;
  readonly out?: string;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addRepairVerb(program: Command, io: CliIo): void {
  addChainFlags(program.command("repair [file]"))
    .description(
      "list arbitrage among quotes and write them with the smallest change that removes it",
    )
    .addOption(
      new Option("--measure <unit>", "make the sum of moves smallest in this unit")
        .choices(["half-spread", "forward"])
        .default("half-spread"),
    )
    .option("--out <file>", "where to write the quotes (default: NAME-repaired.csv)")
    .option("--json", "print one JSON document")
    .action(async (target: string | undefined, flags: RepairFlags) => {
      const named = await loadChain(target, flags);
      const found = chainArbitrage(named.loaded.chain);
      const repaired = await repairChain(named.loaded.chain, { measure: flags.measure });
      const out = flags.out ?? `${named.name}-repaired.csv`;
      writeFileAtomically(out, repairCsv(named.loaded.chain, repaired));
      if (flags.json) printJson(io, repairDocument(named, found, repaired, flags, out));
      else io.stdout(repairText(named, found, repaired, out));
    });
}

/** A quote before and after. */
interface QuotePair {
  readonly chain: Chain;
  readonly expiry: Expiry;
  readonly before: CleanQuote;
  readonly after: CleanQuote;
  readonly halfSpreads: number;
}

function pairsOf(chain: Chain, { chain: repaired, halfSpreads }: ChainRepair): QuotePair[] {
  let index = 0;
  return chain.expiries.flatMap((expiry, j) =>
    expiry.quotes.map((before, i) => ({
      chain,
      expiry,
      before,
      after: repaired.expiries[j].quotes[i],
      halfSpreads: halfSpreads[index++],
    })),
  );
}

const csvColumns: Readonly<Record<string, (pair: QuotePair) => string | number>> = {
  underlying: ({ chain }) => chain.underlying,
  asOf: ({ chain }) => formatInstant(chain.asOfMs),
  instrument: ({ before }) => before.instrument,
  type: ({ before }) => before.type,
  expiry: ({ expiry }) => formatInstant(expiry.expiryMs),
  strike: ({ before }) => before.strike,
  forward: ({ expiry }) => expiry.forward,
  discount: ({ expiry }) => expiry.discount,
  bid: ({ before }) => before.bid,
  mid: ({ before }) => before.mid,
  ask: ({ before }) => before.ask,
  bid_vol: ({ before }) => before.bidVol,
  mid_vol: ({ before }) => before.midVol,
  ask_vol: ({ before }) => before.askVol,
  repaired_bid: ({ after }) => after.bid,
  repaired_mid: ({ after }) => after.mid,
  repaired_ask: ({ after }) => after.ask,
  repaired_bid_vol: ({ after }) => after.bidVol,
  repaired_mid_vol: ({ after }) => after.midVol,
  repaired_ask_vol: ({ after }) => after.askVol,
  moved_half_spreads: ({ halfSpreads }) => halfSpreads,
};

/** The quotes as CSV with a header; numbers in full. */
function repairCsv(chain: Chain, repaired: ChainRepair): string {
  const cells = Object.values(csvColumns);
  const quoted = (text: string): string =>
    /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = pairsOf(chain, repaired).map((pair) =>
    cells.map((cell) => quoted(String(cell(pair)))).join(","),
  );
  return [Object.keys(csvColumns).join(","), ...lines, ""].join("\n");
}

/** What `repair --json` prints. */
function repairDocument(
  { loaded }: NamedChain,
  found: ChainArbitrage,
  repaired: ChainRepair,
  flags: RepairFlags,
  out: string,
) {
  const list = (all: readonly QuoteArbitrage[]) =>
    all.map(({ type, quotes, size }) => ({
      type,
      instruments: quotes.map((i) => found.quotes[i].name),
      sizeOfForward: size,
    }));
  return {
    schemaVersion: 1,
    source: loaded.source,
    underlying: loaded.chain.underlying,
    asOf: formatInstant(loaded.chain.asOfMs),
    quotes: { read: loaded.read, used: found.quotes.length },
    arbitrage: {
      atMid: list(found.atMid),
      atBidAsk: list(found.atBidAsk),
      isBidAskFeasible: found.isBidAskFeasible,
    },
    repair: {
      measure: flags.measure,
      moved: repaired.repair.moved,
      totalMoveOfForward: repaired.repair.totalMove,
      largestHalfSpreads: largestMove(repaired),
      quotes: movedPairs(loaded.chain, repaired).map(({ before, after, halfSpreads }) => ({
        instrument: before.instrument,
        midVol: before.midVol,
        repairedMidVol: after.midVol,
        halfSpreads,
      })),
    },
    file: out,
  };
}

const largestMove = ({ halfSpreads }: ChainRepair): number =>
  halfSpreads.reduce((worst, move) => Math.max(worst, Math.abs(move)), 0);

/** Moved quotes, the furthest first. */
const movedPairs = (chain: Chain, repaired: ChainRepair): QuotePair[] =>
  pairsOf(chain, repaired)
    .filter(({ halfSpreads }) => halfSpreads !== 0)
    .sort((a, b) => Math.abs(b.halfSpreads) - Math.abs(a.halfSpreads));

/** Rows of a table in plain text before the rest is only counted. */
const shownRows = 15;

function repairText(
  { loaded: { chain, source } }: NamedChain,
  found: ChainArbitrage,
  repaired: ChainRepair,
  out: string,
): string {
  const { repair } = repaired;
  const feasible = found.isBidAskFeasible
    ? "Some surface without arbitrage is inside every bid and ask."
    : "No surface without arbitrage is inside every bid and ask: what is listed at bid and ask can be traded.";
  const moved =
    repair.moved === 0
      ? "No quote was moved.\n"
      : `Moved ${repair.moved} of ${countQuotes(chain)} mids, by at most ${largestMove(repaired).toFixed(2)} half spreads:\n\n${movesTable(chain, repaired)}\n`;
  return [
    `${source}: ${chain.underlying} as of ${formatInstant(chain.asOfMs)}, ${countQuotes(chain)} quotes`,
    "",
    `Arbitrage at mids: ${found.atMid.length}${found.atMid.length > 0 ? `\n\n${arbitrageTable(found, found.atMid)}\n` : ""}`,
    `Arbitrage at bid and ask: ${found.atBidAsk.length}${found.atBidAsk.length > 0 ? `\n\n${arbitrageTable(found, found.atBidAsk)}\n` : ""}`,
    feasible,
    "",
    moved,
    `Wrote ${countQuotes(chain)} quotes to ${out}`,
    "",
  ].join("\n");
}

/** Counts by kind, and the worst of each by name. */
function arbitrageTable({ quotes }: ChainArbitrage, all: readonly QuoteArbitrage[]): string {
  const rows = quoteArbitrageTypes.flatMap((type) => {
    const own = all.filter((one) => one.type === type);
    if (own.length === 0) return [];
    const worst = own.reduce((a, b) => (b.size > a.size ? b : a));
    const names = worst.quotes.map((i) => quotes[i].name).join(" ");
    return [[type.replaceAll("_", " "), `${own.length}`, (1e4 * worst.size).toPrecision(3), names]];
  });
  return textTable(["kind", "count", "worst (bp of F)", "in"], rows);
}

function movesTable(chain: Chain, repaired: ChainRepair): string {
  const pairs = movedPairs(chain, repaired);
  const rows = pairs
    .slice(0, shownRows)
    .map(({ before, after, halfSpreads }) => [
      before.instrument,
      (100 * before.midVol).toFixed(3),
      (100 * after.midVol).toFixed(3),
      halfSpreads.toFixed(3),
    ]);
  const table = textTable(["quote", "mid vol %", "repaired %", "half spreads"], rows);
  return pairs.length > shownRows ? `${table}\n… and ${pairs.length - shownRows} more` : table;
}
