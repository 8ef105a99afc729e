/**
 * The example of `volterra demo`: implied volatilities of DAX options on 5 July 2002.
 *
 * Spot 4468.17, no dividends, continuously compounded zero rates (ACT/365). The data are mid volatilities; the
 * bid and ask made here lie a stated half spread of 0.3 vol points around them. They are not market quotes.
 * Source: QuantLib, test-suite/hestonmodel.cpp (`getDAXCalibrationMarketData`).
 */

const spot = 4468.17;
const days = [13, 41, 75, 165, 256, 345, 524, 703];
const zeroRates = [0.0357, 0.0349, 0.0341, 0.0355, 0.0359, 0.0368, 0.0386, 0.0401];
const strikes = [3400, 3600, 3800, 4000, 4200, 4400, 4500, 4600, 4800, 5000, 5200, 5400, 5600];

/** [strike][expiry] implied volatility, decimal. */
const vols = [
  [0.6625, 0.4875, 0.4204, 0.3667, 0.3431, 0.3267, 0.3121, 0.3121],
  [0.6007, 0.4543, 0.3967, 0.3511, 0.3279, 0.3154, 0.2984, 0.2921],
  [0.5084, 0.4221, 0.3718, 0.3327, 0.3155, 0.3027, 0.2919, 0.2889],
  [0.4541, 0.3869, 0.3492, 0.3149, 0.2963, 0.2926, 0.2819, 0.28],
  [0.406, 0.3607, 0.333, 0.2999, 0.2887, 0.2811, 0.2751, 0.2775],
  [0.3726, 0.3396, 0.3108, 0.2781, 0.2788, 0.2722, 0.2661, 0.2686],
  [0.355, 0.3277, 0.3012, 0.2781, 0.2781, 0.2661, 0.2661, 0.2681],
  [0.3428, 0.3209, 0.2958, 0.274, 0.2688, 0.2627, 0.258, 0.262],
  [0.3302, 0.3062, 0.2799, 0.2631, 0.2573, 0.2533, 0.2504, 0.2544],
  [0.3343, 0.2959, 0.2705, 0.254, 0.2504, 0.2464, 0.2448, 0.2462],
  [0.346, 0.2845, 0.2624, 0.2463, 0.2425, 0.2385, 0.2373, 0.2422],
  [0.3857, 0.286, 0.2578, 0.2399, 0.2357, 0.2327, 0.2312, 0.2351],
  [0.3976, 0.286, 0.2607, 0.2356, 0.2297, 0.2268, 0.2241, 0.232],
];

/** Half of the assumed bid-ask spread, decimal volatility. */
export const daxHalfSpreadVol = 0.003;

/** As-of time: the close in Frankfurt. */
export const daxAsOf = "2002-07-05T18:00:00Z";

/** The quotes as a generic CSV with volatilities for prices. */
export function daxCsv(): string {
  const asOfMs = Date.parse(daxAsOf);
  const rows = days.flatMap((day, e) => {
    const forward = spot * Math.exp((zeroRates[e] * day) / 365);
    const expiry = new Date(asOfMs + day * 86_400_000).toISOString();
    return strikes.map((strike, s) => {
      const type = strike >= forward ? "call" : "put";
      const vol = vols[s][e];
      const bid = (vol - daxHalfSpreadVol).toFixed(4);
      const ask = (vol + daxHalfSpreadVol).toFixed(4);
      return `DAX-${expiry.slice(0, 10)}-${strike},${type},${strike},${expiry},${forward},${bid},${ask}`;
    });
  });
  return ["instrument,type,strike,expiry,forward,bid,ask", ...rows, ""].join("\n");
}
