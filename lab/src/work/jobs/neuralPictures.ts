/** Pictures of a neural SDE at given parameters: smiles on a grid, and sample paths of the price. */
import {
  type NeuralSdeConfig,
  neuralSdeGrid,
  neuralSdeNodePlan,
  neuralSdePlan,
  neuralSdeProgram,
} from "volterra/models";
import { pseudoRandomNoise, type Runner, sobolNoise, wasmBackend } from "volterra/engine";
import { forwardDelta, impliedTotalStdDev } from "volterra/formulas";
import { type LabMarket, midVol, smileGrid } from "../../market/labMarket.ts";

/** Points of a smile in a moving picture. */
export const pictureGrid = 31;

export interface NeuralPictures {
  /** [expiry][point] volatilities on `smileGrid(expiry, pictureGrid)`. */
  smiles(theta: Float64Array): number[][];
  /** [path][step] ln(S/F), one more than the steps; `times` has their years. */
  samplePaths(theta: Float64Array): number[][];
  readonly times: readonly number[];
  free(): void;
}

const smilePaths = 2048;
const shownPaths = 64;

/** Prepares the simulations. The config's expiries are the market's. */
export async function neuralPictures(
  config: NeuralSdeConfig,
  market: LabMarket,
  threads: number,
): Promise<NeuralPictures> {
  const program = neuralSdeProgram(config);
  const rows = market.expiries.flatMap((expiry, e) =>
    smileGrid(expiry, pictureGrid).map((k) => {
      const s = midVol(expiry.quotes[expiry.quotes.length >> 1]) * Math.sqrt(expiry.yearsToExpiry);
      return {
        e,
        k,
        years: expiry.yearsToExpiry,
        delta: forwardDelta(k >= 0 ? "call" : "put", k, s),
      };
    }),
  );
  const plan = neuralSdePlan(
    config,
    {
      expiryOf: rows.map(({ e }) => e),
      logMoneyness: rows.map(({ k }) => k),
      sign: rows.map(({ k }) => (k >= 0 ? 1 : -1)),
      delta: rows.map(({ delta }) => delta),
    },
    smilePaths,
  );
  const { times } = neuralSdeGrid(config);
  const { factors, initialNormals } = program;
  const smileRunner = await wasmBackend.prepare(program, plan, { threads });
  smileRunner.setNoise(
    sobolNoise({ steps: plan.steps, factors, initialNormals, paths: smilePaths, seed: 11, times }),
  );
  const everyStep = Array.from({ length: plan.steps }, (_, i) => i + 1);
  const pathRunner = await wasmBackend.prepare(
    program,
    neuralSdeNodePlan(config, everyStep, shownPaths),
    { threads: 1 },
  );
  const normals = { steps: plan.steps, factors, initialNormals, paths: shownPaths, seed: 12 };
  pathRunner.setNoise(pseudoRandomNoise(normals));
  const own = pseudoRandomNoise({ ...normals, factors: 1, initialNormals: 0, seed: 13 }).increments;
  return {
    times: Array.from(times),
    smiles(theta) {
      const { mean } = smileRunner.means(theta);
      const vols = rows.map(({ k, years }, i) => impliedTotalStdDev(mean[i], k) / Math.sqrt(years));
      return market.expiries.map((_, e) => vols.slice(e * pictureGrid, (e + 1) * pictureGrid));
    },
    samplePaths: (theta) => pathsOf(pathRunner, theta, own),
    free() {
      smileRunner.free();
      pathRunner.free();
    },
  };
}

/** Given the factors' path the price is lognormal: x is its mean's logarithm, and w the variance that is left. */
function pathsOf(runner: Runner, theta: Float64Array, normals: Float32Array): number[][] {
  const seen = runner.observations(theta);
  const { steps } = runner.plan;
  return Array.from({ length: shownPaths }, (_, path) => {
    let [noise, before] = [0, 0];
    return [
      0,
      ...Array.from({ length: steps }, (_, step) => {
        const at = 2 * step * shownPaths + path;
        const [x, w] = [seen[at], seen[at + shownPaths]];
        noise += Math.sqrt(Math.max(0, w - before)) * normals[step * shownPaths + path];
        before = Math.max(before, w);
        return x - w / 2 + noise;
      }),
    ];
  });
}
