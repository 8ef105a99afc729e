/**
 * Names of the state of a hedging program: the market's own names, then
 *
 *   spot, position<j>, price<j>        of instrument j (no price where it is the spot)
 *   payoff<i>.<name>                   state of line i of the book
 *   instrument<j>.<name>               what the price of instrument j remembers
 *   cost<j>.<k>.<name>                 what cost k of instrument j remembers
 *   policy.<name>                      what a recurrent policy remembers
 *   aversion, costScale                multiples of a conditioned policy
 */
import { add, type Expr, type Num } from "../ir/index.ts";
import { InputError } from "../num/errors.ts";
import type { HedgeProblem, PathValues, Values } from "./problem.ts";

export const positionName = (j: number): string => `position${j}`;
export const priceName = (j: number): string => `price${j}`;
export const payoffPrefix = (i: number): string => `payoff${i}.`;
export const instrumentPrefix = (j: number): string => `instrument${j}.`;
export const costPrefix = (j: number, k: number): string => `cost${j}.${k}.`;
export const policyPrefix = "policy.";
/** The market's own states among what is observed along paths. */
export const marketPrefix = "market.";

/** A number as an expression. */
export const asExpr = (value: Num): Expr => add(value, 0);

/** Values as expressions. */
export const asExprs = (values: Values): PathValues =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asExpr(value)]));

/** Values under names with a prefix. */
export const withPrefix = (prefix: string, values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));

/** The values whose names have a prefix, without it. */
export const underPrefix = (
  prefix: string,
  state: PathValues,
  names: readonly string[],
): PathValues => Object.fromEntries(names.map((name) => [name, state[prefix + name]]));

/** State at time 0 that does not belong to the market, without positions and wealth. */
export function initialMemories(problem: HedgeProblem): Values {
  const { book, instruments, market } = problem;
  return Object.assign(
    {},
    ...book.map(({ payoff }, i) => withPrefix(payoffPrefix(i), payoff.init(market.spot0))),
    ...instruments.map(({ memory }, j) => withPrefix(instrumentPrefix(j), memory?.init ?? {})),
    ...instruments.flatMap(({ costs }, j) =>
      costs.map(({ memory }, k) => withPrefix(costPrefix(j, k), memory?.init ?? {})),
    ),
  ) as Values;
}

/** Throws an InputError when a market's state has a name that the program needs. */
export function requireOwnNames(marketState: Values, marketName: string): void {
  const taken = Object.keys(marketState).find((name) =>
    /^(spot|wealth|weight|group|aversion|costScale|position\d+|price\d+|gains\d+|costs\d+|turnover\d+)$/.test(
      name,
    ),
  );
  if (taken !== undefined) {
    throw new InputError(
      `hedge: expected a market without a state named ${taken}, got ${marketName}. Rename it.`,
    );
  }
}
