/**
 * The walk: a history, moment by moment, and what every strategy would have done.
 *
 * At each moment, in this order: expired trades are delivered; the volatility's slope, the market's fit and the learned
 * policies are brought up to date on their schedules; a position is opened when one is due; every open trade is hedged when
 * its turn has come; accounts are marked. A moment is handed over once and nothing after it exists yet, so no decision can
 * depend on the future. The state is plain data: written down after any moment, the walk goes on from there.
 */
import { InputError } from "../../num/errors.ts";
import { type ChainView, chainView } from "./chainView.ts";
import { expire } from "./expire.ts";
import { hedgeAll } from "./hedgeAll.ts";
import { checkMoment, type Moment } from "./moment.ts";
import { openingOf } from "./opening.ts";
import { openTrade } from "./openTrade.ts";
import { hasTurn, refreshed } from "./refresh.ts";
import type { HedgeStrategy } from "./strategies.ts";
import { hedgeOptionFor, quotedSmile, type Trade } from "./tradeState.ts";
import type { LearnedHedge, WalkSettings, WalkState, WalkStep } from "./walkState.ts";

const hour = 3_600_000;

/** The walk's step.
 *
 * Throws  InputError for a moment out of order or without a price
 */
export function walker(
  settings: WalkSettings,
  baselines: readonly HedgeStrategy[],
  learned: readonly LearnedHedge[],
): (state: WalkState, moment: Moment) => Promise<WalkStep> {
  const names = [...baselines.map(({ name }) => name), ...learned.map(({ name }) => name)];
  if (new Set(names).size !== names.length) {
    throw new InputError(
      `backtest: expected strategies with different names, got ${names.join(", ")}. Rename one.`,
    );
  }
  /** Strategies of learned policies, made again when the data changed. */
  const made = new Map<string, { readonly data: unknown; readonly strategy: HedgeStrategy }>();
  const strategyOf = async (hedge: LearnedHedge, data: unknown): Promise<HedgeStrategy> => {
    const known = made.get(hedge.name);
    if (known !== undefined && known.data === data) return known.strategy;
    const strategy = await hedge.strategy(data);
    made.set(hedge.name, { data, strategy });
    return strategy;
  };
  return async (before, moment) => {
    checkMoment(moment, before.lastMs);
    const view = moment.quotes === null ? null : chainView(moment.quotes);
    const did: string[] = [];
    const { open, closed, voided } = expire(before, moment, view, settings);
    let state = await refreshed({ ...before, open }, moment, settings, learned, did);
    const ready: HedgeStrategy[] = [...baselines];
    for (const hedge of learned) {
      const data = state.policies[hedge.name];
      if (data !== undefined) ready.push(await strategyOf(hedge, data));
    }
    // no trade without every strategy in it: all are compared on the same trades
    if (ready.length === names.length) state = opened(state, moment, view, settings, names);
    state = { ...state, open: await hedgeAll(state, moment, view, settings, ready) };
    return { state: { ...state, ...counted(before, moment) }, closed, voided, did };
  };
}

function counted(before: WalkState, moment: Moment) {
  const gap = before.moments === 0 ? 0 : (moment.timeMs - before.lastMs) / hour;
  const { priceFrom } = moment;
  return {
    lastMs: moment.timeMs,
    lastPrice: moment.price,
    moments: before.moments + 1,
    longestGapHours: Math.max(before.longestGapHours, gap),
    momentsFrom: {
      ...before.momentsFrom,
      [priceFrom]: (before.momentsFrom[priceFrom] ?? 0) + 1,
    },
  };
}

/** Opens a position when one is due. */
function opened(
  state: WalkState,
  moment: Moment,
  view: ChainView | null,
  settings: WalkSettings,
  names: readonly string[],
): WalkState {
  const { openEveryHours, underlying, position } = settings;
  if (view === null || !hasTurn(state.lastOpenedMs, moment.timeMs, openEveryHours)) return state;
  const refused = (why: string): WalkState => ({
    ...state,
    notOpened: { ...state.notOpened, [why]: (state.notOpened[why] ?? 0) + 1 },
  });
  const opening = openingOf(view, position);
  if ("no" in opening) return refused(opening.no);
  const { expiryMs, legs, prices } = opening;
  const strikes = legs.map(({ strike }) => strike);
  const smile = quotedSmile(view, moment.price, expiryMs, strikes, null);
  if (smile === null) return refused("a strike has no volatility");
  const hedgeOption = hedgeOptionFor(view, expiryMs);
  const hedgeSmile =
    hedgeOption === null
      ? null
      : quotedSmile(view, moment.price, hedgeOption.expiryMs, [hedgeOption.strike], null);
  const id = `${underlying}-${new Date(moment.timeMs).toISOString().slice(0, 16).replace(/[:-]/g, "")}`;
  const trade: Trade = {
    id,
    openedMs: moment.timeMs,
    expiryMs,
    legs,
    price0: moment.price,
    vol0: smile.vols[strikes[0]],
    premiumCoin: -legs.reduce(
      (sum, { quantity }, i) => sum + quantity * (quantity < 0 ? prices[i].bid : prices[i].ask),
      0,
    ),
    hedgeOption: hedgeSmile === null ? null : hedgeOption,
  };
  const terms = settings.terms(moment.timeMs);
  const added = openTrade(trade, opening, moment, { smile, hedgeSmile }, names, terms);
  return {
    ...state,
    open: [...state.open, added],
    opened: state.opened + 1,
    lastOpenedMs: moment.timeMs,
  };
}
