/** The end of trades: delivery at the settlement price, or void when the history has a hole in it. */
import type { OptionPrices } from "./account.ts";
import type { ChainView } from "./chainView.ts";
import { type ClosedTrade, closedTrade, type VoidTrade } from "./closedTrade.ts";
import type { Moment } from "./moment.ts";
import { carried, delivered, midsOf, moved, type OpenTrade } from "./openTrade.ts";
import { settlementPrice } from "./settlement.ts";
import { quotedSmile } from "./tradeState.ts";
import type { WalkSettings, WalkState } from "./walkState.ts";

const hour = 3_600_000;

/** Delivers what has expired, voids what met too long a gap, moves the rest to the moment. */
export function expire(
  state: WalkState,
  moment: Moment,
  view: ChainView | null,
  settings: WalkSettings,
): { open: OpenTrade[]; closed: ClosedTrade[]; voided: VoidTrade[] } {
  const closed: ClosedTrade[] = [];
  const voided: VoidTrade[] = [];
  const open: OpenTrade[] = [];
  for (const trade of state.open) {
    const gapHours = (moment.timeMs - trade.lastMomentMs) / hour;
    const { id, openedMs, expiryMs } = trade.trade;
    if (gapHours > settings.maxGapHours) voided.push({ id, openedMs, expiryMs, gapHours });
    else if (expiryMs > moment.timeMs) open.push(movedTo(trade, moment, view));
    else closed.push(deliver(trade, state.lastPrice, moment, settings));
  }
  return { open, closed, voided };
}

function movedTo(open: OpenTrade, moment: Moment, view: ChainView | null): OpenTrade {
  const { trade } = open;
  const { price } = moment;
  const strikes = trade.legs.map(({ strike }) => strike);
  const option = trade.hedgeOption;
  return moved(open, moment, {
    smile: quotedSmile(view, price, trade.expiryMs, strikes, open.smile) ?? open.smile,
    hedgeSmile:
      option === null
        ? null
        : quotedSmile(view, price, option.expiryMs, [option.strike], open.hedgeSmile),
  });
}

function deliver(
  open: OpenTrade,
  lastPrice: number,
  moment: Moment,
  settings: WalkSettings,
): ClosedTrade {
  const { expiryMs, hedgeOption } = open.trade;
  const last = { timeMs: open.lastMomentMs, price: lastPrice };
  const settlement = settlementPrice(expiryMs, last, moment);
  const terms = settings.terms(expiryMs);
  const funding = moment.funding.filter(({ timeMs }) => timeMs <= expiryMs);
  const mids = midsOf(open, null, settlement.price, expiryMs);
  let prices: OptionPrices | null = null;
  if (hedgeOption !== null && hedgeOption.instrument in mids) {
    const mid = mids[hedgeOption.instrument];
    const half = open.hedgeHalfSpread;
    prices = { bid: Math.max(0, mid - half), ask: mid + half, mid };
  }
  const accounts = Object.fromEntries(
    Object.entries(open.accounts).map(([name, account]) => [
      name,
      delivered(carried(account, settlement.price, funding), open, settlement, prices, terms),
    ]),
  );
  return closedTrade({ ...open, accounts }, settlement);
}
