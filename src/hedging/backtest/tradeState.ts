/**
 * An open trade at a moment: what a strategy may look at. Everything here was known by then.
 */
import { blackGreeks } from "../../formulas/index.ts";
import { yearsBetween } from "../../market/index.ts";
import type { ChainView, ListedOption } from "./chainView.ts";
import type { Leg } from "./opening.ts";

/** A trade that was opened: the same for all strategies. Plain data. */
export interface Trade {
  readonly id: string;
  readonly openedMs: number;
  readonly expiryMs: number;
  readonly legs: readonly Leg[];
  /** At the opening: the perpetual's price, the volatility, coin received for the legs before fees. */
  readonly price0: number;
  readonly vol0: number;
  readonly premiumCoin: number;
  /** A listed option that strategies may hedge with; null when none was quoted. */
  readonly hedgeOption: HedgeOption | null;
}

/** A listed option to hedge with. */
export interface HedgeOption {
  readonly instrument: string;
  readonly type: "call" | "put";
  readonly strike: number;
  readonly expiryMs: number;
}

/** What was last quoted about an expiry and its strikes; it ages when a moment has no chain. Plain data. */
export interface QuotedSmile {
  readonly timeMs: number;
  /** Forward over the perpetual's price. */
  readonly basis: number;
  /** [strike as text] volatility */
  readonly vols: Readonly<Record<string, number>>;
}

/** A leg's market and sensitivities, one contract of one coin. */
export interface LegState {
  readonly leg: Leg;
  readonly vol: number;
  /** Per unit of the underlying, by the perpetual's price. */
  readonly delta: number;
  readonly gamma: number;
  /** Dollars per 1.00 of volatility. */
  readonly vega: number;
}

/** A trade at a moment. */
export interface TradeState {
  readonly trade: Trade;
  readonly timeMs: number;
  readonly price: number;
  readonly forward: number;
  readonly yearsToExpiry: number;
  /** One number for the position: volatilities of its legs weighed by vega. */
  readonly vol: number;
  readonly legs: readonly LegState[];
  /** Hours since the volatilities were quoted. */
  readonly quoteAgeHours: number;
  /** The option to hedge with and its prices now; null when it is not quoted on both sides. */
  readonly hedgeOption: HedgeOptionState | null;
}

/** The option to hedge with. */
export interface HedgeOptionState extends Omit<LegState, "leg"> {
  readonly bid: number;
  readonly ask: number;
  readonly mid: number;
  readonly yearsToExpiry: number;
  readonly forward: number;
}

/** Shortest time that volatilities are used at: an hour. */
const leastYears = 1 / (365 * 24);

/** The smile of an expiry as quoted now, with what is missing filled from before; null when nothing was ever quoted. */
export function quotedSmile(
  view: ChainView | null,
  price: number,
  expiryMs: number,
  strikes: readonly number[],
  before: QuotedSmile | null,
): QuotedSmile | null {
  if (view === null) return before;
  const forward = view.forward(expiryMs);
  if (forward === null) return before;
  const vols: Record<string, number> = {};
  for (const strike of strikes) {
    const found = view.vol(expiryMs, strike) ?? before?.vols[strike];
    if (found === undefined) return before;
    vols[strike] = found;
  }
  return { timeMs: view.timeMs, basis: forward / price, vols };
}

/** The state of a trade. */
export function tradeState(
  trade: Trade,
  timeMs: number,
  price: number,
  smile: QuotedSmile,
  hedgeOption: HedgeOptionState | null,
): TradeState {
  const forward = price * smile.basis;
  const yearsToExpiry = Math.max(leastYears, yearsBetween(timeMs, trade.expiryMs));
  const legs = trade.legs.map((leg): LegState => {
    const vol = smile.vols[leg.strike];
    return { leg, vol, ...sensitivities(leg, forward, price, yearsToExpiry, vol) };
  });
  const weight = legs.reduce((sum, { vega }) => sum + vega, 0);
  const weighed = legs.reduce((sum, { vega, vol }) => sum + vega * vol, 0);
  return {
    trade,
    timeMs,
    price,
    forward,
    yearsToExpiry,
    vol: weight > 0 ? weighed / weight : legs[0].vol,
    legs,
    quoteAgeHours: (timeMs - smile.timeMs) / 3_600_000,
    hedgeOption,
  };
}

/** Black's sensitivities to the perpetual's price, with which the forward moves in proportion. */
export function sensitivities(
  { type, strike }: { readonly type: "call" | "put"; readonly strike: number },
  forward: number,
  price: number,
  yearsToExpiry: number,
  vol: number,
): { readonly delta: number; readonly gamma: number; readonly vega: number } {
  const greeks = blackGreeks(type, { forward, strike, yearsToExpiry, vol });
  const ratio = forward / price;
  return { delta: greeks.delta * ratio, gamma: greeks.gamma * ratio * ratio, vega: greeks.vega };
}

/** Sum over the legs of contracts times a sensitivity: of what is held. */
export function held({ legs }: TradeState, of: (state: LegState) => number): number {
  return legs.reduce((sum, state) => sum + state.leg.quantity * of(state), 0);
}

/** The option to hedge a trade with: the call at the money of the next listed expiry, if both its sides are quoted. */
export function hedgeOptionFor(view: ChainView, expiryMs: number): HedgeOption | null {
  const next = view.expiries.find((expiry) => expiry > expiryMs);
  const forward = next === undefined ? null : view.forward(next);
  if (next === undefined || forward === null) return null;
  let found: ListedOption | null = null;
  for (const { call } of view.strikes(next)) {
    if (call === null || call.bid === null || call.ask === null) continue;
    if (found === null || Math.abs(call.strike - forward) < Math.abs(found.strike - forward)) {
      found = call;
    }
  }
  if (found === null) return null;
  const { instrument, type, strike } = found;
  return { instrument, type, strike, expiryMs: next };
}

/** The option to hedge with as it is quoted now; null when a side or its volatility is missing. */
export function hedgeOptionState(
  option: HedgeOption | null,
  view: ChainView | null,
  price: number,
): HedgeOptionState | null {
  const listed = option === null ? null : (view?.option(option.instrument) ?? null);
  if (view === null || option === null || listed === null) return null;
  const { bid, ask } = listed;
  const forward = view.forward(option.expiryMs);
  const vol = view.vol(option.expiryMs, option.strike);
  if (bid === null || ask === null || forward === null || vol === null) return null;
  const yearsToExpiry = yearsBetween(view.timeMs, option.expiryMs);
  return {
    ...sensitivities(option, forward, price, yearsToExpiry, vol),
    vol,
    forward,
    yearsToExpiry,
    bid,
    ask,
    mid: (bid + ask) / 2,
  };
}
