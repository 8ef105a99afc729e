/**
 * Barrier options: a call or put that is cancelled ("out") or comes to life ("in") when a fixing is at or beyond a level.
 *
 * In + out = vanilla on every path. Centres are the vanilla's sensitivities while alive, damped near the barrier by how
 * likely a driftless price is to reach it before expiry, 2 N(−|ln(S/B)|/(σ√τ)): a stand-in, the network learns the rest.
 */
import {
  abs,
  div,
  log,
  max,
  min,
  mul,
  neg,
  type Num,
  normCdf,
  select,
  sqrt,
  sub,
} from "../ir/index.ts";
import { InputError } from "../num/errors.ts";
import { blackGreeks } from "./blackGreeks.ts";
import { requireFixings, requirePositive, requireType } from "./checkPayoff.ts";
import type { Greeks, Payoff, PayoffView } from "./payoff.ts";

export type BarrierKind = "up-and-out" | "up-and-in" | "down-and-out" | "down-and-in";

const kinds: readonly BarrierKind[] = ["up-and-out", "up-and-in", "down-and-out", "down-and-in"];

export interface Barrier {
  readonly type: "call" | "put";
  readonly strike: number;
  readonly barrier: number;
  readonly kind: BarrierKind;
  readonly expiryYears: number;
  /** When the barrier is looked at. */
  readonly fixings: readonly number[];
}

/** The payoff.
 *
 * Throws  InputError for numbers or fixings out of range, or an unknown kind
 */
export function barrier(terms: Barrier): Payoff {
  const { type, strike, barrier: level, kind, expiryYears, fixings } = terms;
  requireType("barrier", type);
  requirePositive("barrier", { strike, barrier: level, expiryYears });
  requireFixings("barrier", fixings, expiryYears);
  if (!kinds.includes(kind)) {
    throw new InputError(
      `barrier: expected kind among ${kinds.join(", ")}, got ${JSON.stringify(kind)}.`,
    );
  }
  const side = kind.startsWith("up") ? 1 : -1;
  const isOut = kind.endsWith("out");
  const owed = (spot: Num): Num => max(type === "call" ? sub(spot, strike) : sub(strike, spot), 0);
  return {
    name: `${kind} ${type} ${strike}, barrier ${level}`,
    family: "barrier",
    expiryYears,
    fixings,
    init: () => ({ hit: 0 }),
    update: ({ hit }, spot) => ({ hit: select(mul(side, sub(level, spot)), hit, 1) }),
    value: ({ hit }, spot) =>
      isOut ? select(sub(0.5, hit), owed(spot), 0) : select(sub(hit, 0.5), owed(spot), 0),
    valueOf: ({ fixings: seen, spot }) => {
      let isHit = false;
      for (let i = 0; i < seen.length; i++) isHit ||= side * (seen[i] - level) >= 0;
      const due = Math.max(0, type === "call" ? spot - strike : strike - spot);
      return isHit === isOut ? 0 : due;
    },
    greeks: (view) => standIn(terms, side, isOut, view),
    hasExactGreeks: false,
    strike,
    features: ({ state, spot, vol, years }) => [
      state.hit,
      max(-2, min(2, div(log(div(spot, level)), mul(vol, sqrt(sub(expiryYears, years)))))),
    ],
    rescaled: (factor) => barrier({ ...terms, strike: factor * strike, barrier: factor * level }),
    degree: 1,
  };
}

function standIn(
  { type, strike, barrier: level, expiryYears }: Barrier,
  side: number,
  isOut: boolean,
  { state, spot, vol, years }: PayoffView,
): Greeks {
  const left = sub(expiryYears, years);
  const whole = blackGreeks({ type, spot, strike, vol, years: left });
  const distance = div(abs(log(div(spot, level))), mul(vol, sqrt(left)));
  const reach = mul(2, normCdf(neg(distance)));
  const isBeyond = mul(side, sub(spot, level));
  const chance = select(isBeyond, 1, reach);
  const share = isOut
    ? select(sub(state.hit, 0.5), 0, sub(1, chance))
    : select(sub(state.hit, 0.5), 1, chance);
  return {
    value: mul(share, whole.value),
    delta: mul(share, whole.delta),
    gamma: mul(share, whole.gamma),
    vega: mul(share, whole.vega),
  };
}
