/** Identities of a coin account, on cases computed by hand. */
import { describe, expect, test } from "vitest";
import { deribitFees } from "../costs/venueFees.ts";
import {
  type AccountFees,
  accountUnits,
  deliverOption,
  emptyAccount,
  equityCoin,
  payFunding,
  settlePerpetual,
  tradeOption,
  tradePerpetual,
  tradingCosts,
} from "./account.ts";
import {
  deliveredCoin,
  deliveryFee,
  exposureUnits,
  fundingPaid,
  perpetualGain,
  sizeForUnits,
} from "./inverse.ts";

const free: AccountFees = {
  venue: { ...deribitFees[1], futureTaker: 0, optionPerContract: 0 },
  perpetualHalfSpread: 0,
};
const fees: AccountFees = { venue: deribitFees[1], perpetualHalfSpread: 1e-4 };

describe("the inverse perpetual", () => {
  test("of 100,000 dollars from 50,000 to 40,000 loses half a coin, and gains a third up to 60,000", () => {
    expect(perpetualGain(100_000, 50_000, 40_000)).toBeCloseTo(-0.5, 12);
    expect(perpetualGain(100_000, 50_000, 60_000)).toBeCloseTo(1 / 3, 12);
    expect(perpetualGain(-100_000, 50_000, 40_000)).toBeCloseTo(0.5, 12);
  });

  test("with a balance is, in dollars, a linear position of C + n/p units", () => {
    const [coin, size, from, to] = [0.3, -42_000, 87_000, 61_000];
    const before = coin * from;
    const after = (coin + perpetualGain(size, from, to)) * to;
    expect(after - before).toBeCloseTo(exposureUnits(coin, size, from) * (to - from), 6);
  });

  test("keeps its units when the price moves, so that a hedge that does not change asks for no trade", () => {
    const held = tradePerpetual({ ...emptyAccount(87_000), coin: 0.3 }, -42_000, 87_000, free);
    const later = settlePerpetual(held, 61_000);
    expect(accountUnits(later)).toBeCloseTo(accountUnits(held), 12);
    expect(sizeForUnits(accountUnits(later), later.coin, 61_000, 10)).toBe(-42_000);
  });

  test("is traded in whole contracts of ten dollars", () => {
    expect(sizeForUnits(0.51234, 0, 90_000, 10)).toBe(46_110);
    expect(sizeForUnits(0, 0, 90_000, 10)).toBe(0);
  });

  test("pays 0.01 % of its coin every eight hours at that rate: 100,000 dollars at 50,000 pay 0.0002 coin", () => {
    expect(fundingPaid(100_000, 50_000, 1e-4, 8)).toBeCloseTo(2e-4, 15);
    expect(fundingPaid(-100_000, 50_000, 1e-4, 4)).toBeCloseTo(-1e-4, 15);
    const paid = payFunding({ ...emptyAccount(50_000), size: 100_000 }, 50_000, 1e-4, 8);
    expect(paid.coin).toBeCloseTo(-2e-4, 15);
    expect(paid.costs.funding).toBeCloseTo(10, 10);
  });

  test("costs 0.05 % and half of the spread of what is traded", () => {
    const traded = tradePerpetual(emptyAccount(50_000), 20_000, 50_000, fees);
    expect(traded.costs.perpetualFees).toBeCloseTo(10, 10);
    expect(traded.costs.perpetualSpread).toBeCloseTo(2, 10);
    expect(traded.coin).toBeCloseTo(-12 / 50_000, 14);
    expect(traded.turnover).toBe(20_000);
    expect(tradePerpetual(traded, 20_000, 50_000, fees)).toBe(traded);
  });
});

describe("an option in coin", () => {
  const prices = { bid: 0.019, ask: 0.021, mid: 0.02 };

  test("sold at the bid brings the bid less the fee of 0.0003, and costs half a spread against its mid", () => {
    const sold = tradeOption(emptyAccount(50_000), "C", -2, prices, 50_000, fees);
    expect(sold.coin).toBeCloseTo(2 * 0.019 - 0.0006, 14);
    expect(sold.options).toEqual({ C: -2 });
    expect(sold.costs.optionSpread).toBeCloseTo(2 * 0.001 * 50_000, 8);
    expect(sold.costs.optionFees).toBeCloseTo(30, 10);
    // what it is worth is less than nothing by exactly what was paid
    expect(equityCoin(sold, { C: 0.02 }) * 50_000).toBeCloseTo(-tradingCosts(sold.costs), 8);
  });

  test("of a small premium pays 12.5 % of it, not 0.0003", () => {
    const small = { bid: 0.0001, ask: 0.0003, mid: 0.0002 };
    const sold = tradeOption(emptyAccount(50_000), "C", -1, small, 50_000, fees);
    expect(sold.coin).toBeCloseTo(0.0001 - 0.0000125, 15);
  });

  test("is gone from the account when it is bought back", () => {
    const sold = tradeOption(emptyAccount(50_000), "C", -1, prices, 50_000, fees);
    const flat = tradeOption(sold, "C", 1, prices, 50_000, fees);
    expect(flat.options).toEqual({});
    expect(flat.coin).toBeCloseTo(0.019 - 0.021 - 2 * 0.0003, 14);
  });

  test("delivers its payoff over the settlement price: a call of 40,000 at 50,000 a fifth of a coin", () => {
    expect(deliveredCoin("call", 40_000, 50_000)).toBeCloseTo(0.2, 15);
    expect(deliveredCoin("put", 40_000, 50_000)).toBe(0);
    expect(deliveredCoin("put", 60_000, 50_000)).toBeCloseTo(0.2, 15);
    expect(deliveryFee(0.2, 0.00015, 0.125)).toBe(0.00015);
    expect(deliveryFee(0.0008, 0.00015, 0.125)).toBeCloseTo(0.0001, 15);
    const sold = { ...emptyAccount(50_000), options: { C: -3 } };
    const after = deliverOption(sold, "C", 0.2, 0.00015, 50_000);
    expect(after.coin).toBeCloseTo(-0.6 - 0.00045, 14);
    expect(after.costs.delivery).toBeCloseTo(22.5, 10);
  });
});

test("a sold call whose dollars are hedged one to one from deep in the money loses only what it cost", () => {
  // 40,000 call at 80,000, worth its intrinsic value: delta 1 all the way down to 60,000
  const worth = (price: number) => deliveredCoin("call", 40_000, price);
  const mid = worth(80_000);
  let account = tradeOption(
    emptyAccount(80_000),
    "C",
    -1,
    { bid: mid, ask: mid, mid },
    80_000,
    free,
  );
  account = tradePerpetual(account, sizeForUnits(1, account.coin, 80_000, 1e-6), 80_000, free);
  for (const price of [70_000, 90_000, 60_000]) {
    account = settlePerpetual(account, price);
    expect(equityCoin(account, { C: worth(price) }) * price).toBeCloseTo(0, 4);
  }
});
