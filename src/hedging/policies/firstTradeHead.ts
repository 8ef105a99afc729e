/**
 * A head of its own for the first trade, which differs from all others: nothing is held yet, and everything is bought at once.
 *
 *   position = other policy + (1 at the first date) · typical size · learned constant for each instrument
 *
 * Source  Buehler's open deep-hedging code (2023), "initial delta": read for the idea
 */
import { add, mul, vector, type VectorParam } from "../../ir/index.ts";
import type { Policy } from "../problem.ts";

/** The policy with the head. */
export function firstTradeHead(policy: Policy): Policy {
  return {
    ...policy,
    name: `${policy.name}, first trade apart`,
    params: (shape) => ({ ...policy.params(shape), firstTrade: vector(shape.instruments) }),
    decide: (inputs, params) => {
      const decision = policy.decide(inputs, params);
      const head = params.firstTrade as VectorParam;
      return {
        ...decision,
        positions: decision.positions.map((position, j) => {
          const { typicalPosition } = inputs.instruments[j];
          return add(position, mul(inputs.isFirst, mul(typicalPosition, head.element(j))));
        }),
      };
    },
  };
}
