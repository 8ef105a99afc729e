/**
 * A recurrent network: δ plus what it learned from the state and from a memory of its own, which it rewrites at every date.
 *
 *   g = sigmoid(o_g),   h' = h + g (tanh(o_h) − h),   position = δ + o_p
 *
 * For what no feature tells: the recent path of a market whose state is not seen.
 *
 * Source  Buehler et al. (2019), section 4.2; the gate as in Cho et al. (2014), Learning phrase representations using RNN
 *         encoder-decoder, eq. (7)
 */
import {
  add,
  div,
  log,
  mlp,
  mul,
  type NetworkParam,
  type Num,
  sigmoid,
  sub,
  tanh,
} from "../../ir/index.ts";
import type { Policy, PolicyShape } from "../problem.ts";
import { baseCount, baseInputs } from "./baseInputs.ts";
import { isLinear } from "./rules.ts";

export interface RecurrentOptions {
  readonly hidden?: readonly number[];
  /** Numbers that it remembers. */
  readonly memory?: number;
}

export const recurrentDefaults = { hidden: [16, 16], memory: 4 } as const;

/** The policy. */
export function recurrentPolicy(options: RecurrentOptions = {}): Policy {
  const { hidden, memory } = { ...recurrentDefaults, ...options };
  const slots = Array.from({ length: memory }, (_, k) => `h${k}`);
  return {
    name: "recurrent network",
    params: (shape: PolicyShape) => ({
      net: mlp({
        inputs: baseCount(shape) + shape.instruments + 1 + memory,
        hidden,
        outputs: shape.instruments + 2 * memory,
        activation: "tanh",
      }),
    }),
    // the price at the last date rides along: a return is what a memory is made of
    memory: () => ({ ...Object.fromEntries(slots.map((slot) => [slot, 0])), lastPrice: 0 }),
    decide: (inputs, { net }) => {
      const { instruments, book, spot, spot0, typicalDeviation, isFirst, memory: old } = inputs;
      const price = log(div(spot, spot0));
      const move = mul(sub(1, isFirst), sub(price, old.lastPrice));
      const outputs = (net as NetworkParam)([
        ...baseInputs(inputs),
        ...instruments.map(({ previous, typicalPosition }) => mul(1 / typicalPosition, previous)),
        mul(3 / typicalDeviation, move),
        ...slots.map((slot) => old[slot]),
      ]);
      const count = instruments.length;
      const fresh = slots.map((slot, k): [string, Num] => {
        const gate = sigmoid(outputs[count + 2 * k]);
        return [slot, add(old[slot], mul(gate, sub(tanh(outputs[count + 2 * k + 1]), old[slot])))];
      });
      const linear = instruments.findIndex(isLinear);
      return {
        positions: instruments.map(({ typicalPosition, greeks }, j) => {
          const own = mul(typicalPosition, outputs[j]);
          return j === linear ? add(div(book.delta, greeks.delta), own) : own;
        }),
        memory: { ...Object.fromEntries(fresh), lastPrice: price },
      };
    },
  };
}
