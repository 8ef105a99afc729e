/**
 * A perpetual at the index, margined, with funding that a long position pays all the time at a rate per year.
 *
 * In a coin account it is the inverse perpetual: a position of h coins gains h (S' − S)/S' coins.
 */
import { mul } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Instrument } from "../problem.ts";
import type { Terms } from "./spot.ts";

export interface PerpetualTerms extends Terms {
  /** Paid by a long position, share of its value per year: 0.1095 is 0.01 % per eight hours. */
  readonly fundingPerYear?: number;
}

/** The instrument.
 *
 * Throws  InputError for a funding rate that is not finite
 */
export function perpetual({ fundingPerYear = 0, ...terms }: PerpetualTerms): Instrument {
  if (!Number.isFinite(fundingPerYear)) {
    throw new InputError(`perpetual: expected a finite fundingPerYear, got ${fundingPerYear}.`);
  }
  return {
    name: "perpetual",
    limits: {},
    ...terms,
    kind: "perpetual",
    isFunded: false,
    price: ({ spot }) => spot,
    greeks: ({ spot }) => ({ value: spot, delta: 1, gamma: 0, vega: 0 }),
    ...(fundingPerYear === 0
      ? {}
      : { carry: (_, price, dt) => mul(mul(fundingPerYear, price), dt) }),
  };
}
