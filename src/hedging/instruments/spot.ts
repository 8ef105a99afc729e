/** The underlying itself, paid for when it is bought. In a coin account it is the unit of account and hedges nothing. */
import type { Instrument } from "../problem.ts";

/** What every instrument may be given. */
export type Terms = Pick<Instrument, "costs"> &
  Partial<Pick<Instrument, "name" | "limits" | "lot" | "closesAtHorizon">>;

/** The instrument. */
export const spotInstrument = (terms: Terms): Instrument => ({
  name: "spot",
  limits: {},
  ...terms,
  kind: "spot",
  isFunded: true,
  price: ({ spot }) => spot,
  greeks: ({ spot }) => ({ value: spot, delta: 1, gamma: 0, vega: 0 }),
});
