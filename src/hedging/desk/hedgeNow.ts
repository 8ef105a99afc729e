/** The hedge to put on in a state of the market: what to hold, what to trade for it, what that costs. */
import type { Backend } from "../../backend/backend.ts";
import { InputError } from "../../num/errors.ts";
import { policyAt, stateNames } from "../query.ts";
import { positionName } from "../stateNames.ts";
import type { MeasureTask } from "./measure.ts";

/** A state of the market and of the desk; what is left out is as at the start. */
export interface HedgeNowQuery {
  readonly spot?: number;
  /** Days since the start. */
  readonly day?: number;
  /** Units held by instrument's name. */
  readonly held?: Readonly<Record<string, number>>;
  /** Other states of the market, such as Heston's `v`. */
  readonly states?: Readonly<Record<string, number>>;
}

/** One instrument. */
export interface QuotedInstrument {
  readonly name: string;
  readonly price: number;
  /** Units held, to hold, and to buy for it (negative: to sell). */
  readonly held: number;
  readonly target: number;
  readonly trade: number;
  readonly cost: number;
  /** Inside this band nothing is traded; null for a policy without one. */
  readonly band: { readonly low: number; readonly high: number } | null;
  /** What the rule would hold that pictures show beside the policy. */
  readonly rule: number;
}

/** The answer. */
export interface HedgeNow {
  readonly spot: number;
  readonly day: number;
  readonly ruleName: string;
  readonly instruments: readonly QuotedInstrument[];
}

/** Asks the policy.
 *
 * Throws  InputError for an instrument or a state that there is not, and a day beyond the horizon
 */
export async function hedgeNow(
  { desk, theta }: MeasureTask,
  query: HedgeNowQuery,
  backend: Backend,
): Promise<HedgeNow> {
  const { problem, policy, rule } = desk;
  const { market, instruments, horizonYears } = problem;
  const { spot = market.spot0, day = 0, held = {}, states = {} } = query;
  const names = instruments.map(({ name }) => name);
  const stranger = Object.keys(held).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new InputError(
      `hedge: expected an instrument among ${names.join(", ")}, got "${stranger}". Name it as the configuration does.`,
    );
  }
  if (!(day >= 0 && day < 365 * horizonYears)) {
    throw new InputError(
      `hedge: expected a day from 0 and before ${365 * horizonYears}, the last expiry, got ${day}.`,
    );
  }
  if (!(spot > 0 && Number.isFinite(spot))) {
    throw new InputError(`hedge: expected a spot > 0, got ${spot}.`);
  }
  const known = stateNames(problem, policy).filter((name) => !/^position\d+$|^spot$/.test(name));
  const unknown = Object.keys(states).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InputError(
      `hedge: expected a state among ${known.join(", ") || "(this market has none)"}, got "${unknown}".`,
    );
  }
  const own = names.map((name) => held[name] ?? 0);
  const asked = {
    years: day / 365,
    states: {
      spot: [spot],
      ...Object.fromEntries(own.map((units, j) => [positionName(j), [units]])),
      ...Object.fromEntries(Object.entries(states).map(([name, value]) => [name, [value]])),
    },
  };
  const answer = await policyAt(problem, policy, theta, backend, asked);
  const plain = await policyAt(problem, rule, new Float64Array(0), backend, asked);
  return {
    spot,
    day,
    ruleName: rule.name,
    instruments: names.map((name, j) => {
      const target = answer.positions[j][0];
      const low = answer.details[`low${j}`];
      const high = answer.details[`high${j}`];
      return {
        name,
        price: answer.prices[j][0],
        held: own[j],
        target,
        trade: target - own[j],
        cost: answer.costs[j][0],
        band: low === undefined || high === undefined ? null : { low: low[0], high: high[0] },
        rule: plain.positions[j][0],
      };
    }),
  };
}
