/**
 * Market impact that lasts and fades: buying x when earlier purchases still weigh A costs, beyond x at the mid price,
 *
 *   S ((1 + x + A)^α − (1 + A)^α − x),   α ≥ 1,      A ← (A + x) e^{−λΔ}
 *
 * and selling x against B the same with revenue S ((1 + x + B)^β − (1 + B)^β), β ≤ 1. Sizes are shares of `depth`.
 *
 * Source  Neagu, Godin, Simard & Kosseim (2024), Deep hedging with market impact
 */
import { add, exp, log, max, mul, neg, type Num, sub } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Cost, Trade, Values } from "../problem.ts";

export interface Impact {
  /** Exponents of buying (≥ 1) and of selling (in (0, 1]). */
  readonly alpha: number;
  readonly beta: number;
  readonly decayPerYear: number;
  /** Units whose trade doubles the weight 1 in the formula. */
  readonly depth: number;
}

const power = (base: Num, exponent: number): Num => exp(mul(exponent, log(base)));

/** The cost.
 *
 * Throws  InputError for numbers out of range
 */
export function impactCost({ alpha, beta, decayPerYear, depth }: Impact): Cost {
  const checks: readonly [string, number, boolean, string][] = [
    ["alpha", alpha, alpha >= 1 && alpha <= 4, "in [1, 4]"],
    ["beta", beta, beta > 0 && beta <= 1, "in (0, 1]"],
    ["decayPerYear", decayPerYear, decayPerYear >= 0 && Number.isFinite(decayPerYear), ">= 0"],
    ["depth", depth, depth > 0 && Number.isFinite(depth), "> 0"],
  ];
  for (const [name, value, isGood, range] of checks) {
    if (!isGood) throw new InputError(`impactCost: expected ${name} ${range}, got ${value}.`);
  }
  const sizes = ({ signed }: Pick<Trade, "signed">) => ({
    bought: mul(1 / depth, max(signed, 0)),
    sold: mul(1 / depth, max(neg(signed), 0)),
  });
  return {
    name: `impact, exponents ${alpha} and ${beta}`,
    charge: ({ signed, price, memory }) => {
      const { bought, sold } = sizes({ signed });
      const a = add(1, memory.bought);
      const b = add(1, memory.sold);
      const paid = sub(sub(power(add(a, bought), alpha), power(a, alpha)), bought);
      const lost = sub(sold, sub(power(add(b, sold), beta), power(b, beta)));
      return mul(mul(depth, price), max(add(paid, lost), 0));
    },
    // of a small trade after small ones, both ways alike
    perUnit: (price) => mul((alpha - beta) / 2, price),
    shape: "convex",
    memory: {
      init: { bought: 0, sold: 0 },
      after: (trade): Values => {
        const { bought, sold } = sizes(trade);
        return { bought: add(trade.memory.bought, bought), sold: add(trade.memory.sold, sold) };
      },
      decay: ({ bought, sold }, dt): Values => {
        const left = exp(mul(-decayPerYear, dt));
        return { bought: mul(bought, left), sold: mul(sold, left) };
      },
    },
  };
}
