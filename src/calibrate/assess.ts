/**
 * What a fitted model is worth, measured on paths that the fit never saw: quotes, steps, surface, certificate.
 */
import type { Plan, SobolPoints } from "../backend/backend.ts";
import type { Chain } from "../market/index.ts";
import {
  jumpTerms,
  learnedMaps,
  type LearnedMap,
  neuralSdeBridge,
  neuralSdeGrid,
  neuralSdeNodePlan,
} from "../models/index.ts";
import {
  audit,
  buildSurface,
  type MixtureNode,
  selectNodes,
  type Surface,
  type SurfaceJson,
  surfaceToJson,
} from "../surface/index.ts";
import {
  compareQuotes,
  isInside,
  type ModelPrices,
  meanShiftSpreads,
  summarise,
  summariseExpiries,
} from "./diagnostics.ts";
import type { FitDocument, FitStatus, QuoteFit } from "./fitDocument.ts";
import { fittedPathsSeed } from "./phasePaths.ts";
import { batchPaths, type PathChoice, pricer, type PricingSetup } from "./pricer.ts";

/** Everything measured after a fit. */
export interface Assessment {
  readonly document: FitDocument;
  readonly quotes: readonly QuoteFit[];
  readonly surface: Surface;
  readonly surfaceJson: SurfaceJson;
  readonly maps: readonly LearnedMap[];
}

export interface AssessmentOptions {
  readonly seed: number;
  readonly paths: number;
  /** Paths of the surface's mixtures. */
  readonly surfacePaths: number;
  readonly status: FitStatus;
  /** `performance.now()` at the start of the fit. */
  readonly started: number;
  readonly pathSteps: number;
}

/** Measures a model against the chain it was fitted to. */
export async function assess(
  chain: Chain,
  setup: PricingSetup,
  theta: Float64Array,
  options: AssessmentOptions,
): Promise<Assessment> {
  const { seed, paths } = options;
  let pathSteps = options.pathSteps;
  const price = async (choice: PathChoice): Promise<ModelPrices> => {
    const priced = await pricer(setup, choice);
    const { mean, standardError } = priced.prices(theta);
    priced.runner.free();
    pathSteps += choice.paths * priced.steps;
    return { price: mean, standardError };
  };
  const first = await price({ paths, seed: 16 * seed + 3 });
  const second = await price({ paths, seed: 16 * seed + 4 });
  const refined = await price({ paths, seed: 16 * seed + 3, refine: 2 });
  // what is reported is the mean over both sets; the checks move it by what one set, or twice the steps, changes
  const both = meanOf(first, second);
  const quotes = compareQuotes(chain, both);
  const fresh = compareQuotes(chain, second);
  const halfStep = compareQuotes(chain, {
    price: both.price.map((value, i) => value + refined.price[i] - first.price[i]),
    standardError: refined.standardError,
  });
  const { surface, steps } = await modelSurface(setup, theta, {
    paths: options.surfacePaths,
    // the paths of the last phase: what was fitted on them is what the surface says
    seed: fittedPathsSeed(seed),
  });
  pathSteps += steps;
  const certificate = audit(surface);
  const published = onSurface(quotes, surface, chain);
  const insideShare = (fits: readonly QuoteFit[]) => fits.filter(isInside).length / fits.length;
  const { standardErrorVolPoints: _, ...fit } = summarise(quotes);
  const document: FitDocument = {
    schemaVersion: 1,
    status: options.status,
    underlying: chain.underlying,
    asOf: new Date(chain.asOfMs).toISOString(),
    quotes: { read: quotes.length, used: quotes.length, dropped: [] },
    fit,
    expiries: summariseExpiries(chain, quotes),
    checks: {
      freshNoiseSpreads: meanShiftSpreads(compareQuotes(chain, first), fresh),
      freshNoiseInsideShare: insideShare(fresh),
      halfStepSpreads: meanShiftSpreads(quotes, halfStep),
      halfStepInsideShare: insideShare(halfStep),
      surfaceSpreads: meanShiftSpreads(quotes, published),
      surfaceInsideShare: insideShare(published),
    },
    certificate: {
      pass: certificate.pass,
      worstButterfly: certificate.worstButterfly,
      worstCalendar: certificate.worstCalendar,
      tolerance: certificate.tolerance,
      details: certificate,
    },
    cost: {
      seconds: (performance.now() - options.started) / 1000,
      pathSteps,
      peakRssMb: null,
      threads: setup.threads,
    },
    seed,
    files: {},
  };
  const maps = learnedMaps(setup.config, setup.program, theta);
  return { document, quotes, surface, surfaceJson: surfaceToJson(surface), maps };
}

/** Means over two independent sets of paths of the same size. */
function meanOf(a: ModelPrices, b: ModelPrices): ModelPrices {
  return {
    price: a.price.map((value, i) => 0.5 * (value + b.price[i])),
    standardError: a.standardError.map((value, i) => 0.5 * Math.hypot(value, b.standardError[i])),
  };
}

/** The same quotes with the surface's volatility as the model's. */
function onSurface(quotes: readonly QuoteFit[], surface: Surface, chain: Chain): QuoteFit[] {
  const years = new Map(chain.expiries.map((e) => [e.expiryMs, e.yearsToExpiry]));
  return quotes.map((q) => ({
    ...q,
    modelVol: surface.impliedVol(q.logMoneyness, years.get(q.expiryMs)!),
  }));
}

/** Most paths of a mixture between expiries, where no quote says what the law should be. */
const pathsBetween = 16384;

/** The model's arbitrage-free surface, from mixtures at the expiries and between them.
 *
 * Shape   theta [param] → a surface from just above 0 to the last expiry
 */
export async function modelSurface(
  setup: Omit<PricingSetup, "targets">,
  theta: Float64Array,
  { paths, seed }: PathChoice,
): Promise<{ surface: Surface; steps: number }> {
  const { program, config, backend, threads } = setup;
  const grid = neuralSdeGrid(config);
  const times = grid.times.subarray(1);
  const chosen = selectNodes(times, config.yearsToExpiry);
  const columns = await observedColumns(
    { program, backend, threads },
    {
      plan: (size) =>
        neuralSdeNodePlan(
          config,
          chosen.map((i) => i + 1),
          size,
        ),
      points: { seed, ...neuralSdeBridge(grid) },
      paths,
    },
    theta,
  );
  const isExpiry = (t: number) => config.yearsToExpiry.some((T) => Math.abs(T / t - 1) < 1e-9);
  const column = (i: number) => {
    const used = isExpiry(times[chosen[i >> 1]]) ? paths : Math.min(paths, pathsBetween);
    return columns.subarray(i * paths, i * paths + used);
  };
  const withJumps = jumpMixer(paths, config.maxJumps + 2);
  // made when asked for: with jumps, all of them at once are several times the paths
  const nodes = {
    length: chosen.length,
    at: (node: number): MixtureNode => {
      const terms = jumpTerms(config, program, theta, times[chosen[node]]);
      return withJumps(column(2 * node), column(2 * node + 1), terms);
    },
  };
  const years = chosen.map((i) => times[i]);
  const surface = buildSurface({ years, nodes }, config.yearsToExpiry);
  return { surface, steps: paths * times.length };
}

/** What to simulate, in batches. */
interface Simulated {
  readonly plan: (paths: number) => Plan;
  readonly points: SobolPoints;
  readonly paths: number;
}

/** Observed values of all paths: [date][component][path]. */
export async function observedColumns(
  { program, backend, threads }: Pick<PricingSetup, "program" | "backend" | "threads">,
  { plan, points, paths }: Simulated,
  theta: Float64Array,
): Promise<Float32Array> {
  const size = batchPaths(paths, points.times?.length ?? 0, program.factors);
  const runner = await backend.prepare(program, plan(size), { threads });
  const rows = runner.plan.dates.length * program.observedNames.length;
  const out = new Float32Array(rows * paths);
  for (let first = 0; first < paths; first += size) {
    runner.drawSobol({ ...points, first });
    const part = runner.observations(theta);
    for (let row = 0; row < rows; row++)
      out.set(part.subarray(row * size, (row + 1) * size), row * paths + first);
  }
  runner.free();
  return out;
}

/** Every path with every number of jumps, weighted by its probability.
 *
 * The function's nodes share their memory, which the next call overwrites: dozens of them would be hundreds of MB.
 */
function jumpMixer(paths: number, most: number) {
  const logForward = new Float64Array(paths * most);
  const totalVariance = new Float64Array(paths * most);
  const weight = new Float64Array(paths * most);
  return (
    x: Float32Array,
    w: Float32Array,
    { probability, shift, variance }: ReturnType<typeof jumpTerms>,
  ): MixtureNode => {
    const count = probability.length;
    if (count === 1) return { logForward: x, totalVariance: w };
    const size = x.length;
    for (let n = 0; n < count; n++) {
      for (let p = 0; p < size; p++) {
        logForward[n * size + p] = x[p] + shift[n];
        totalVariance[n * size + p] = w[p] + variance[n];
      }
      weight.fill(probability[n], n * size, (n + 1) * size);
    }
    const used = count * size;
    return {
      logForward: logForward.subarray(0, used),
      totalVariance: totalVariance.subarray(0, used),
      weight: weight.subarray(0, used),
    };
  };
}
