/** What is kept of single paths agrees with itself, and with the same policy asked state by state. */
import { expect, test } from "vitest";
import { wasmBackend } from "../backend/wasm/index.ts";
import {
  bandPolicy,
  entropicRisk,
  hedgePaths,
  type HedgeProblem,
  hestonMarket,
  policyAt,
  proportionalCost,
  recurrentPolicy,
  spotInstrument,
  startTraining,
  tradingClock,
  vanilla,
} from "./index.ts";

const horizonYears = 20 / 365;
const problem: HedgeProblem = {
  market: hestonMarket({ spot: 1, params: { v0: 0.2, kappa: 5, theta: 0.25, nu: 1.5, rho: -0.3 } }),
  book: [{ payoff: vanilla({ type: "call", strike: 1, expiryYears: horizonYears }), quantity: 1 }],
  instruments: [spotInstrument({ costs: [proportionalCost(1e-3)] })],
  tradingYears: tradingClock({ horizonYears, dates: 10 }),
  horizonYears,
  risk: entropicRisk(30),
};

test("the band of each date is the one that the position went by, and what the policy says there", async () => {
  const policy = bandPolicy();
  const { theta } = startTraining(problem, policy, { seed: 5, lastScale: 1 });
  const { spot, positions, details, states, years } = await hedgePaths(
    problem,
    policy,
    theta,
    wasmBackend,
  );
  const [held] = positions;
  held.forEach((byPath, date) =>
    byPath.forEach((position, path) => {
      const [low, high] = [details.low0[date][path], details.high0[date][path]];
      const before = date === 0 ? 0 : held[date - 1][path];
      expect(position).toBeCloseTo(Math.min(high, Math.max(low, before)), 6);
    }),
  );
  const date = 6;
  const asked = await policyAt(problem, policy, theta, wasmBackend, {
    years: years[date],
    states: { spot: spot[date], v: states.v[date - 1], position0: held[date - 1] },
  });
  for (const name of ["low0", "high0", "centre0"]) {
    asked.details[name].forEach((value, path) =>
      expect(Math.abs(value - details[name][date][path])).toBeLessThan(5e-6),
    );
  }
});

test("a policy with a memory of its own has no details and decides as without being watched", async () => {
  const policy = recurrentPolicy();
  const { theta } = startTraining(problem, policy, { seed: 5, lastScale: 1 });
  const { details, positions, spot } = await hedgePaths(problem, policy, theta, wasmBackend);
  expect(details).toEqual({});
  const first = await policyAt(problem, policy, theta, wasmBackend, { years: 0, states: {} });
  expect(positions[0][0][0]).toBeCloseTo(first.positions[0][0], 6);
  expect(spot.length).toBe(11);
});
