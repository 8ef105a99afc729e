/** Every payoff keeps the contract of payoff.ts: its state says what its plain function says, and no more than the past. */
import { describe, expect, test } from "vitest";
import { referenceBackend } from "../backend/reference/index.ts";
import { add, defineProgram, type Expr, exp, mul, scalar, select, sub, sum } from "../ir/index.ts";
import { InputError } from "../num/errors.ts";
import { pseudoRandomNoise } from "../random/index.ts";
import {
  asian,
  barrier,
  deliveryAverage,
  digital,
  forwardStart,
  lookback,
  type PathValues,
  type Payoff,
  vanilla,
  varianceSwap,
} from "./index.ts";

const expiryYears = 0.25;
const steps = 10;
const fixings = Array.from({ length: steps }, (_, i) => (expiryYears * (i + 1)) / steps);
const vol = 0.4;
const paths = 256;

const all: readonly Payoff[] = [
  vanilla({ type: "call", strike: 100, expiryYears }),
  vanilla({ type: "put", strike: 105, expiryYears }),
  digital({ type: "call", strike: 100, cash: 10, expiryYears }),
  digital({ type: "put", strike: 95, cash: 10, expiryYears }),
  barrier({ type: "call", strike: 100, barrier: 125, kind: "up-and-out", expiryYears, fixings }),
  barrier({ type: "call", strike: 100, barrier: 125, kind: "up-and-in", expiryYears, fixings }),
  barrier({ type: "put", strike: 100, barrier: 85, kind: "down-and-out", expiryYears, fixings }),
  barrier({ type: "put", strike: 100, barrier: 85, kind: "down-and-in", expiryYears, fixings }),
  asian({ type: "call", strike: 100, expiryYears, fixings }),
  asian({ type: "put", strike: 100, expiryYears, fixings: fixings.slice(4) }),
  lookback({ type: "call", strike: 103, expiryYears, fixings }),
  lookback({ type: "put", expiryYears, fixings }),
  lookback({ type: "call", expiryYears, fixings: fixings.slice(0, 5) }),
  forwardStart({ type: "call", startYears: fixings[3], strikeRatio: 1.02, expiryYears }),
  varianceSwap({ strikeVol: 0.4, expiryYears, fixings }),
  deliveryAverage(vanilla({ type: "call", strike: 100, expiryYears }), {
    minutes: 0.3 * expiryYears * 365 * 24 * 60,
    samples: 3,
  }),
];

/** Black-Scholes paths with the payoff's state beside them; spot0 is a parameter. */
async function simulate(payoff: Payoff, spot0: number) {
  const fixes = (step: number) =>
    payoff.fixings.some((years) => Math.abs(years - fixings[step]) < 1e-9) ? 1 : 0;
  const exprs = (values: Readonly<Record<string, Expr | number>>): PathValues =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, add(value, 0)]));
  const keys = Object.keys(payoff.init(spot0));
  const dt = expiryYears / steps;
  const program = defineProgram({
    name: payoff.name,
    params: { shift: scalar() },
    factors: 1,
    stepTables: ["fixes"],
    init: ({ p }): Record<string, Expr | number> => ({
      spot: mul(spot0, exp(p.shift)),
      // prices in the state move with the price at the start
      ...Object.fromEntries(
        Object.entries(payoff.init(spot0)).map(([name, value]) => [
          name,
          typeof value === "number" && value > spot0 / 2 ? mul(value, exp(p.shift)) : value,
        ]),
      ),
    }),
    step: ({ s, z, t }) => {
      const old = Object.fromEntries(keys.map((key) => [key, (s as PathValues)[key]]));
      const spot = mul(
        (s as PathValues).spot,
        exp(sub(mul(vol * Math.sqrt(dt), z[0]), 0.5 * vol * vol * dt)),
      );
      const fresh = exprs(payoff.update(old, spot));
      const next = keys.map((key) => [key, select(sub(t.fixes, 0.5), fresh[key], old[key])]);
      return { spot, ...(Object.fromEntries(next) as PathValues) };
    },
    observe: ({ s }) => {
      const state = s as PathValues;
      const own = Object.fromEntries(keys.map((key) => [key, state[key]]));
      return {
        spot: state.spot,
        owed: payoff.value(own, state.spot),
        memory: sum(...keys.map((key, i) => mul(i + 1, state[key]))),
      };
    },
    row: ({ o }) => o.owed,
  });
  const runner = await referenceBackend.prepare(program, {
    steps,
    stepTables: [Float64Array.from({ length: steps }, (_, i) => fixes(i))],
    dates: Array.from({ length: steps }, (_, i) => i + 1),
    rowDate: [steps - 1],
    rowTables: [],
    paths,
  });
  const noise = pseudoRandomNoise({ steps, factors: 1, initialNormals: 0, paths, seed: 11 });
  runner.setNoise(noise);
  const seen = runner.observations(Float64Array.of(0));
  const at = (date: number, component: number, path: number) =>
    seen[(date * 3 + component) * paths + path];
  return { runner, noise, at };
}

describe.each(all.map((payoff) => [payoff.name, payoff] as const))("%s", (_, payoff) => {
  test("owes what its plain function says, on every path", async () => {
    const { at } = await simulate(payoff, 100);
    const dates = payoff.fixings.map((years) =>
      fixings.findIndex((f) => Math.abs(f - years) < 1e-9),
    );
    let owed = 0;
    for (let p = 0; p < paths; p++) {
      const expected = payoff.valueOf({
        spot0: 100,
        fixings: dates.map((date) => at(date, 0, p)),
        spot: at(steps - 1, 0, p),
      });
      expect(at(steps - 1, 1, p)).toBeCloseTo(expected, 10);
      owed += Math.abs(expected);
    }
    expect(owed).toBeGreaterThan(0);
  });

  test("remembers the past alone", async () => {
    const { runner, noise, at } = await simulate(payoff, 100);
    const half = steps / 2;
    const changed = noise.increments.slice();
    for (let i = half * paths; i < changed.length; i++) changed[i] *= -1;
    runner.setNoise({ ...noise, increments: changed });
    const other = runner.observations(Float64Array.of(0));
    for (let p = 0; p < paths; p++) {
      expect(other[((half - 1) * 3 + 2) * paths + p]).toBe(at(half - 1, 2, p));
    }
  });

  test("scales as it declares", () => {
    const path = { spot0: 100, fixings: payoff.fixings.map((_, i) => 90 + 7 * i), spot: 112 };
    const factor = 0.37;
    const scaled = {
      spot0: factor * path.spot0,
      fixings: path.fixings.map((f) => factor * f),
      spot: factor * path.spot,
    };
    expect(payoff.rescaled(factor).valueOf(scaled)).toBeCloseTo(
      factor ** payoff.degree * payoff.valueOf(path),
      9,
    );
  });

  test("has the derivative of central differences away from kinks", async () => {
    const { runner } = await simulate(payoff, 100);
    const { gradient } = runner.gradient(Float64Array.of(0), () => Float64Array.of(1));
    const h = 1e-6;
    const [up, down] = [h, -h].map((shift) => runner.means(Float64Array.of(shift)).mean[0]);
    expect(gradient[0]).toBeCloseTo((up - down) / (2 * h), 4);
  });
});

/** Value and sensitivities at one point. */
async function greeksAt(payoff: Payoff, spot: number, years: number, sigma: number) {
  const program = defineProgram({
    name: payoff.name,
    params: {},
    factors: 0,
    initialNormals: 2,
    init: ({ z }): Record<string, Expr | number> => ({
      spot: z[0],
      sigma: z[1],
      value: 0,
      delta: 0,
      gamma: 0,
      vega: 0,
      ...payoff.init(100),
    }),
    step: ({ s }) => {
      const state = s as PathValues;
      const greeks = payoff.greeks({ state, spot: state.spot, vol: state.sigma, years });
      return { ...state, ...greeks };
    },
    observe: ({ s }) => {
      const { value, delta, gamma, vega } = s as PathValues;
      return { value, delta, gamma, vega };
    },
  });
  const runner = await referenceBackend.prepare(program, {
    steps: 1,
    stepTables: [],
    dates: [1],
    rowDate: [],
    rowTables: [],
    paths: 64,
  });
  const initial = new Float32Array(128).fill(spot, 0, 64).fill(sigma, 64);
  runner.setNoise({ increments: new Float32Array(0), initial });
  const seen = runner.observations(new Float64Array(0));
  return { value: seen[0], delta: seen[64], gamma: seen[128], vega: seen[192] };
}

describe.each(
  all
    .filter(({ hasExactGreeks }) => hasExactGreeks)
    .map((payoff) => [payoff.name, payoff] as const),
)("closed form of %s", (_, payoff) => {
  test("has sensitivities that are differences of its value", async () => {
    const [spot, years, sigma, h] = [104, 0.05, 0.5, 0.125];
    const [mid, up, down] = await Promise.all(
      [spot, spot + h, spot - h].map((s) => greeksAt(payoff, s, years, sigma)),
    );
    expect(mid.delta).toBeCloseTo((up.value - down.value) / (2 * h), 4);
    expect(mid.gamma).toBeCloseTo((up.delta - down.delta) / (2 * h), 5);
    const hv = 1 / 256;
    const [more, less] = await Promise.all(
      [sigma + hv, sigma - hv].map((v) => greeksAt(payoff, spot, years, v)),
    );
    expect(mid.vega).toBeCloseTo((more.value - less.value) / (2 * hv), 2);
  });

  test("is the mean of what it owes under Black-Scholes", async () => {
    const { value } = await greeksAt(payoff, 100, 0, vol);
    let [sums, squares] = [0, 0];
    const many = 40_000;
    const normals = pseudoRandomNoise({
      steps: 2,
      factors: 1,
      initialNormals: 0,
      paths: many,
      seed: 5,
    }).increments;
    const start = payoff.fixings[0] ?? expiryYears / 2;
    for (let p = 0; p < many; p++) {
      const move = (years: number, z: number) =>
        Math.exp(vol * Math.sqrt(years) * z - 0.5 * vol * vol * years);
      const first = 100 * move(start, normals[p]);
      const spot = first * move(expiryYears - start, normals[many + p]);
      const owed = payoff.valueOf({ spot0: 100, fixings: [first], spot });
      sums += owed / many;
      squares += owed ** 2 / many;
    }
    const error = Math.sqrt((squares - sums ** 2) / many);
    expect(error).toBeLessThan(0.02 * Math.abs(value));
    expect(Math.abs(value - sums)).toBeLessThan(4 * error);
  });
});

test("in and out of a barrier are the vanilla", () => {
  const terms = { type: "call", strike: 100, barrier: 120, expiryYears, fixings } as const;
  const path = { spot0: 100, fixings: fixings.map((_, i) => 100 + 3 * i), spot: 127 };
  const [out, into] = (["up-and-out", "up-and-in"] as const).map((kind) =>
    barrier({ ...terms, kind }).valueOf(path),
  );
  expect(out + into).toBe(27);
});

test.each([
  ["a strike", () => vanilla({ type: "call", strike: -1, expiryYears }), "strike > 0, got -1"],
  [
    "fixings out of order",
    () => asian({ type: "call", strike: 1, expiryYears, fixings: [0.2, 0.1] }),
    "fixings[1]",
  ],
  [
    "a fixing after expiry",
    () => lookback({ type: "call", expiryYears, fixings: [0.3] }),
    "fixings[0]",
  ],
  [
    "a start after expiry",
    () => forwardStart({ type: "call", startYears: 1, strikeRatio: 1, expiryYears }),
    "startYears below",
  ],
  [
    "an average of an average",
    () => deliveryAverage(asian({ type: "call", strike: 1, expiryYears, fixings })),
    "final price alone",
  ],
])("payoffs refuse %s", (_, make, message) => {
  expect(make).toThrow(InputError);
  expect(make).toThrow(message);
});
