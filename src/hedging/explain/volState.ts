/** The state of a market at which Black's volatility to the horizon is a given one. */
import type { Backend } from "../../backend/backend.ts";
import { InputError } from "../../num/errors.ts";
import type { HedgeProblem, Policy } from "../problem.ts";
import { policyAt } from "../query.ts";

/** A positive state is looked for between its start divided and multiplied by this, a factor of ln σ so far around 0. */
const widest = 64;
const farthest = 4;
const points = 64;
const rounds = 4;

/** Values of the market's states with that volatility: its one state of volatility (the slower factor of a neural SDE) is moved,
 * others stay.
 *
 * Accuracy  the volatility is met to 1e-5
 * Throws    InputError when the market has no such state, or none with that volatility
 */
export async function stateAtVol(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  { years, values }: { readonly years: number; readonly values: Readonly<Record<string, number>> },
  vol: number,
): Promise<Readonly<Record<string, number>>> {
  const { market } = problem;
  const positive = Object.keys(market.startState).find((key) => market.startState[key] > 0);
  // the slower factor of a neural SDE, which lasts
  const name = positive ?? market.stateNames.find((key) => key === "y1");
  if (name === undefined) {
    throw new InputError(
      `--vol: expected a market with a state of its volatility, got ${market.name}. Leave the volatility out.`,
    );
  }
  const volsAt = async (tried: Float64Array): Promise<Float64Array> => {
    const same = (value: number) => new Float64Array(tried.length).fill(value);
    const fixed = Object.entries(values).map(([key, value]) => [key, same(value)]);
    const states = { ...Object.fromEntries(fixed), [name]: tried };
    return (await policyAt(problem, policy, theta, backend, { years, states })).vol;
  };
  const start = market.startState[name] ?? 0;
  const isFactor = positive === undefined;
  const between = (low: number, high: number, share: number): number =>
    isFactor ? low + (high - low) * share : low * (high / low) ** share;
  let [low, high] = isFactor ? [-farthest, farthest] : [start / widest, start * widest];
  for (let round = 0; round < rounds; round++) {
    const tried = Float64Array.from({ length: points }, (_, i) =>
      between(low, high, i / (points - 1)),
    );
    const vols = await volsAt(tried);
    const above = vols.findIndex((found) => found >= vol);
    if (above <= 0) {
      // the ends themselves: beyond them there is no such volatility
      if (above === 0 && Math.abs(vols[0] - vol) < 1e-5) return { ...values, [name]: tried[0] };
      const [least, most] = [vols[0], vols[points - 1]].map((v) => v.toFixed(4));
      throw new InputError(
        `--vol: expected a volatility that ${market.name} can have now, from ${least} to ${most}, got ${vol}. Give one of those.`,
      );
    }
    [low, high] = [tried[above - 1], tried[above]];
  }
  return { ...values, [name]: between(low, high, 0.5) };
}
