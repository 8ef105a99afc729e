/**
 * A network that sees the positions it has: δ plus what it learned, without a band built in.
 *
 * Source  Buehler, Gonon, Teichmann & Wood (2019), Deep hedging, section 4: the semi-recurrent network
 */
import { add, div, mlp, mul, type NetworkParam } from "../../ir/index.ts";
import type { Policy } from "../problem.ts";
import { baseCount, baseInputs } from "./baseInputs.ts";
import { isLinear } from "./rules.ts";

export interface NetworkOptions {
  readonly hidden?: readonly number[];
  /** Add what is learned to Black's delta; without it the network starts from nothing. */
  readonly aroundDelta?: boolean;
}

export const networkDefaults = { hidden: [16, 16], aroundDelta: true } as const;

/** The policy with hidden layers of these widths. */
export function networkPolicy(options: NetworkOptions = {}): Policy {
  const { hidden, aroundDelta } = { ...networkDefaults, ...options };
  return {
    name: "network",
    params: (shape) => ({
      net: mlp({
        inputs: baseCount(shape) + shape.instruments,
        hidden,
        outputs: shape.instruments,
        activation: "tanh",
      }),
    }),
    decide: (inputs, { net }) => {
      const { instruments, book } = inputs;
      const learned = (net as NetworkParam)([
        ...baseInputs(inputs),
        ...instruments.map(({ previous, typicalPosition }) => mul(1 / typicalPosition, previous)),
      ]);
      const linear = aroundDelta ? instruments.findIndex(isLinear) : -1;
      return {
        positions: instruments.map(({ typicalPosition, greeks }, j) => {
          const own = mul(typicalPosition, learned[j]);
          return j === linear ? add(div(book.delta, greeks.delta), own) : own;
        }),
      };
    },
  };
}
