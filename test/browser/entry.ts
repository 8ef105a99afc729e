/**
 * What the browser test runs, bundled for a page: one gradient step of a small neural SDE on both backends.
 * The same function runs in Node, so the page's numbers can be compared with Node's.
 */
import {
  add,
  type Backend,
  defineProgram,
  exp,
  initialiseMlp,
  max,
  mlp,
  mul,
  packParams,
  type Plan,
  referenceBackend,
  scalar,
  square,
  sub,
  sum,
  wasmBackend,
} from "../../src/engine.ts";

/** What one gradient step gave, as plain arrays that survive a trip out of the page. */
export interface StepResult {
  readonly threads: number;
  readonly mean: readonly number[];
  readonly gradient: readonly number[];
}

/** Both backends in one environment. */
export interface EngineReport {
  readonly isolated: boolean;
  readonly wasm: StepResult;
  readonly reference: StepResult;
}

const program = defineProgram({
  name: "browser check",
  params: {
    vol: scalar(),
    net: mlp({ inputs: 2, hidden: [8], outputs: 1, activation: "tanh" }),
  },
  factors: 1,
  stepTables: ["dt", "sqrtDt"],
  rowTables: ["strike"],
  init: () => ({ x: 0 }),
  step: ({ p, s, z, t }) => {
    const [correction] = p.net([s.x, t.dt]);
    const sigma = mul(p.vol, exp(correction));
    return {
      x: sum(s.x, mul(mul(-0.5, square(sigma)), t.dt), mul(mul(sigma, t.sqrtDt), z[0])),
    };
  },
  observe: ({ s }) => ({ spot: exp(s.x) }),
  row: ({ o, t }) => add(max(sub(o.spot, t.strike), 0), mul(0.01, square(o.spot))),
});

const steps = 8;
const paths = 512;
const plan: Plan = {
  steps,
  stepTables: [new Float64Array(steps).fill(1 / 8), new Float64Array(steps).fill(Math.sqrt(1 / 8))],
  dates: [4, 8],
  rowDate: [0, 0, 1, 1],
  rowTables: [[0.9, 1.1, 0.9, 1.1]],
  paths,
};

/** Uniform draws of a linear congruential generator, summed to near-normals: the same bits everywhere. */
function increments(): Float32Array {
  let state = 1;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: steps * paths }, () => {
    let total = -6;
    for (let i = 0; i < 12; i++) total += uniform();
    return total;
  });
}

async function gradientStep(backend: Backend, threads: number): Promise<StepResult> {
  const theta = initialiseMlp(program, "net", packParams(program, { vol: 0.3 }), 7, {});
  const runner = await backend.prepare(program, plan, { threads });
  try {
    runner.setNoise({ increments: increments(), initial: new Float32Array(0) });
    const { mean, gradient } = runner.gradient(theta, (means) => means.map((value) => 2 * value));
    return { threads: runner.threads, mean: [...mean], gradient: [...gradient] };
  } finally {
    runner.free();
  }
}

/** One gradient step on each backend, the WebAssembly one with as many threads as it is allowed of two. */
export async function reportEngine(): Promise<EngineReport> {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  return {
    isolated,
    wasm: await gradientStep(wasmBackend, 2),
    reference: await gradientStep(referenceBackend, 1),
  };
}

Object.assign(globalThis, { reportEngine });
