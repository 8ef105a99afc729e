/**
 * Paths of the forward under a fitted neural SDE: the process itself, where the fit and its surface hold the laws of
 * single dates only.
 *
 * The engine simulates the factors and observes (x_p, w_p) at every expiry; given them the diffusion's increments are
 * normal (pricing/forwardPaths.ts). Jumps are drawn interval by interval at their own rates and sizes, as many as come.
 * The fit sums them in a shorter way (at most two, those of earlier intervals as one Gaussian; neuralSdeJumps.ts): what
 * that leaves is the difference between vanillas priced here and on the surface.
 */
import type { Backend } from "../backend/backend.ts";
import {
  type JumpLaw,
  jumpLaws,
  neuralSdeBridge,
  neuralSdeGrid,
  neuralSdeNodePlan,
  neuralSdeProgram,
} from "../models/index.ts";
import {
  type ForwardPaths,
  type LawGivenVolatility,
  type PathRequest,
  pathsGivenVolatility,
  poissonQuantile,
} from "../pricing/index.ts";
import { fillPhilox, normalFromWord, philoxKey } from "../random/index.ts";
import { observedColumns } from "./assess.ts";
import type { FittedModel } from "./modelFile.ts";

/** Streams of the generator's counter, beside those of noise. */
const streams = { count: 11, size: 12 } as const;

/** Simulates at the model's expiries. */
export async function neuralSdePaths(
  { config, theta }: Pick<FittedModel, "config" | "theta">,
  backend: Backend,
  threads: number,
  request: PathRequest,
): Promise<ForwardPaths> {
  const program = neuralSdeProgram(config);
  const laws = await lawsOf({ config, theta }, backend, threads, request);
  const { years, logPrices } = pathsGivenVolatility(config.yearsToExpiry, laws, request.seed);
  addJumps(logPrices, jumpLaws(config, program, theta), request.seed);
  return { years, logPrices };
}

/** (x, w) at every expiry on every path of the factors. */
async function lawsOf(
  { config, theta }: Pick<FittedModel, "config" | "theta">,
  backend: Backend,
  threads: number,
  { paths, seed }: PathRequest,
): Promise<LawGivenVolatility[]> {
  const grid = neuralSdeGrid(config);
  const columns = await observedColumns(
    { program: neuralSdeProgram(config), backend, threads },
    {
      plan: (size) => neuralSdeNodePlan(config, grid.dates, size),
      points: { seed, ...neuralSdeBridge(grid) },
      paths,
    },
    theta,
  );
  const column = (i: number) => columns.subarray(i * paths, (i + 1) * paths);
  return config.yearsToExpiry.map((_, date) => ({
    logForward: column(2 * date),
    totalVariance: column(2 * date + 1),
  }));
}

/** Adds jumps to ln S, interval by interval, each with its compensator. */
function addJumps(
  logPrices: readonly Float64Array[],
  laws: readonly JumpLaw[],
  seed: number,
): void {
  const key = philoxKey(seed);
  const paths = logPrices[0].length;
  const total = new Float64Array(paths);
  const words = (interval: number, stream: number): Uint32Array => {
    const out = new Uint32Array(paths);
    fillPhilox(out, key, [0, interval, stream, 0]);
    return out;
  };
  for (const [j, { rate, mean, variance }] of laws.entries()) {
    const drift = rate * Math.expm1(mean + 0.5 * variance);
    const counts = words(j, streams.count);
    const sizes = words(j, streams.size);
    for (let p = 0; p < paths; p++) {
      const n = poissonQuantile(rate, (counts[p] + 0.5) / 2 ** 32);
      total[p] -= drift;
      if (n > 0) total[p] += n * mean + Math.sqrt(n * variance) * normalFromWord(sizes[p]);
      logPrices[j][p] += total[p];
    }
  }
}
