/**
 * A small made-up market in the shape that Deribit documents: every value is a function of the instrument and of
 * the time, so that a test can tell of any stored row whether it is what the exchange said at that time.
 *
 *   forward(t) = level · (1 + 1e-3 · sin(t / 700 ms)),   mark = Black-76 / forward,   bid and ask half a spread off
 */
import { blackPrice } from "../../src/formulas/index.ts";
import { deribitExpiryMs, MS_PER_DAY } from "../../src/market/dayCount.ts";

export type Json = Readonly<Record<string, unknown>>;

const levels: Readonly<Record<string, number>> = { BTC: 80_000, ETH: 2_000 };
const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");

/** Expiry date in a name, so many days after a time. */
function dateAfter(ms: number, days: number): string {
  const day = new Date(ms + days * MS_PER_DAY);
  return `${day.getUTCDate()}${MONTHS[day.getUTCMonth()]}${String(day.getUTCFullYear()).slice(2)}`;
}

export interface ReplayMarket {
  readonly currencies: readonly string[];
  names(currency: string, kind: string): string[];
  instruments(currency: string, kind: string): Json[];
  ticker(name: string, ms: number): Json;
  summary(name: string, ms: number): Json;
  index(name: string, ms: number): number;
  volatility(name: string, ms: number): number;
}

/** A market whose contracts expire 20 and 60 days after its beginning. */
export function replayMarket(beginMs: number, currencies: readonly string[]): ReplayMarket {
  const dates = [dateAfter(beginMs, 20), dateAfter(beginMs, 60)];
  const wobble = (ms: number, phase: number): number => 1 + 1e-3 * Math.sin(ms / 700 + phase);
  const names = (currency: string, kind: string): string[] =>
    kind === "future"
      ? [`${currency}-PERPETUAL`, `${currency}-${dates[1]}`]
      : dates.flatMap((date) =>
          [0.9, 1, 1.1].flatMap((share) => {
            const strike = Math.round((levels[currency] * share) / 10) * 10;
            return [`${currency}-${date}-${strike}-C`, `${currency}-${date}-${strike}-P`];
          }),
        );
  const forward = (name: string, ms: number): number =>
    levels[name.split("-")[0]] * wobble(ms, name.includes(dates[0]) ? 1 : 2);
  const openInterest = (name: string): number => 10 + (name.length % 7);
  const option = (name: string, ms: number) => {
    const [, date, strike, letter] = name.split("-");
    const F = forward(name, ms);
    const iv = Math.round(100 * (45 + 3 * Math.sin(ms / 900))) / 100;
    const inputs = {
      forward: F,
      strike: Number(strike),
      yearsToExpiry: (deribitExpiryMs(date) - ms) / (365 * MS_PER_DAY),
      vol: iv / 100,
    };
    const mark = blackPrice(letter === "C" ? "call" : "put", inputs) / F;
    const spread = 0.001;
    return { F, iv, mark, bid: mark > spread ? mark - spread / 2 : null, ask: mark + spread / 2 };
  };
  const ticker = (name: string, ms: number): Json => {
    const open = {
      instrument_name: name,
      timestamp: ms,
      state: "open",
      open_interest: openInterest(name),
    };
    if (name.split("-").length === 4) {
      const { F, iv, mark, bid, ask } = option(name, ms);
      return {
        ...open,
        best_bid_price: bid ?? 0,
        best_bid_amount: bid === null ? 0 : 5,
        best_ask_price: ask,
        best_ask_amount: 4,
        mark_price: mark,
        mark_iv: iv,
        underlying_price: F,
        underlying_index: "SYN",
        index_price: F * 0.999,
        interest_rate: 0,
      };
    }
    const F = forward(name, ms);
    const isPerpetual = name.endsWith("-PERPETUAL");
    return {
      ...open,
      best_bid_price: F - 0.5,
      best_bid_amount: 1000,
      best_ask_price: F + 0.5,
      best_ask_amount: 900,
      mark_price: F,
      last_price: F + 0.5,
      index_price: F * 0.999,
      ...(isPerpetual ? { current_funding: 0, funding_8h: 1e-5, interest_value: 0 } : {}),
    };
  };
  return {
    currencies,
    names,
    instruments: (currency, kind) =>
      names(currency, kind).map((name) => {
        const [, date, strike, letter] = name.split("-");
        return {
          instrument_name: name,
          kind,
          expiration_timestamp: date === "PERPETUAL" ? 32_503_708_800_000 : deribitExpiryMs(date),
          creation_timestamp: beginMs - MS_PER_DAY,
          is_active: true,
          base_currency: currency,
          quote_currency: kind === "option" ? currency : "USD",
          settlement_period: date === "PERPETUAL" ? "perpetual" : "month",
          contract_size: kind === "option" ? 1 : 10,
          tick_size: kind === "option" ? 0.0001 : 0.5,
          tick_size_steps: kind === "option" ? [{ above_price: 0.005, tick_size: 0.0005 }] : [],
          min_trade_amount: kind === "option" ? 0.1 : 10,
          maker_commission: 0.0003,
          taker_commission: 0.0003,
          ...(kind === "option"
            ? { strike: Number(strike), option_type: letter === "C" ? "call" : "put" }
            : {}),
        };
      }),
    ticker,
    summary(name, ms) {
      const t = ticker(name, ms);
      const side = (value: unknown): unknown => (value === 0 ? null : value);
      return {
        instrument_name: name,
        base_currency: name.split("-")[0],
        bid_price: side(t.best_bid_price),
        ask_price: side(t.best_ask_price),
        mark_price: t.mark_price,
        last: t.last_price ?? null,
        open_interest: t.open_interest,
        volume: 1,
        creation_timestamp: ms,
        ...(t.mark_iv === undefined
          ? { funding_8h: t.funding_8h ?? null }
          : { mark_iv: t.mark_iv, underlying_price: t.underlying_price, underlying_index: "SYN" }),
      };
    },
    index: (name, ms) => levels[name.split("_")[0].toUpperCase()] * wobble(ms, 0),
    volatility: (_, ms) => 45 + Math.sin(ms / 1000),
  };
}
