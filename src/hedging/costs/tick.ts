/**
 * Ticks: prices of orders are multiples of a step, which may be larger above a price. Who crosses a spread buys at the next
 * tick above and sells at the next below.
 *
 * Source  Deribit, `tick_size` and `tick_size_steps` of public/get_instruments; on the snapshot of 28 March 2026, 09:29 UTC, all
 *         611 quotes of BTC and ETH options up to 0.005 coin are multiples of 0.0001, and all 2,804 above of 0.0005
 */
import { add, div, type Expr, max, mul, type Num, round, select, sub } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";

/** Step of prices. */
export interface Tick {
  /** What the price is counted in: currency, or coin (price over spot). */
  readonly unit: "currency" | "coin";
  readonly size: number;
  /** Above a price the step is another one. */
  readonly above?: { readonly price: number; readonly size: number };
}

/** Coin-settled BTC and ETH options on Deribit. */
export const deribitOptionTick: Tick = {
  unit: "coin",
  size: 0.0001,
  above: { price: 0.005, size: 0.0005 },
};

/** A price this close to a tick, in ticks, is on it: float32 on prices of a hundred thousand ticks. */
const slack = 0.02;

/** Throws an InputError for steps that are not positive. */
export function checkTick(where: string, { size, above }: Tick): void {
  for (const [name, value] of [
    ["tick.size", size],
    ["tick.above.price", above?.price ?? 1],
    ["tick.above.size", above?.size ?? 1],
  ] as const) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError(`${where}: expected ${name} > 0, got ${value}. 0.5 is half a dollar.`);
    }
  }
}

/** Bid and ask around a price: half a spread away, on the next tick outside. */
export function quotesOnTicks(
  price: Num,
  spot: Num,
  half: Num,
  { unit, size, above }: Tick,
): { readonly bid: Num; readonly ask: Num } {
  const one = unit === "coin" ? spot : 1;
  const stepAt = (value: Num): Num => {
    if (above === undefined) return mul(size, one);
    const isAbove = sub(value, mul(above.price, one)) as Expr;
    return mul(select(isAbove, above.size, size), one);
  };
  const onTick = (value: Num, shift: number): Num => {
    const step = stepAt(value);
    return mul(step, round(add(div(value, step), shift)));
  };
  return {
    // a bid may be nothing
    bid: max(0, onTick(sub(price, half), slack - 0.5)),
    ask: onTick(add(price, half), 0.5 - slack),
  };
}
