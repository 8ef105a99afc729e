/**
 * What every model can do: be fitted to a chain and answer with a surface. The contract of `src/models/`.
 *
 * A model is one file that exports one `Model`; `index.ts` lists them. The conformance suite
 * (`test/modelConformance.test.ts`) runs on every entry of that list.
 */
import type { Chain } from "../market/index.ts";
import type { ForwardPaths, PathRequest } from "../pricing/index.ts";
import type { ModelSurface } from "../surface/index.ts";

/** How a fit ended.
 *
 * - converged: a tolerance was met
 * - iteration-limit: usable, but a better fit may exist
 * - outside-validity: the parameters fit, but the formula is not to be trusted there (see `warnings`)
 * - cancelled: stopped by the caller; the best so far
 * - failed: there is no surface; `message` says why
 */
export type ModelStatus =
  | "converged"
  | "iteration-limit"
  | "outside-validity"
  | "cancelled"
  | "failed";

/** A fitted model. */
export interface ModelFit<Params = unknown> {
  /** `Model.name`. */
  readonly model: string;
  readonly status: ModelStatus;
  /** One line for people: why it failed, what limits it. Empty when there is nothing to say. */
  readonly message: string;
  /** What a reader has to know, a line each, with the expiry it concerns: negative density, fewer quotes than
   * parameters, a parameter at its bound. */
  readonly warnings: readonly string[];
  /** Plain data (JSON survives it); null when the fit failed. */
  readonly params: Params | null;
  /** Numbers that the fit chose freely. */
  readonly parameterCount: number;
  /** Null when and only when `status` is "failed". */
  readonly surface: ModelSurface | null;
  /** The model as it stands when this much time has passed and nothing else has changed: for dynamics, the same
   * parameters at shorter times. Absent: each expiry keeps its volatility at fixed k (see `rollSurface`). */
  readonly rolled?: (elapsedYears: number) => ModelSurface | Promise<ModelSurface>;
  /** Paths of the forward at the fit's dates: the dynamics behind the surface. Absent: the model is a surface or a set of
   * smiles, which says nothing of two dates together.
   *
   * Throws  NumericalError where the parameters admit no process */
  readonly simulate?: (request: PathRequest) => ForwardPaths | Promise<ForwardPaths>;
  /** Wall time of the fit. */
  readonly seconds: number;
}

/** What every fit accepts; models add options of their own with defaults. */
export interface ModelOptions {
  readonly seed?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** A volatility model. */
export interface Model<Params = unknown, Options extends ModelOptions = ModelOptions> {
  /** As on the command line: `svi`, `sabr`, `rough-bergomi`. */
  readonly name: string;
  /** As in tables: `SVI`, `SABR`. */
  readonly title: string;
  /** Paper and equation. */
  readonly source: string;
  /** One model of all expiries together, rather than a smile for each. */
  readonly isDynamic: boolean;
  /** Fits a chain. Works on any `Chain`, one quote at an expiry included; what it cannot do is a status.
   *
   * Throws  InputError for options out of range; never because the market is difficult
   */
  fit(chain: Chain, options?: Options): Promise<ModelFit<Params>>;
}

/** A fit that failed, with its reason. */
export function failedFit(model: string, message: string, seconds: number): ModelFit<never> {
  return {
    model,
    status: "failed",
    message,
    warnings: [],
    params: null,
    parameterCount: 0,
    surface: null,
    seconds,
  };
}
