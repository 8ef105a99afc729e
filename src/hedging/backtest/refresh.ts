/** What the walk learns as it goes: the slope of volatility on price, the market's fit, the policies, each in its turn. */
import { type Chain, clean } from "../../market/index.ts";
import { InputError } from "../../num/errors.ts";
import { atmVolAt, fitMarket } from "./marketFit.ts";
import type { Moment } from "./moment.ts";
import type { LearnedHedge, WalkSettings, WalkState } from "./walkState.ts";
import { withVol } from "./volSlope.ts";

/** A turn has come when this share of its interval has passed: snapshots are not on the minute. */
const slack = 0.75;

/** Has the turn of something come that is done every so many hours? */
export const hasTurn = (lastMs: number, nowMs: number, everyHours: number): boolean =>
  nowMs - lastMs >= slack * everyHours * 3_600_000;

/** The state with what this moment's chain teaches; `did` is told what took time. */
export async function refreshed(
  state: WalkState,
  moment: Moment,
  settings: WalkSettings,
  learned: readonly LearnedHedge[],
  did: string[],
): Promise<WalkState> {
  const chain = chainOf(moment);
  if (chain === null) return state;
  const { timeMs, price } = moment;
  const years = settings.position.days / 365;
  let after: WalkState = {
    ...state,
    slope: withVol(state.slope, timeMs, price, atmVolAt(chain, years)),
  };
  const isDue = after.fit === null || hasTurn(after.fit.atMs, timeMs, settings.refitEveryHours);
  if (isDue) {
    const fit = await fitMarket(settings.model, chain, years);
    did.push(`fitted ${settings.model}`);
    after =
      fit === null
        ? { ...after, failedFits: after.failedFits + 1 }
        : { ...after, fit, fits: after.fits + 1 };
  }
  const { fit } = after;
  if (fit === null || !hasTurn(after.trainedMs, timeMs, settings.retrainEveryHours)) return after;
  const policies: Record<string, unknown> = {};
  for (const hedge of learned) {
    policies[hedge.name] = await hedge.train(fit, after.trainings + 1);
    did.push(`trained ${hedge.name}`);
  }
  return { ...after, policies, trainedMs: timeMs, trainings: after.trainings + 1 };
}

/** The cleaned chain of a moment; null when there is none or nothing in it can be used. */
function chainOf({ quotes }: Moment): Chain | null {
  if (quotes === null) return null;
  try {
    return clean(quotes, { invalidRows: "drop" }).chain;
  } catch (error) {
    // a snapshot without usable quotes is a gap like any other
    if (error instanceof InputError) return null;
    throw error;
  }
}
