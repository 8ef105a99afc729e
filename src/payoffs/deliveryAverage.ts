/**
 * Settlement at the mean of the price over the last minutes, as Deribit delivers: the mean of its index over the 30 minutes
 * before 08:00 UTC.
 *
 * Around a payoff of the final price alone. Gamma near expiry is that of an Asian option: the mean moves less and less.
 *
 * Source  Deribit, settlement: 30-minute time-weighted average of the index
 */
import { add, div, max, mul, type Num, select, sub } from "../ir/index.ts";
import { InputError } from "../num/errors.ts";
import type { Payoff } from "./payoff.ts";

export interface AverageOptions {
  readonly minutes?: number;
  /** Prices that stand for the average, equally spaced up to the expiry. */
  readonly samples?: number;
}

export const averageDefaults = { minutes: 30, samples: 3 } as const;

const minutesPerYear = 365 * 24 * 60;

/** The payoff on the average.
 *
 * Throws  InputError for a payoff that has state, or options out of range
 */
export function deliveryAverage(payoff: Payoff, options: AverageOptions = {}): Payoff {
  const { minutes, samples } = { ...averageDefaults, ...options };
  if (payoff.fixings.length > 0) {
    throw new InputError(
      `deliveryAverage: expected a payoff of the final price alone, got ${payoff.name}. Wrap a vanilla or a digital.`,
    );
  }
  if (!(Number.isInteger(samples) && samples >= 1)) {
    throw new InputError(
      `deliveryAverage: expected samples to be a whole number from 1, got ${samples}.`,
    );
  }
  const window = minutes / minutesPerYear;
  if (!(window > 0 && window < payoff.expiryYears)) {
    throw new InputError(
      `deliveryAverage: expected minutes > 0 and shorter than the life of the payoff, got ${minutes}.`,
    );
  }
  const { option: _, ...rest } = payoff;
  const { expiryYears } = payoff;
  const fixings = Array.from(
    { length: samples },
    (_, i) => expiryYears - window * (1 - (i + 1) / samples),
  );
  return {
    ...rest,
    name: `${payoff.name}, settled at the mean of ${minutes} minutes`,
    fixings,
    init: () => ({ sum: 0, seen: 0 }),
    update: ({ sum, seen }, spot) => ({
      sum: add(sum, mul(1 / samples, spot)),
      seen: add(seen, 1),
    }),
    value: ({ sum }) => payoff.value({}, sum),
    valueOf: ({ spot0, fixings: seen }) => {
      let mean = 0;
      for (let i = 0; i < seen.length; i++) mean += seen[i] / samples;
      return payoff.valueOf({ spot0, fixings: [], spot: mean });
    },
    greeks: ({ state, spot, vol, years }) => {
      const toCome = sub(1, mul(1 / samples, state.seen));
      const mean = add(state.sum, mul(toCome, spot));
      // the window's own variance counts a third
      const left = max(
        sub(expiryYears - (2 / 3) * window, years),
        mul(1 / 3, sub(expiryYears, years)),
      );
      const share: Num = select(sub(state.seen, 0.5), div(mul(toCome, spot), mean), 1);
      const own = payoff.greeks({
        state: {},
        spot: mean,
        years: sub(expiryYears, left),
        vol: mul(vol, max(share, 1e-3)),
      });
      return {
        value: own.value,
        delta: mul(toCome, own.delta),
        gamma: mul(mul(toCome, toCome), own.gamma),
        vega: mul(share, own.vega),
      };
    },
    hasExactGreeks: false,
    features: () => [],
    rescaled: (factor) => deliveryAverage(payoff.rescaled(factor), { minutes, samples }),
  };
}
