/** Where the exact dynamic program covers a configuration, and what to change where it does not. */
import type { OracleProblem } from "../oracle.ts";
import type { HedgeConfig } from "./schema.ts";
import { priceOf, tradingDates, yearsOf } from "./units.ts";

/** The exact program of one option; `scale` options have `scale` times its price. Or why there is none. */
export type OracleCoverage =
  | { readonly problem: OracleProblem; readonly scale: number }
  | { readonly reason: string };

/** Finest and longest program that is solved as a matter of course. */
const mostDates = 400;

/** The oracle of one vanilla option in Black-Scholes, traded in the spot at proportional costs, under entropic risk.
 *
 * Costs and claims grow alike, so that n options at risk aversion a are worth n times one at n a.
 */
export function oracleOf(config: HedgeConfig): OracleCoverage {
  const { market, position, risk, instruments, account } = config;
  const [line] = position;
  const [instrument] = instruments;
  const because = (reason: string): OracleCoverage => ({ reason });
  if (market.kind !== "black-scholes") return because(`the market is ${market.kind}`);
  if (market.driftPerYear !== 0) return because("the market has drift");
  if (risk.kind !== "entropic") return because(`the risk is ${risk.kind}`);
  if (position.length > 1 || (line.type !== "call" && line.type !== "put")) {
    return because("the position is more than one call or put");
  }
  if (line.deliveryMinutes !== undefined) return because("delivery is at an average");
  if (account === "coin") return because("profit is counted in coin");
  if (instruments.length > 1) return because("there is more than one instrument");
  if (instrument.kind !== "spot" && instrument.kind !== "perpetual") {
    return because(`the instrument is ${instrument.kind}`);
  }
  if (instrument.kind === "perpetual" && instrument.fundingPerYear !== 0) {
    return because("the perpetual pays funding");
  }
  if (instrument.lot > 0) return because("positions come in lots");
  if (Object.values(instrument.limits).some((limit) => limit !== undefined)) {
    return because("positions are limited");
  }
  const shares = instrument.costs.map((cost) =>
    cost.kind === "proportional" ? cost.share : undefined,
  );
  if (shares.includes(undefined)) return because("costs are not all proportional");
  const dates = Math.round(tradingDates(config));
  if (dates > mostDates) return because(`there are more than ${mostDates} trading dates`);
  const share = shares.reduce<number>((sum, own) => sum + (own ?? 0), 0);
  const scale = Math.abs(line.quantity);
  return {
    scale,
    problem: {
      spot: market.spot,
      strike: priceOf(line.strike, market.spot),
      type: line.type,
      vol: market.vol,
      yearsToExpiry: yearsOf(line.days),
      dates,
      proportionalCost: share,
      riskAversion: risk.aversion * scale,
      unwindCost: instrument.closesAtHorizon ? share : 0,
      sold: line.quantity < 0 ? 1 : -1,
    },
  };
}
