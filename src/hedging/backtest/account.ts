/**
 * A coin account with one perpetual and some options: every coin that comes or goes, and why.
 *
 * The perpetual is settled at every step, so that the balance holds all that it gained. Costs are kept by kind, in
 * dollars of their moment; what an option's bid or ask is away from its mid is a cost, because positions are worth mids.
 */
import { optionFee, type VenueFees } from "../costs/venueFees.ts";
import { exposureUnits, fundingPaid, perpetualGain } from "./inverse.ts";

/** Dollars paid, by kind. Funding may be negative: it was received. */
export interface CostsByKind {
  readonly optionSpread: number;
  readonly optionFees: number;
  readonly perpetualFees: number;
  readonly perpetualSpread: number;
  readonly delivery: number;
  readonly funding: number;
}

/** The state of an account. Plain data. */
export interface CoinAccount {
  /** Balance in coin. */
  readonly coin: number;
  /** Perpetual position in dollars; negative is short. */
  readonly size: number;
  /** Price at which the perpetual was last settled. */
  readonly settledAt: number;
  /** Contracts held by instrument; negative is sold. */
  readonly options: Readonly<Record<string, number>>;
  readonly costs: CostsByKind;
  /** Dollars of perpetual, and dollars of option premium, that changed hands after the position was opened. */
  readonly turnover: number;
  readonly optionTurnover: number;
}

/** What trades cost besides the quotes. */
export interface AccountFees {
  readonly venue: VenueFees;
  /** Half of the perpetual's spread as a share of its price. */
  readonly perpetualHalfSpread: number;
}

const noCosts: CostsByKind = {
  optionSpread: 0,
  optionFees: 0,
  perpetualFees: 0,
  perpetualSpread: 0,
  delivery: 0,
  funding: 0,
};

/** An account with nothing in it. */
export const emptyAccount = (price: number): CoinAccount => ({
  coin: 0,
  size: 0,
  settledAt: price,
  options: {},
  costs: noCosts,
  turnover: 0,
  optionTurnover: 0,
});

/** The account after the price has moved. */
export function settlePerpetual(account: CoinAccount, price: number): CoinAccount {
  const gained = perpetualGain(account.size, account.settledAt, price);
  return { ...account, coin: account.coin + gained, settledAt: price };
}

/** The account after a payment of funding. */
export function payFunding(
  account: CoinAccount,
  price: number,
  ratePer8h: number,
  hours: number,
): CoinAccount {
  const paid = fundingPaid(account.size, price, ratePer8h, hours);
  return {
    ...account,
    coin: account.coin - paid,
    costs: { ...account.costs, funding: account.costs.funding + paid * price },
  };
}

/** The account after its perpetual was brought to a size, as a taker. The position must be settled at `price`. */
export function tradePerpetual(
  account: CoinAccount,
  size: number,
  price: number,
  fees: AccountFees,
): CoinAccount {
  const traded = Math.abs(size - account.size);
  if (traded === 0) return account;
  const fee = traded * fees.venue.futureTaker;
  const spread = traded * fees.perpetualHalfSpread;
  const { costs } = account;
  return {
    ...account,
    size,
    coin: account.coin - (fee + spread) / price,
    turnover: account.turnover + traded,
    costs: {
      ...costs,
      perpetualFees: costs.perpetualFees + fee,
      perpetualSpread: costs.perpetualSpread + spread,
    },
  };
}

/** Prices of an option in coin. */
export interface OptionPrices {
  readonly bid: number;
  readonly ask: number;
  readonly mid: number;
}

/** The account after buying (contracts > 0) at the ask or selling (< 0) at the bid. */
export function tradeOption(
  account: CoinAccount,
  instrument: string,
  contracts: number,
  prices: OptionPrices,
  price: number,
  fees: AccountFees,
  { isOpening = false }: { readonly isOpening?: boolean } = {},
): CoinAccount {
  if (contracts === 0) return account;
  const paid = contracts > 0 ? prices.ask : prices.bid;
  const fee = optionFee(fees.venue, paid, Math.abs(contracts));
  const held = (account.options[instrument] ?? 0) + contracts;
  const { [instrument]: _, ...others } = account.options;
  const { costs } = account;
  return {
    ...account,
    coin: account.coin - contracts * paid - fee,
    options: held === 0 ? others : { ...others, [instrument]: held },
    optionTurnover: account.optionTurnover + (isOpening ? 0 : Math.abs(contracts) * paid * price),
    costs: {
      ...costs,
      optionSpread: costs.optionSpread + contracts * (paid - prices.mid) * price,
      optionFees: costs.optionFees + fee * price,
    },
  };
}

/** The account after an option was delivered: `coin` for each contract, `fee` for each contract. */
export function deliverOption(
  account: CoinAccount,
  instrument: string,
  coin: number,
  fee: number,
  price: number,
): CoinAccount {
  const { [instrument]: held = 0, ...others } = account.options;
  const charged = Math.abs(held) * fee;
  return {
    ...account,
    coin: account.coin + held * coin - charged,
    options: others,
    costs: { ...account.costs, delivery: account.costs.delivery + charged * price },
  };
}

/** Coin that the account is worth; `mids` in coin by instrument. The perpetual must be settled. */
export function equityCoin(account: CoinAccount, mids: Readonly<Record<string, number>>): number {
  let total = account.coin;
  for (const [instrument, contracts] of Object.entries(account.options)) {
    total += contracts * mids[instrument];
  }
  return total;
}

/** Units of a linear asset in the account, its options left out. */
export const accountUnits = (account: CoinAccount): number =>
  exposureUnits(account.coin, account.size, account.settledAt);

/** All costs but funding. */
export const tradingCosts = (costs: CostsByKind): number =>
  costs.optionSpread +
  costs.optionFees +
  costs.perpetualFees +
  costs.perpetualSpread +
  costs.delivery;
