/**
 * What a venue charges: fees of options with their cap, fees of futures, funding of perpetuals.
 *
 * Schedules are data with the day from which they hold, because they change: a back-test takes the one of its day, and a
 * live user the numbers that the venue states for the instrument (Deribit: `maker_commission` and `taker_commission` of
 * `public/get_instrument`).
 *
 * Source  Deribit, Fees and Funding Specifications pages, stored copies without a date, read in November 2026
 */
import { InputError } from "../../num/errors.ts";

/** A fee schedule. */
export interface VenueFees {
  readonly venue: string;
  /** ISO day from which it is taken to hold: of the copy that was read where the page has no date. */
  readonly since: string;
  readonly source: string;
  /** Options: coin per contract of one coin. */
  readonly optionPerContract: number;
  /** Options: never more than this share of the premium. */
  readonly optionCapShare: number;
  /** Perpetuals and futures: share of the value. Negative is a rebate. */
  readonly futureMaker: number;
  readonly futureTaker: number;
}

/** Coin-settled BTC and ETH on Deribit, oldest first. */
export const deribitFees: readonly VenueFees[] = [
  {
    venue: "Deribit",
    since: "2019-01-01",
    source: "earlier fees page: options 0.04 %, perpetual −0.025 % maker, 0.075 % taker",
    optionPerContract: 0.0004,
    optionCapShare: 0.125,
    futureMaker: -0.00025,
    futureTaker: 0.00075,
  },
  {
    venue: "Deribit",
    since: "2021-01-01",
    source: "fees page: options 0.03 %, perpetual 0 % maker, 0.05 % taker",
    optionPerContract: 0.0003,
    optionCapShare: 0.125,
    futureMaker: 0,
    futureTaker: 0.0005,
  },
];

/** The schedule of a day.
 *
 * Throws  InputError when no schedule is that old
 */
export function feesAt(schedules: readonly VenueFees[], timeMs: number): VenueFees {
  const held = schedules.filter(({ since }) => Date.parse(since) <= timeMs);
  if (held.length === 0) {
    throw new InputError(
      `feesAt: expected a day from ${schedules[0]?.since ?? "(no schedule)"} on, got ${new Date(timeMs).toISOString().slice(0, 10)}. Add the schedule of that day.`,
    );
  }
  return held[held.length - 1];
}

/** Fee of an option trade, in coin.
 *
 * Units   premium in coin per contract; contracts of one coin, ≥ 0
 * @example  optionFee(deribitFees[1], 0.01, 1) // 0.0003
 */
export function optionFee(fees: VenueFees, premium: number, contracts: number): number {
  if (!(premium >= 0 && contracts >= 0)) {
    throw new InputError(
      `optionFee: expected premium and contracts >= 0, got ${premium} and ${contracts}. Pass sizes.`,
    );
  }
  return contracts * Math.min(fees.optionPerContract, fees.optionCapShare * premium);
}

/** Within this premium over the index a perpetual pays no funding. */
const fundingDamper = 0.00025;

/** Funding of eight hours that a long position pays, as a share of its value.
 *
 *   max(0.025 %, p) + min(−0.025 %, p),   p = (mark − index)/index
 *
 * Units   premium and rate as decimals; a position pays rate · hours/8, without a fee
 */
export const fundingRate = (premium: number): number =>
  Math.max(fundingDamper, premium) + Math.min(-fundingDamper, premium);
