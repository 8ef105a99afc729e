import { expect, test } from "vitest";
import { clean, makeQuoteSet } from "../market/index.ts";
import { targetsFromChain } from "./targets.ts";

const asOfMs = Date.parse("2026-01-01T00:00:00Z");
const expiryMs = asOfMs + 90 * 86_400_000;

/** Five quotes of one expiry with these half spreads, decimal volatility. */
function chainOf(halfSpreads: readonly number[]) {
  const quotes = halfSpreads.map((half, i) => {
    const strike = 80 + 10 * i;
    return {
      instrument: `X-${strike}`,
      underlying: "X",
      type: strike >= 100 ? ("call" as const) : ("put" as const),
      strike,
      expiryMs,
      asOfMs,
      unit: "vol" as const,
      bid: 0.5 - half,
      ask: 0.5 + half,
      mark: null,
      markIv: null,
      forward: 100,
      discount: null,
      openInterest: null,
    };
  });
  return clean(makeQuoteSet("made", quotes)).chain;
}

test("residuals are in half spreads between the floor and twice the chain's median", () => {
  const halfSpreads = [0.05, 0.01, 0.0001, 0.01, 0.015];
  const { scale, vega, halfSpreadVol } = targetsFromChain(chainOf(halfSpreads));
  const used = scale.map((s, i) => 1 / (s * vega[i]));
  expect([...used]).toEqual([0.02, 0.01, 0.0005, 0.01, 0.015].map((h) => expect.closeTo(h, 12)));
  expect([...halfSpreadVol]).toEqual(halfSpreads.map((h) => expect.closeTo(h, 12)));
});
