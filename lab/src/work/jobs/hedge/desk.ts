/** What the jobs of the hedge section share: the task as plain data, and the library's parts made of it. */
import type { FittedModel } from "volterra/calibrate";
import {
  type DeskProblem,
  deskProblem,
  type HedgeConfig,
  type Instrument,
  neuralSdeMarket,
  readHedgeConfig,
} from "volterra/hedging";

/** A hedge to learn, as plain data. */
export interface HedgeTask {
  /** As a desk's configuration file says it. */
  readonly config: unknown;
  /** A fitted neural SDE to train in instead of the configuration's market. */
  readonly model: FittedModel | null;
}

export interface Desk extends DeskProblem {
  readonly config: HedgeConfig;
}

/** Parts of a task.
 *
 * Throws  InputError that names the field
 */
export function deskOf({ config, model }: HedgeTask): Desk {
  const read = readHedgeConfig(JSON.stringify(config), "settings");
  const desk = deskProblem(read);
  if (model === null) return { config: read, ...desk };
  const market = neuralSdeMarket({ model, spot: read.market.spot });
  const reason = "the market is the neural SDE";
  const { preparation } = desk;
  return { config: read, ...deskProblem(read, { market, preparation }), oracle: { reason } };
}

/** Does an instrument move with the price alone? The classical rules trade those. */
export const isLinear = (kind: Instrument["kind"]): boolean => kind !== "option" && kind !== "swap";

export const noWeights = new Float64Array(0);

/** Paths that a hedge is measured on; training never sees them. */
export const measured = { paths: 8192, sets: 4, seed: 20_190 } as const;

/** Lets messages in: a newer question may have made this one pointless. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
