/**
 * What does a chain say about an option that nobody quotes?
 *
 * Fits the neural SDE to DAX implied volatilities of 5 July 2002 (bundled; QuantLib's test suite) with the first phase of
 * the schedule only, then asks the arbitrage-free surface between the quoted strikes and dates.
 */
import { coldSchedule, fitChain } from "../src/calibrate/index.ts";
import { clean, daxAsOf, daxCsv, openBytes } from "../src/market/index.ts";

const quotes = await openBytes("dax", [new TextEncoder().encode(daxCsv())], {
  format: { price: "vol", underlying: "DAX", asOf: daxAsOf },
});
const { chain, read, dropped } = clean(quotes);
console.log(`${read - dropped.length} quotes used, ${dropped.length} dropped`);

const { surface, document } = await fitChain(chain, { schedule: coldSchedule.slice(0, 1) });
console.log(
  `certificate: ${document.certificate.pass ? "free of arbitrage" : "not free of arbitrage"}`,
);
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
console.log(`inside bid and ask: ${percent(document.fit.insideShare)}`);

for (const days of [60, 120, 240]) {
  const slice = surface.slice(days / 365);
  for (const k of [-0.15, 0, 0.1]) {
    console.log(
      `${days} days, ln(K/F) = ${k}: volatility ${percent(slice.impliedVol(k))},`,
      `price ${percent(slice.otmPrice(k))} of the forward, delta ${slice.delta(k).smile.toFixed(3)}`,
    );
  }
}
