/** Whether rows in a store are what the made-up exchange said: every column against the function it came from. */
import type { StoreReader } from "../../src/market/store/index.ts";
import type { ReplayMarket } from "./replayMarket.ts";
import { bookLevels, fundingItem, tradeItem } from "./replayServer.ts";

/** How many rows were compared, and those that the exchange never said. */
export async function compareWithTruth(
  store: StoreReader,
  market: ReplayMarket,
): Promise<{ compared: number; wrong: unknown[] }> {
  let compared = 0;
  const wrong: unknown[] = [];
  const expectRow = (row: object, truth: Readonly<Record<string, unknown>>): void => {
    compared++;
    const values = row as Readonly<Record<string, unknown>>;
    if (Object.entries(truth).some(([key, value]) => !Object.is(values[key], value))) {
      wrong.push({ row, truth });
    }
  };
  for (const underlying of market.currencies) {
    const query = { underlying, asOf: Infinity };
    const index = `${underlying.toLowerCase()}_usd`;
    for (const row of await store.rows("option", query)) {
      const t = market.ticker(row.instrument, row.eventMs);
      const [, , strike, letter] = row.instrument.split("-");
      expectRow(row, {
        bid: t.best_bid_price === 0 ? null : t.best_bid_price,
        ask: t.best_ask_price,
        mark: t.mark_price,
        markIv: Number(t.mark_iv) / 100,
        forward: t.underlying_price,
        openInterest: t.open_interest,
        strike: Number(strike),
        type: letter === "C" ? "call" : "put",
        unit: "coin",
      });
    }
    for (const row of await store.rows("future", query)) {
      const t = market.ticker(row.instrument, row.eventMs);
      expectRow(row, { bid: t.best_bid_price, ask: t.best_ask_price, mark: t.mark_price });
    }
    for (const row of await store.rows("index", query)) {
      const level = market.volatility(index, row.eventMs);
      if (row.series === "INDEX") expectRow(row, { value: market.index(index, row.eventMs) });
      else if (row.series === "DELIVERY") {
        const day = Math.floor(row.eventMs / 86_400_000);
        expectRow(row, { value: 80_000 + (day % 50), eventMs: day * 86_400_000 + 8 * 3_600_000 });
      } else if (row.intervalMs === 0) expectRow(row, { value: level / 100 });
      else {
        expectRow(row, {
          value: (level + 0.5) / 100,
          open: level / 100,
          high: (level + 1) / 100,
          low: (level - 1) / 100,
          knownMs: row.eventMs + row.intervalMs,
        });
      }
    }
    for (const row of await store.rows("funding", query)) {
      const { interest_1h } = fundingItem(row.eventMs);
      expectRow(row, { rate: interest_1h, intervalMs: 3_600_000, knownMs: row.eventMs });
    }
    for (const row of await store.rows("trade", query)) {
      const t = tradeItem(market, underlying, row.eventMs, Number(row.tradeId.split("-")[1]));
      expectRow(row, {
        instrument: t.instrument_name,
        price: t.price,
        amount: t.amount,
        direction: t.direction,
        iv: Number(t.iv) / 100,
        mark: t.mark_price,
        indexPrice: t.index_price,
      });
    }
    for (const row of await store.rows("book", query)) {
      const { bid, ask, amount } = bookLevels(row.changeId);
      expectRow(row, { bid, ask, bidAmount: amount, askAmount: amount, bidDepth: amount + 50 });
    }
  }
  return { compared, wrong };
}
