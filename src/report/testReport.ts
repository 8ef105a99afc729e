/** A small report for tests: two expiries of three quotes, one of them with a name that wants escaping. */
import type { ReportData } from "./reportData.ts";

const expiries = ["2026-03-27T08:00:00.000Z", "2026-06-26T08:00:00.000Z"];
const yearsToExpiry = [0.08, 0.33];
export const hostileName = `<img src=x onerror="alert('1')">&co`;

const quotes: ReportData["quotes"] = expiries.flatMap((expiry, e) =>
  [-0.1, 0, 0.1].map((k, i) => ({
    instrument: e === 0 && i === 0 ? hostileName : `Q-${e}-${i}`,
    expiryMs: Date.parse(expiry),
    strike: 100 * Math.exp(k),
    logMoneyness: k,
    bidVol: 0.2,
    askVol: 0.22,
    midVol: 0.21,
    modelVol: i === 2 ? 0.2337 : 0.212,
    standardErrorVol: 0.0004,
    spreads: i === 2 ? 2.37 : 0.2,
  })),
);

const place = { k: 0.5, years: 0.2 };

export const testReport: ReportData = {
  document: {
    schemaVersion: 1,
    status: "converged",
    underlying: "A&B <index>",
    asOf: "2026-02-26T16:45:00.000Z",
    quotes: {
      read: 9,
      used: 6,
      dropped: [
        { instrument: "D-1", reason: "zero bid" },
        { instrument: "D-2 <b>", reason: "zero bid" },
        { instrument: "D-3", reason: "crossed" },
      ],
    },
    fit: {
      insideShare: 0.6667,
      rmseVolPoints: 1.3765,
      rmseSpreads: 1.38,
      worst: { instrument: "Q-1-2", spreads: -2.37 },
    },
    expiries: expiries.map((expiry, e) => ({
      expiry,
      yearsToExpiry: yearsToExpiry[e],
      forward: 101.25 + e,
      quotes: 3,
      insideShare: 2 / 3,
      rmseVolPoints: 0.777,
      standardErrorVolPoints: 0.041,
    })),
    checks: {
      freshNoiseSpreads: 0.123,
      halfStepSpreads: 0.234,
      halfStepInsideShare: 0.65,
      freshNoiseInsideShare: 0.64,
      surfaceSpreads: 0.056,
      surfaceInsideShare: 0.95,
    },
    certificate: {
      pass: true,
      worstButterfly: 3e-12,
      worstCalendar: 0,
      tolerance: 1e-8,
      details: {
        pass: true,
        tolerance: 1e-8,
        worstButterfly: 3e-12,
        worstCalendar: 0,
        worstVertical: 0,
        worstBound: 0,
        worstWing: 0.4,
        where: { butterfly: place, calendar: place, vertical: place, bound: place, wing: null },
        checked: {
          butterfly: 4321,
          calendar: 10,
          vertical: 10,
          bound: 10,
          wing: 4,
          dates: 7,
          strikesPerDate: 241,
        },
        range: { kMin: -1, kMax: 1, yearsMin: 0.08, yearsMax: 0.33 },
        failures: [],
      },
    },
    cost: { seconds: 83.4, pathSteps: 8.12e9, peakRssMb: null, threads: 8 },
    seed: 17,
    files: { model: "out/a.model.json" },
  },
  quotes,
  smiles: expiries.map((expiry, e) => ({
    expiry: expiry.slice(0, 10),
    yearsToExpiry: yearsToExpiry[e],
    logMoneyness: [-0.1, 0, 0.1],
    vol: [0.212, 0.21, 0.213],
    standardError: [0.001, 0.0005, 0.001],
  })),
  surfaceGrid: {
    logMoneyness: [-0.1, 0, 0.1],
    years: [0.08, 0.33],
    vol: [
      [0.22, 0.21, Number.NaN],
      [0.23, 0.22, 0.21],
    ],
  },
  termStructure: [
    { years: 0.08, atmVol: 0.21 },
    { years: 0.33, atmVol: 0.22 },
  ],
  history: [
    { iteration: 0, loss: 20, insideShare: 0.1, seconds: 1 },
    { iteration: 1, loss: 2, insideShare: 0.6, seconds: 2.5 },
  ],
  maps: [
    {
      title: "Volatility against the skeleton",
      note: "1 means nothing",
      xLabel: "years",
      xs: [0.1, 0.2],
      yLabel: "slow factor",
      ys: [-1, 0, 1],
      values: [
        [0.9, 1],
        [1, 1],
        [1.1, 1.2],
      ],
      format: "ratio",
    },
  ],
  settings: { source: "chain.csv" },
};
