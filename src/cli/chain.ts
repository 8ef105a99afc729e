/**
 * `volterra chain FILE`: what is in a chain, what was left out and why.
 */
import type { Command } from "commander";
import {
  type Chain,
  countReasons,
  type Expiry,
  fingerprint,
  formatInstant,
  type LoadedChain,
} from "../market/index.ts";
import { addChainFlags, type ChainFlags, loadChain } from "./chainSource.ts";
import { type CliIo, printJson } from "./io.ts";
import { terminalSmile } from "./terminalSmile.ts";
import { percent, textTable } from "./textTable.ts";

/** Adds the verb. */
export function addChainVerb(program: Command, io: CliIo): void {
  addChainFlags(program.command("chain [file]"))
    .description("show what a chain holds, what was dropped, its forwards and at-the-money vols")
    .option("--json", "print one JSON document")
    .action(async (file: string | undefined, flags: ChainFlags & { json?: boolean }) => {
      const { loaded } = await loadChain(file, flags);
      if (flags.json) printJson(io, chainDocument(loaded));
      else io.stdout(chainText(loaded, io.width));
    });
}

/** What `chain --json` prints. */
function chainDocument({ chain, dropped, read, source, rawFingerprint }: LoadedChain) {
  return {
    schemaVersion: 1,
    source,
    underlying: chain.underlying,
    asOf: formatInstant(chain.asOfMs),
    fingerprint: fingerprint(chain),
    rawFingerprint,
    quotes: {
      read,
      used: countQuotes(chain),
      droppedByReason: Object.fromEntries(countReasons(dropped)),
      dropped,
    },
    expiries: chain.expiries.map((expiry) => ({
      expiry: formatInstant(expiry.expiryMs),
      yearsToExpiry: expiry.yearsToExpiry,
      forward: expiry.forward,
      forwardFrom: expiry.forwardFrom,
      discount: expiry.discount,
      atmVol: atmVol(expiry),
      quotes: expiry.quotes,
    })),
  };
}

/** Number of quotes in a chain. */
export const countQuotes = (chain: Chain): number =>
  chain.expiries.reduce((sum, { quotes }) => sum + quotes.length, 0);

/** Mid volatility at k = 0, linear in k between the quotes around it, flat beyond them. */
function atmVol({ quotes }: Expiry): number {
  const right = quotes.findIndex((quote) => quote.logMoneyness >= 0);
  if (right === -1) return quotes[quotes.length - 1].midVol;
  if (right === 0) return quotes[0].midVol;
  const [a, b] = [quotes[right - 1], quotes[right]];
  const share = -a.logMoneyness / (b.logMoneyness - a.logMoneyness);
  return a.midVol + share * (b.midVol - a.midVol);
}

/** The expiry with the most quotes: the one worth drawing. */
export const richestExpiry = (chain: Chain): Expiry =>
  chain.expiries.reduce((a, b) => (b.quotes.length > a.quotes.length ? b : a));

/** Counts of dropped quotes in one line. */
export function droppedText(dropped: LoadedChain["dropped"]): string {
  if (dropped.length === 0) return "no quote dropped";
  const counts = [...countReasons(dropped)].map(([reason, count]) => `${count} ${reason}`);
  return `${dropped.length} dropped: ${counts.join(", ")}`;
}

function chainText({ chain, dropped, read, source }: LoadedChain, width: number): string {
  const rows = chain.expiries.map((expiry) => [
    formatInstant(expiry.expiryMs).slice(0, 16),
    (365 * expiry.yearsToExpiry).toFixed(1),
    expiry.forward.toPrecision(7),
    expiry.forwardFrom,
    percent(atmVol(expiry), 2),
    (expiry.quotes.length > 0 ? 100 * medianHalfSpread(expiry) : 0).toFixed(2),
    String(expiry.quotes.length),
  ]);
  const table = textTable(
    ["expiry (UTC)", "days", "forward", "from", "ATM vol", "½ spread (pts)", "quotes"],
    rows,
  );
  const shown = richestExpiry(chain);
  const title = `Smile of ${formatInstant(shown.expiryMs).slice(0, 10)}: bid to ask`;
  return [
    `${source}: ${chain.underlying} as of ${formatInstant(chain.asOfMs)}`,
    `${read} quotes read, ${countQuotes(chain)} used, ${droppedText(dropped)}`,
    "",
    table,
    "",
    terminalSmile(shown.quotes, { title, width }),
    "",
  ].join("\n");
}

function medianHalfSpread({ quotes }: Expiry): number {
  const sorted = quotes.map((quote) => quote.halfSpreadVol).sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
