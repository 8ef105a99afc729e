/**
 * eSSVI: SVI smiles tied together so that neither butterflies nor calendars can be arbitraged, at every date.
 *
 *   w(k, T_i) = θ_i/2 {1 + ρ_i φ_i k + √((φ_i k + ρ_i)² + 1 − ρ_i²)}
 *
 * Three numbers per expiry. All expiries are fitted at once in a parametrisation in which every point is free of
 * arbitrage (essvi/parametrisation.ts): the search cannot leave it, and its result needs no repair. It starts from a
 * smile fitted to each expiry alone. Where an expiry has fewer than three quotes, its neighbours say the rest.
 *
 * Source  Hendriks & Martini (2019), The extended SSVI volatility surface; Mingone (2022); Corbetta, Cohort, Laachir &
 * Martini (2019) for the interpolation
 */
import { type SsviSlice, ssviVariance } from "../formulas/index.ts";
import type { Chain } from "../market/index.ts";
import { InputError } from "../num/errors.ts";
import { type SmallFit, type SmallProblem, smallLeastSquares } from "../num/smallLeastSquares.ts";
import { onForwardClock, surfaceOfVariance } from "../surface/index.ts";
import { essviAt, essviNumbers, essviSlices, NUMBERS } from "./essvi/parametrisation.ts";
import { failedFit, type Model, type ModelFit, type ModelOptions } from "./model.ts";
import { expiryName, fillResiduals, type SmileQuotes, smileQuotes } from "./smileQuotes.ts";

export interface EssviOptions extends ModelOptions {
  /** Half spreads beyond which a residual counts by its absolute value, not its square. */
  readonly huber?: number;
  /** Half spreads per unit of change of atanh ρ, of a bend's share, between neighbours: only few quotes feel it. */
  readonly smoothness?: number;
}

export const essviDefaults = { huber: 1, smoothness: 0.1 } as const;

/** One expiry's smile. */
export interface EssviExpiry extends SsviSlice {
  readonly yearsToExpiry: number;
}

export interface EssviParams {
  /** [expiry] */
  readonly expiries: readonly EssviExpiry[];
}

type Settings = { readonly huber: number; readonly smoothness: number };

function settingsOf(options: EssviOptions): Settings {
  const settings = { ...essviDefaults, ...options };
  if (!(settings.huber > 0)) {
    throw new InputError(`essvi: expected huber > 0, got ${settings.huber}. Its default is 1.`);
  }
  if (!(settings.smoothness >= 0)) {
    throw new InputError(
      `essvi: expected smoothness >= 0, got ${settings.smoothness}. Its default is 0.1.`,
    );
  }
  return settings;
}

/** The free smile of one expiry, (ln θ, artanh ρ, ln ψ/ψ_max): where the search of all starts. */
function loneSlice(smile: SmileQuotes, huber: number, shape: SsviSlice | undefined): SsviSlice {
  const sliceOf = (x: Float64Array): SsviSlice => {
    const theta = Math.exp(x[0]);
    return { theta, rho: 0.999 * Math.tanh(x[1]), phi: Math.exp(x[2]) / Math.sqrt(theta) };
  };
  const level = Math.log(smile.atmVariance);
  const starts =
    smile.k.length < 3
      ? [shape ?? { theta: 1, rho: 0, phi: 1 }].map(({ theta, rho, phi }) => [
          level,
          Math.atanh(rho),
          Math.log(phi * Math.sqrt(theta)),
        ])
      : [-0.4, 0.1].flatMap((tilt) => [0, 1].map((bend) => [level, tilt, bend]));
  const problem = problemOf([smile], huber, 0, starts[0].length, (x) => [sliceOf(x)]);
  return sliceOf(
    starts
      .map((start) => smallLeastSquares(problem, Float64Array.from(start), { longestMove: 1 }))
      .reduce((best, fit) => (fit.cost < best.cost ? fit : best)).theta,
  );
}

/** Least squares of quotes in parameters x, derivatives by forward differences: an evaluation costs microseconds. */
function problemOf(
  smiles: readonly SmileQuotes[],
  huber: number,
  smoothness: number,
  parameters: number,
  slicesOf: (x: Float64Array) => readonly SsviSlice[],
): SmallProblem {
  const quotes = smiles.reduce((sum, smile) => sum + smile.k.length, 0);
  const ties = smoothness > 0 ? 2 * (smiles.length - 1) : 0;
  const fill = (x: Float64Array, residuals: Float64Array): void => {
    const slices = slicesOf(x);
    let at = 0;
    for (let i = 0; i < smiles.length; i++) {
      const slice = slices[i];
      fillResiduals(smiles[i], (k) => ssviVariance(slice, k), huber, residuals, at);
      at += smiles[i].k.length;
    }
    for (let i = 1; ties > 0 && i < smiles.length; i++) {
      const [early, late] = [slices[i - 1], slices[i]];
      residuals[at++] = smoothness * (Math.atanh(late.rho) - Math.atanh(early.rho));
      const bend = (s: SsviSlice) => Math.log(s.phi * Math.sqrt(s.theta));
      residuals[at++] = smoothness * (bend(late) - bend(early));
    }
  };
  const moved = new Float64Array(parameters);
  const shifted = new Float64Array(quotes + ties);
  return {
    parameters,
    residuals: quotes + ties,
    evaluate(x, residuals, jacobian) {
      fill(x, residuals);
      if (jacobian === undefined) return;
      for (let p = 0; p < parameters; p++) {
        moved.set(x);
        const step = 1e-6 * Math.max(1e-2, Math.abs(x[p]));
        moved[p] += step;
        fill(moved, shifted);
        for (let i = 0; i < shifted.length; i++) {
          jacobian[i * parameters + p] = (shifted[i] - residuals[i]) / step;
        }
      }
    },
  };
}

/** The best surface from the free smiles of its expiries. */
function fitAll(smiles: readonly SmileQuotes[], settings: Settings): SmallFit {
  const alone = new Map<number, SsviSlice>();
  smiles.forEach((smile, i) => {
    if (smile.k.length >= 3) alone.set(i, loneSlice(smile, settings.huber, undefined));
  });
  const slices = smiles.map((smile, i) => {
    const known = alone.get(i);
    if (known !== undefined) return known;
    const nearest = [...alone.keys()].sort((a, b) => Math.abs(a - i) - Math.abs(b - i))[0];
    return loneSlice(smile, settings.huber, alone.get(nearest));
  });
  const { huber, smoothness } = settings;
  const problem = problemOf(smiles, huber, smoothness, NUMBERS * smiles.length, essviSlices);
  return smallLeastSquares(problem, essviNumbers(slices), {
    iterations: 200,
    longestMove: 1,
    costTolerance: 1e-6,
  });
}

/** eSSVI, all expiries at once. */
export const essvi: Model<EssviParams, EssviOptions> = {
  name: "essvi",
  title: "eSSVI",
  source: "Hendriks & Martini (2019), Proposition 3.5; Mingone (2022), Proposition 3.1",
  isDynamic: false,
  fit: async (chain: Chain, options: EssviOptions = {}): Promise<ModelFit<EssviParams>> => {
    const start = performance.now();
    const settings = settingsOf(options);
    const seconds = () => (performance.now() - start) / 1000;
    const expiries = chain.expiries.filter((expiry) => expiry.quotes.length > 0);
    if (expiries.length === 0) return failedFit("essvi", "the chain has no quotes", seconds());
    const fit = fitAll(expiries.map(smileQuotes), settings);
    const slices = essviSlices(fit.theta);
    const years = expiries.map((expiry) => expiry.yearsToExpiry);
    return {
      model: "essvi",
      status: fit.converged ? "converged" : "iteration-limit",
      message: "",
      warnings: expiries.flatMap((expiry) =>
        expiry.quotes.length >= NUMBERS
          ? []
          : [
              `${expiryName(expiry)}: ${expiry.quotes.length} quote${expiry.quotes.length === 1 ? "" : "s"} for three parameters; its neighbours say the rest`,
            ],
      ),
      params: { expiries: slices.map((slice, i) => ({ yearsToExpiry: years[i], ...slice })) },
      parameterCount: expiries.reduce((n, { quotes }) => n + Math.min(NUMBERS, quotes.length), 0),
      surface: onForwardClock(
        surfaceOfVariance(years, (k, t) => ssviVariance(essviAt(years, slices, t), k)),
      ),
      seconds: seconds(),
    };
  },
};
