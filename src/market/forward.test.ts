import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../num/errors.ts";
import {
  forwardFromCoinParity,
  forwardFromParity,
  type ParityPair,
  weightedMedian,
} from "./forward.ts";

/** Pairs that obey C − P = D (F − K), with a time value that parity must not see. */
function currencyPairs(forward: number, discount: number, count = 21): ParityPair[] {
  return Array.from({ length: count }, (_, i) => {
    const strike = forward * (0.8 + (0.4 * i) / (count - 1));
    const timeValue = 0.05 * forward * Math.exp(-(((strike / forward - 1) / 0.1) ** 2));
    const difference = discount * (forward - strike);
    return {
      strike,
      call: timeValue + Math.max(difference, 0),
      put: timeValue + Math.max(-difference, 0),
      error: 0.001 * forward,
    };
  });
}

describe("forwardFromParity", () => {
  it("is exact on exact prices", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        fc.double({ min: 0.7, max: 1.05, noNaN: true }),
        (forward, discount) => {
          const estimate = forwardFromParity(currencyPairs(forward, discount));
          expect(estimate.forward / forward).toBeCloseTo(1, 10);
          expect(estimate.discount).toBeCloseTo(discount, 10);
          expect(estimate.discountFrom).toBe("parity");
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  it("is not moved by a quarter of the pairs being stale", () => {
    const pairs = currencyPairs(5000, 0.97).map((pair, i) =>
      i % 4 === 1 ? { ...pair, call: pair.call + 400 } : pair,
    );
    const estimate = forwardFromParity(pairs);
    expect(Math.abs(estimate.forward / 5000 - 1)).toBeLessThan(1e-4);
    expect(Math.abs(estimate.discount - 0.97)).toBeLessThan(2e-3);
  });

  it("trusts a tight pair more than a wide one", () => {
    const [tight, wide] = [
      { strike: 100, call: 3, put: 2, error: 0.01 },
      { strike: 100, call: 9, put: 2, error: 1 },
    ];
    expect(forwardFromParity([tight, wide]).forward).toBeCloseTo(101, 2);
  });

  it("assumes a discount of 1 when two strikes cannot tell it", () => {
    const estimate = forwardFromParity(currencyPairs(100, 0.9, 2));
    expect(estimate).toMatchObject({ discount: 1, discountFrom: "assumed" });
  });

  it("keeps the discount to what a rate from −1 % to 60 % explains", () => {
    const bent = forwardFromParity(currencyPairs(100, 1.02), { yearsToExpiry: 0.1 });
    expect(bent).toMatchObject({ discount: Math.exp(0.001), discountFrom: "bounded" });
    expect(bent.forward).toBeCloseTo(100, 0);
    const plain = forwardFromParity(currencyPairs(100, 0.97), { yearsToExpiry: 0.1 });
    expect(plain.discountFrom).toBe("parity");
  });

  it("uses the discount it is given", () => {
    const estimate = forwardFromParity(currencyPairs(100, 0.9, 2), { discount: 0.9 });
    expect(estimate.forward).toBeCloseTo(100, 10);
  });

  it("refuses to guess without a pair", () => {
    expect(() => forwardFromParity([])).toThrow(InputError);
  });
});

describe("forwardFromCoinParity", () => {
  it("solves c − p = 1 − K/F", () => {
    const pairs = [60_000, 65_000, 70_000].map((strike) => ({
      strike,
      call: 0.05 + Math.max(1 - strike / 64_000, 0),
      put: 0.05 + Math.max(strike / 64_000 - 1, 0),
      error: 0.001,
    }));
    expect(forwardFromCoinParity(pairs).forward).toBeCloseTo(64_000, 6);
  });

  it("refuses to guess without a pair", () => {
    expect(() => forwardFromCoinParity([])).toThrow(InputError);
  });
});

describe("weightedMedian", () => {
  it("has half of the weight on either side", () => {
    expect(weightedMedian([3, 1, 2], [1, 1, 1])).toBe(2);
    expect(weightedMedian([1, 2, 3, 4], [1, 1, 1, 1])).toBe(2.5);
    expect(weightedMedian([1, 2, 10], [1, 1, 5])).toBe(10);
  });
});
