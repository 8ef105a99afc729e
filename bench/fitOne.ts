/**
 * One cold fit and, where a next snapshot is given, one warm fit, in a process of their own so that peak memory is
 * theirs: `node bench/fitOne.ts FILE UNDERLYING [NEXT_FILE]` prints one JSON line.
 */
import { fitChain } from "../src/calibrate/index.ts";
import { loadChainFile } from "../src/market/index.ts";

const [file, underlying, nextFile, day] = process.argv.slice(2);
const options = { ...(underlying === "-" ? {} : { underlying }), ...(day ? { day } : {}) };
const { chain } = await loadChainFile(file, options);
const cold = await fitChain(chain, { threads: 2 });
const peakRssMb = process.resourceUsage().maxRSS / 1024;
const { fit, expiries, checks, certificate, cost, quotes, status } = cold.document;
const worst = expiries.reduce((a, b) => (b.insideShare < a.insideShare ? b : a));
let warm: { insideShare: number; worstExpiry: number; seconds: number } | undefined;
if (nextFile !== undefined && nextFile !== "-") {
  const next = await loadChainFile(nextFile, options);
  const result = await fitChain(next.chain, { threads: 2, warmStart: cold.model });
  warm = {
    insideShare: result.document.fit.insideShare,
    worstExpiry: Math.min(...result.document.expiries.map((e) => e.insideShare)),
    seconds: result.document.cost.seconds,
  };
}
console.log(
  JSON.stringify({
    underlying: chain.underlying,
    asOf: new Date(chain.asOfMs).toISOString(),
    status,
    quotes: quotes.used,
    expiries: expiries.length,
    insideShare: fit.insideShare,
    rmseVolPoints: fit.rmseVolPoints,
    worstExpiry: worst.insideShare,
    worstExpiryDays: 365 * worst.yearsToExpiry,
    ...checks,
    certificate: certificate.pass,
    seconds: cost.seconds,
    peakRssMb,
    warm,
    perExpiry: expiries.map((e) => Number(e.insideShare.toFixed(2))),
  }),
);
process.exit(0);
