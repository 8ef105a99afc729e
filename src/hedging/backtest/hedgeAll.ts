/** The decisions of a moment: every open trade whose turn has come, under every strategy; then all accounts are marked. */
import { logMoneyness } from "../../formulas/index.ts";
import type { ChainView } from "./chainView.ts";
import { fittedDelta } from "./marketFit.ts";
import type { Moment } from "./moment.ts";
import { executed, type LogEntry, marked, midsOf, type OpenTrade, unitsOf } from "./openTrade.ts";
import { hasTurn } from "./refresh.ts";
import type { HeldHedge, HedgeStrategy, MarketState } from "./strategies.ts";
import { hedgeOptionState, type TradeState, tradeState } from "./tradeState.ts";
import { slopeOf } from "./volSlope.ts";
import type { WalkSettings, WalkState } from "./walkState.ts";

/** The open trades after the moment's decisions. */
export async function hedgeAll(
  state: WalkState,
  moment: Moment,
  view: ChainView | null,
  settings: WalkSettings,
  strategies: readonly HedgeStrategy[],
): Promise<OpenTrade[]> {
  const { timeMs, price } = moment;
  const states = state.open.map(({ trade, smile }) =>
    tradeState(trade, timeMs, price, smile, hedgeOptionState(trade.hedgeOption, view, price)),
  );
  const turns = state.open.flatMap(({ lastDecisionMs }, i) =>
    hasTurn(lastDecisionMs, timeMs, settings.hedgeEveryHours) ? [i] : [],
  );
  const market = marketStateOf(state);
  const open = [...state.open];
  for (const strategy of turns.length === 0 ? [] : strategies) {
    const before = turns.map((i) => heldBy(open[i], strategy.name));
    const decisions = await strategy.decide(
      turns.map((i) => states[i]),
      before,
      market,
    );
    for (const [n, i] of turns.entries()) {
      open[i] = carriedOut(open[i], states[i], strategy.name, before[n], decisions[n], settings);
    }
  }
  return open.map((trade, i) => {
    const option = states[i].hedgeOption;
    const hedgeHalfSpread = option === null ? trade.hedgeHalfSpread : (option.ask - option.bid) / 2;
    const lastDecisionMs = turns.includes(i) ? timeMs : trade.lastDecisionMs;
    const after = { ...trade, hedgeHalfSpread, lastDecisionMs };
    return marked(after, midsOf(after, view, price, timeMs), {
      timeMs,
      price,
      vol: states[i].vol,
    });
  });
}

function marketStateOf({ fit, slope }: WalkState): MarketState {
  return {
    volSlope: slopeOf(slope),
    modelDelta:
      fit === null
        ? null
        : ({ forward, price, yearsToExpiry }, { leg }) =>
            (fittedDelta(fit, leg.type, logMoneyness(forward, leg.strike), yearsToExpiry) *
              forward) /
            price,
  };
}

function heldBy({ accounts, trade }: OpenTrade, strategy: string): HeldHedge {
  const account = accounts[strategy];
  const optionContracts =
    trade.hedgeOption === null ? 0 : (account.options[trade.hedgeOption.instrument] ?? 0);
  return { units: unitsOf(account), optionContracts };
}

function carriedOut(
  open: OpenTrade,
  state: TradeState,
  strategy: string,
  before: HeldHedge,
  decision: { readonly units: number; readonly optionContracts: number; readonly reason: string },
  settings: WalkSettings,
): OpenTrade {
  const { timeMs, price, vol, yearsToExpiry, hedgeOption } = state;
  const { trade } = open;
  const option =
    hedgeOption === null || trade.hedgeOption === null
      ? null
      : { instrument: trade.hedgeOption.instrument, prices: hedgeOption };
  const account = executed(
    open.accounts[strategy],
    decision,
    option,
    price,
    settings.terms(timeMs),
  );
  const entry: LogEntry = {
    timeMs,
    strategy,
    price,
    vol,
    daysLeft: yearsToExpiry * 365,
    unitsBefore: before.units,
    unitsAfter: unitsOf(account),
    optionContracts: decision.optionContracts,
    reason: decision.reason,
  };
  return {
    ...open,
    accounts: { ...open.accounts, [strategy]: account },
    log: settings.logged.includes(strategy) ? [...open.log, entry] : open.log,
  };
}
