/** Calls and puts of one expiry, sold (quantity > 0) or bought. */
import {
  add,
  div,
  exp,
  log,
  max,
  mul,
  type Num,
  normCdf,
  sqrt,
  square,
  sub,
  sum,
} from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Claim } from "../problem.ts";

/** One line of a book. */
export interface Vanilla {
  readonly type: "call" | "put";
  readonly strike: number;
  /** Options sold; negative when bought. */
  readonly quantity: number;
}

/** The claim of a book.
 *
 * Throws  InputError for an empty book, a strike that is not positive, a quantity that is not finite
 */
export function vanillas(book: readonly Vanilla[]): Claim {
  if (book.length === 0) throw new InputError("vanillas: expected at least one option, got none.");
  for (const [i, { strike, quantity }] of book.entries()) {
    if (!(strike > 0 && Number.isFinite(strike))) {
      throw new InputError(`vanillas: expected strike > 0 in line ${i}, got ${strike}.`);
    }
    if (!Number.isFinite(quantity)) {
      throw new InputError(`vanillas: expected a finite quantity in line ${i}, got ${quantity}.`);
    }
  }
  const total = (parts: readonly Num[]): Num => (parts.length === 1 ? parts[0] : sum(...parts));
  return {
    name: book.map(({ type, strike, quantity }) => `${quantity} ${type} ${strike}`).join(", "),
    payoff: (spot) =>
      total(
        book.map(({ type, strike, quantity }) =>
          mul(quantity, max(type === "call" ? sub(spot, strike) : sub(strike, spot), 0)),
        ),
      ),
    payoffAt: (spot) =>
      book.reduce((owed, { type, strike, quantity }) => {
        const due = type === "call" ? spot - strike : strike - spot;
        return owed + quantity * Math.max(0, due);
      }, 0),
    greeks: (spot, vol, years) => {
      const stdDev = mul(vol, sqrt(years));
      const parts = book.map(({ type, strike, quantity }) => {
        const d1 = add(div(log(div(spot, strike)), stdDev), mul(0.5, stdDev));
        const call = normCdf(d1);
        const density = mul(1 / Math.sqrt(2 * Math.PI), exp(mul(-0.5, square(d1))));
        return {
          delta: mul(quantity, type === "call" ? call : sub(call, 1)),
          gamma: mul(quantity, div(density, mul(spot, stdDev))),
        };
      });
      return {
        delta: total(parts.map((part) => part.delta)),
        gamma: total(parts.map((part) => part.gamma)),
      };
    },
  };
}
