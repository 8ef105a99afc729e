/**
 * What the reader chose as a configuration: the same that `volterra hedge` reads.
 *
 * The price of the underlying is 100 now, so that all money is in per cent of it.
 */
import { linesOf } from "./position.ts";

const spot = 100;

/** How fast the moving volatility returns to where it was, per year. */
const kappa = 5;

/** Everything that a hedge depends on. */
export interface HedgeChoices {
  /** Text of the position (position.ts). */
  readonly lines: string;
  readonly days: number;
  /** Hours between two trades. */
  readonly every: number;
  /** "learned": the equation of another section takes the market's place. */
  readonly market: "constant" | "moving" | "learned";
  readonly vol: number;
  readonly volOfVol: number;
  readonly skew: number;
  readonly instrument: "perpetual" | "spot";
  /** Per year. */
  readonly funding: number;
  readonly option: boolean;
  /** In per cent of the price. */
  readonly optionStrike: number;
  /** Share of the option's price. */
  readonly optionCost: number;
  /** Share of the value traded. */
  readonly cost: number;
  readonly risk: "entropic" | "cvar";
  /** Times the price now. */
  readonly aversion: number;
  readonly level: number;
  readonly policy: "band" | "network";
  readonly iterations: number;
  readonly seed: number;
}

/** Options have a price along the path where the volatility is constant. */
export const canTradeOption = ({ market }: Pick<HedgeChoices, "market">): boolean =>
  market === "constant";

/** The configuration. */
export const configOf = (chosen: HedgeChoices) => ({
  version: 1,
  name: "lab-hedge",
  currency: "% of the price",
  market: marketOf(chosen),
  position: (linesOf(chosen.lines) ?? []).map((line) => ({ ...line, days: chosen.days })),
  instruments: instrumentsOf(chosen),
  rebalancing: { everyHours: chosen.every },
  risk:
    chosen.risk === "cvar"
      ? { kind: "cvar", level: chosen.level }
      : { kind: "entropic", aversion: chosen.aversion / spot },
  policy: { kind: chosen.policy },
  training: { iterations: Math.round(chosen.iterations), paths: 1024 },
  seed: Math.round(chosen.seed),
});

function marketOf({ market, vol, volOfVol, skew }: HedgeChoices) {
  if (market !== "moving") return { kind: "black-scholes", spot, vol };
  const [v0, nu] = [vol * vol, Math.max(0.01, volOfVol)];
  return { kind: "heston", spot, v0, theta: v0, kappa, nu, rho: skew };
}

function instrumentsOf(chosen: HedgeChoices) {
  const costs = [{ kind: "proportional", share: chosen.cost }];
  const linear =
    chosen.instrument === "spot"
      ? { kind: "spot", costs }
      : { kind: "perpetual", fundingPerYear: chosen.funding, costs };
  if (!chosen.option || !canTradeOption(chosen)) return [linear];
  const option = {
    kind: "option",
    name: `call ${chosen.optionStrike}`,
    type: "call",
    strike: chosen.optionStrike,
    days: 2 * chosen.days,
    costs: [{ kind: "half-spread", shareOfPrice: chosen.optionCost }],
  };
  return [linear, option];
}
