/** What the page shows of a fitted model: figures, parameters, smiles. Made in the worker, plain data. */
import {
  type ErrorSummary,
  type Evaluation,
  quoteErrors,
  summariseErrors,
  volAt,
} from "volterra/compare";
import type { Chain } from "volterra/market";
import type { ModelFit } from "volterra/models";
import { type LabMarket, smileGrid } from "../../market/labMarket.ts";
import { parametersOf } from "./parameters.ts";

/** A parameter as the page writes it; `values` has one for each expiry, or one for all. */
export interface ShownParameter {
  readonly name: string;
  readonly about: string;
  readonly values: readonly number[];
}

export interface ModelRow {
  readonly name: string;
  readonly title: string;
  readonly status: ModelFit["status"];
  readonly message: string;
  readonly warnings: readonly string[];
  readonly parameterCount: number;
  readonly parameters: readonly ShownParameter[];
  readonly seconds: number;
  /** At every quote that the fit saw; null when it failed. */
  readonly inside: ErrorSummary | null;
  /** At quotes that the fit did not see, in vol points. Undefined until it is measured, null where there are none. */
  readonly outsideRmse?: number | null;
  readonly certificate?: Evaluation["comparison"]["certificate"];
  /** [expiry][point] volatilities on `smileGrid` of each expiry. */
  readonly smiles: readonly (readonly number[])[];
  /** [quote] (model − mid) in half spreads, at all shown quotes in the market's order. */
  readonly spreads: readonly number[];
}

/** The row of a fit. `chain` is all that is shown, `fitted` what the model saw. */
export function modelRow(
  title: string,
  fit: ModelFit,
  market: LabMarket,
  chain: Chain,
  fitted: Chain,
): ModelRow {
  const { surface } = fit;
  const head = {
    name: fit.model,
    title,
    status: fit.status,
    message: fit.message,
    warnings: fit.warnings,
    parameterCount: fit.parameterCount,
    seconds: fit.seconds,
  };
  if (surface === null) {
    return { ...head, parameters: [], inside: null, smiles: [], spreads: [] };
  }
  return {
    ...head,
    parameters: parametersOf(fit),
    inside: summariseErrors(quoteErrors(surface, fitted)),
    smiles: market.expiries.map((expiry) =>
      smileGrid(expiry).map((k) => volAt(surface, k, expiry.yearsToExpiry)),
    ),
    spreads: quoteErrors(surface, chain).map(({ spreads }) => spreads),
  };
}
