/**
 * Rules for the hedge of an open trade: the baselines, and the contract that a learned policy keeps too.
 *
 * A decision is counted in units of the underlying (the balance in coin included, see inverse.ts) and contracts of the
 * option to hedge with. Positions are held, so a sold option has delta −Δ and its hedge is +Δ.
 *
 * Source  Leland (1985); Whalley & Wilmott (1997); Hull & White (2017), Optimal delta hedging, for the minimum-variance
 *         delta Δ + vega · dσ/dS with the slope measured from history
 */
import { held, type LegState, sensitivities, type TradeState } from "./tradeState.ts";

/** What to hold from now on. */
export interface HedgeDecision {
  readonly units: number;
  readonly optionContracts: number;
  /** For the log: a line that a trader can read. */
  readonly reason: string;
}

/** A position before a decision. */
export interface HeldHedge {
  readonly units: number;
  readonly optionContracts: number;
}

/** What the whole walk knows at a moment. */
export interface MarketState {
  /** Change of the volatility for a change of 1.00 in ln S, measured up to now; 0 until there is enough history. */
  readonly volSlope: number;
  /** Delta of a leg by the fitted model, by the forward; null while there is no fit. */
  readonly modelDelta: ((state: TradeState, leg: LegState) => number) | null;
}

/** A rule. Pure: the same states give the same decisions. */
export interface HedgeStrategy {
  readonly name: string;
  decide(
    states: readonly TradeState[],
    before: readonly HeldHedge[],
    market: MarketState,
  ): Promise<HedgeDecision[]> | HedgeDecision[];
}

/** Numbers that bands and Leland's delta need. */
export interface FrictionView {
  /** Fee and half spread of the perpetual, share of the value. */
  readonly costShare: number;
  /** Risk aversion per unit of the initial price: a · S₀. */
  readonly aversion: number;
  /** Hours between decisions. */
  readonly everyHours: number;
}

const each = (
  name: string,
  rule: (state: TradeState, before: HeldHedge, market: MarketState) => HedgeDecision,
): HedgeStrategy => ({
  name,
  decide: (states, before, market) => states.map((state, i) => rule(state, before[i], market)),
});

const units = (value: number, reason: string): HedgeDecision => ({
  units: value,
  optionContracts: 0,
  reason,
});

/** Nothing but the premium turned into dollars. */
const noHedge = each("no hedge", () => units(0, "none"));

/** Black's delta at each strike's own volatility. */
const blackDelta = (state: TradeState): number => -held(state, ({ delta }) => delta);

const deltaHedge = each("delta", (state) => units(blackDelta(state), "Black's delta"));

const modelDeltaHedge = each("model delta", (state, _, { modelDelta }) =>
  modelDelta === null
    ? units(blackDelta(state), "no fit yet: Black's delta")
    : units(-held(state, (leg) => modelDelta(state, leg)), "the fitted model's delta"),
);

const minimumVarianceHedge = each("minimum variance", (state, _, { volSlope }) =>
  units(
    -held(state, ({ delta, vega }) => delta + (vega * volSlope) / state.price),
    "Black's delta and the volatility's usual move with the price",
  ),
);

/** Vega to zero with the listed option, then delta to zero. Without quotes the contracts stay. */
const deltaVegaHedge = each("delta-vega", (state, before) => {
  const option = state.hedgeOption;
  if (option === null) {
    return { ...before, units: blackDelta(state), reason: "the option is not quoted" };
  }
  const wanted = -held(state, ({ vega }) => vega) / option.vega;
  // vega far beyond the position's own is a trade in something else
  const contracts = Math.round(clamp(wanted, -5, 5) * 10) / 10;
  return {
    units: blackDelta(state) - contracts * option.delta,
    optionContracts: contracts,
    reason: "vega and delta to zero",
  };
});

const lelandHedge = ({ costShare, everyHours }: FrictionView): HedgeStrategy =>
  each("Leland", (state) => {
    const years = everyHours / (24 * 365);
    // the position's own sign: a bought option is hedged at a smaller volatility
    const sold = state.legs[0].leg.quantity < 0 ? 1 : -1;
    const at = ({ vol, leg }: LegState): number => {
      const number = (Math.sqrt(2 / Math.PI) * 2 * costShare) / (vol * Math.sqrt(years));
      return deltaAt(state, leg, vol * Math.sqrt(Math.max(0.01, 1 + sold * number)));
    };
    return units(-held(state, at), "Black's delta at Leland's volatility");
  });

const whalleyWilmottHedge = ({ costShare, aversion }: FrictionView): HedgeStrategy =>
  each("Whalley-Wilmott", (state, before) => {
    const centre = blackDelta(state);
    const width = bandWidth(state, costShare, aversion);
    return units(
      clamp(before.units, centre - width, centre + width),
      bandReason(before.units, centre - width, centre + width),
    );
  });

/** Half-width (3cΓ²S/(2a))^{1/3}. */
function bandWidth(state: TradeState, costShare: number, aversion: number): number {
  const gamma = held(state, (leg) => leg.gamma);
  const perDollar = aversion / state.trade.price0;
  return Math.cbrt((1.5 * costShare * gamma * gamma * state.price) / perDollar);
}

/** What a band asks for, in words. */
export function bandReason(before: number, low: number, high: number): string {
  const band = `${low.toFixed(3)} … ${high.toFixed(3)}`;
  if (before < low) return `below the band ${band}: to its lower edge`;
  if (before > high) return `above the band ${band}: to its upper edge`;
  return `inside the band ${band}`;
}

/** All baselines, in the order of tables. */
export const baselineStrategies = (friction: FrictionView): readonly HedgeStrategy[] => [
  noHedge,
  deltaHedge,
  modelDeltaHedge,
  minimumVarianceHedge,
  deltaVegaHedge,
  lelandHedge(friction),
  whalleyWilmottHedge(friction),
];

function deltaAt(state: TradeState, leg: LegState["leg"], vol: number): number {
  const { forward, price, yearsToExpiry } = state;
  return sensitivities(leg, forward, price, yearsToExpiry, vol).delta;
}

const clamp = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), high);
