/** The flags that describe now: the price, the volatility, the time left, what is held. One declaration for all verbs that ask. */
import { type Command, InvalidArgumentError } from "commander";
import { wasmBackend } from "../../backend/wasm/index.ts";
import { type HedgeNowQuery, stateAtVol, stateNames } from "../../hedging/index.ts";
import { numberFlag } from "../chainSource.ts";
import { UsageError } from "../exitCodes.ts";
import type { LoadedHedge } from "./loadHedge.ts";

/** The flags. */
export interface StateFlags {
  readonly spot?: number;
  readonly vol?: number;
  readonly daysLeft?: number;
  readonly hold?: Readonly<Record<string, number>>;
  readonly state?: Readonly<Record<string, number>>;
}

/** Adds them. */
export function addStateFlags(command: Command): Command {
  return command
    .option(
      "--spot <price>",
      "price of the underlying now (default: the configuration's)",
      numberFlag,
    )
    .option(
      "--vol <vol>",
      "Black's volatility to the last expiry, decimal (default: the market's)",
      numberFlag,
    )
    .option("--days-left <days>", "days left to the last expiry (default: all)", numberFlag)
    .option(
      "--hold <name=units>",
      "what is held of an instrument (default: nothing); may be repeated",
      namedNumber,
    )
    .option(
      "--state <name=value>",
      "a state of the market, such as v=0.3; may be repeated",
      namedNumber,
    );
}

/** `name=number`, added to those before. */
function namedNumber(
  text: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new InvalidArgumentError(`Expected name=number, got "${text}".`);
  return { ...before, [text.slice(0, at)]: numberFlag(text.slice(at + 1)) };
}

/** The state that the flags describe.
 *
 * Throws  UsageError naming the flag for a price, a time, an instrument or a state that there is not
 */
export async function stateOf(
  { desk: { problem, policy } }: LoadedHedge,
  theta: Float64Array,
  flags: StateFlags,
): Promise<Required<HedgeNowQuery>> {
  const { spot = problem.market.spot0, vol, daysLeft, hold = {}, state = {} } = flags;
  const horizon = 365 * problem.horizonYears;
  if (daysLeft !== undefined && !(daysLeft > 0 && daysLeft <= horizon * (1 + 1e-9))) {
    throw new UsageError(
      `--days-left: expected days left in (0, ${shown(horizon)}], got ${daysLeft}. The policy was trained for ${shown(horizon)} days.`,
    );
  }
  for (const [name, value] of [
    ["--spot", spot],
    ["--vol", vol ?? 1],
  ] as const) {
    if (!(value > 0)) {
      throw new UsageError(`${name}: expected a number > 0, got ${value}. Correct it.`);
    }
  }
  const instruments = problem.instruments.map(({ name }) => name);
  requireKnown("--hold", "an instrument", Object.keys(hold), instruments);
  const known = stateNames(problem, policy).filter((name) => !/^position\d+$|^spot$/.test(name));
  requireKnown("--state", "a state", Object.keys(state), known);
  const day = daysLeft === undefined ? 0 : Math.max(0, horizon - daysLeft);
  const told = { years: day / 365, values: { spot, ...state } };
  const values =
    vol === undefined
      ? told.values
      : await stateAtVol(problem, policy, theta, wasmBackend, told, vol);
  const { spot: price, ...states } = values as Readonly<Record<string, number>> & {
    readonly spot: number;
  };
  return { spot: price, day, held: hold, states };
}

function requireKnown(
  flag: string,
  what: string,
  given: readonly string[],
  known: readonly string[],
): void {
  const stranger = given.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const names = known.length === 0 ? "(there is none)" : known.join(", ");
  throw new UsageError(
    `${flag}: expected ${what} among ${names}, got "${stranger}". Correct the name.`,
  );
}

const shown = (days: number): number => Number(days.toFixed(2));
