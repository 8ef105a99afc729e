/**
 * A venue's fees as costs: a share of the value for futures and perpetuals; for options a share of the underlying with a cap
 * in the premium, min(0.0003, 12.5 % of the premium in coin) per contract of one coin.
 */
import { max, min, mul, type Num } from "../../ir/index.ts";
import type { Cost } from "../problem.ts";
import { proportionalCost } from "./proportional.ts";
import type { VenueFees } from "./venueFees.ts";

/** Taker's (or maker's) fee of futures and perpetuals. A rebate counts as nothing: no policy should live on it.
 *
 * @example  venueFutureFee(feesAt(deribitFees, Date.UTC(2026, 2, 28)))
 */
export function venueFutureFee(fees: VenueFees, side: "maker" | "taker" = "taker"): Cost {
  const share = Math.max(0, side === "taker" ? fees.futureTaker : fees.futureMaker);
  return { ...proportionalCost(share), name: `${fees.venue} ${side} fee` };
}

/** Fee of option trades, in currency. */
export function venueOptionFee(fees: VenueFees): Cost {
  const perUnit = (price: Num, spot: Num): Num =>
    min(mul(fees.optionPerContract, spot), mul(fees.optionCapShare, max(price, 0)));
  return {
    name: `${fees.venue} option fee`,
    charge: ({ units, price, spot }) => mul(units, perUnit(price, spot)),
    perUnit,
    shape: "linear",
  };
}
