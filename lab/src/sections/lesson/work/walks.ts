/**
 * Random walks on the engine: coin tosses, and a price with drift and diffusion.
 *
 *   coin        y ← y ± √Δ
 *   diffusion   x ← x + (μ − σ²/2) Δ + σ √Δ z,   S = S₀ e^x
 *
 * Every point of every path shown is an observation of the program; nothing is drawn by hand.
 */
import {
  add,
  type Backend,
  defineProgram,
  exp,
  mul,
  packParams,
  pseudoRandomNoise,
  scalar,
  select,
  sum,
} from "volterra/engine";

export interface WalkRequest {
  readonly kind: "coin" | "price";
  readonly steps: number;
  readonly years: number;
  /** Drift per year and volatility per √year of a price; a coin has neither. */
  readonly drift: number;
  readonly vol: number;
  readonly seed: number;
  /** How many paths are returned in full; the others only with their end. */
  readonly shown: number;
}

export interface Walks {
  /** [step + 1] years */
  readonly years: Float64Array;
  /** [path][step + 1] */
  readonly paths: readonly Float32Array[];
  /** [path], all of them */
  readonly ends: Float32Array;
}

const allPaths = 4096;

const coin = defineProgram({
  name: "coin tosses",
  params: { drift: scalar(), vol: scalar() },
  factors: 1,
  stepTables: ["dt", "sqrtDt"],
  init: () => ({ y: 0 }),
  step: ({ s, z, t }) => ({ y: add(s.y, mul(t.sqrtDt, select(z[0], 1, -1))) }),
  observe: ({ s }) => ({ value: s.y }),
});

const price = defineProgram({
  name: "drift and diffusion",
  params: { drift: scalar(), vol: scalar() },
  factors: 1,
  stepTables: ["dt", "sqrtDt"],
  init: () => ({ x: 0 }),
  step: ({ p, s, z, t }) => ({
    x: sum(
      s.x,
      mul(add(p.drift, mul(-0.5, mul(p.vol, p.vol))), t.dt),
      mul(mul(p.vol, t.sqrtDt), z[0]),
    ),
  }),
  observe: ({ s }) => ({ value: mul(100, exp(s.x)) }),
});

/** Runs them. Prices start at 100, coins at 0; the same seed gives the same paths. */
export async function walk(request: WalkRequest, backend: Backend): Promise<Walks> {
  const { kind, steps, years, drift, vol, seed, shown } = request;
  const program = kind === "coin" ? coin : price;
  const dt = new Float64Array(steps).fill(years / steps);
  const runner = await backend.prepare(program, {
    steps,
    stepTables: [dt, dt.map(Math.sqrt)],
    dates: Array.from({ length: steps }, (_, i) => i + 1),
    rowDate: [],
    rowTables: [],
    paths: allPaths,
  });
  runner.setNoise(
    pseudoRandomNoise({ steps, factors: 1, initialNormals: 0, paths: allPaths, seed }),
  );
  const seen = runner.observations(packParams(program, { drift, vol }));
  runner.free();
  const start = kind === "coin" ? 0 : 100;
  const paths = Array.from({ length: shown }, (_, path) =>
    Float32Array.from({ length: steps + 1 }, (__, i) =>
      i === 0 ? start : seen[(i - 1) * allPaths + path],
    ),
  );
  return {
    years: Float64Array.from({ length: steps + 1 }, (_, i) => (years * i) / steps),
    paths,
    ends: Float32Array.from(seen.subarray((steps - 1) * allPaths, steps * allPaths)),
  };
}
