/** Histories of known equations, for tests. */
import { philoxNormals } from "../random/normals.ts";
import { componentOf, type History } from "./history.ts";

const DAY = 86_400_000;

/** A history from states [row][component]. */
export function historyOf(
  names: readonly string[],
  states: Float64Array,
  stepMs = DAY,
  inputs: { readonly names: readonly string[]; readonly values: Float64Array } = {
    names: [],
    values: new Float64Array(0),
  },
): History {
  const rows = states.length / names.length;
  return {
    components: names.map(componentOf),
    inputNames: inputs.names,
    stepMs,
    timesMs: Float64Array.from({ length: rows }, (_, i) => i * stepMs),
    states,
    inputs: inputs.values,
  };
}

/** Ornstein-Uhlenbeck log volatility x with the exact transition of a step of years `dt`, stationary from the start. */
export function ouHistory(
  rows: number,
  seed: number,
  { kappa, theta, eta, dt }: { kappa: number; theta: number; eta: number; dt: number },
): History {
  const z = philoxNormals(seed, 0, rows);
  const decay = Math.exp(-kappa * dt);
  const stationary = eta / Math.sqrt(2 * kappa);
  const sd = stationary * Math.sqrt(1 - decay ** 2);
  const states = new Float64Array(rows);
  states[0] = theta + stationary * z[0];
  for (let i = 1; i < rows; i++) states[i] = theta + decay * (states[i - 1] - theta) + sd * z[i];
  return historyOf(["X.vol"], states);
}

/** Heston's price and its volatility: x = ln S and ½ ln v, by `fine` full-truncation Euler steps a row. */
export function hestonHistory(
  rows: number,
  seed: number,
  {
    kappa,
    theta,
    nu,
    rho,
    dt,
    fine,
  }: { kappa: number; theta: number; nu: number; rho: number; dt: number; fine: number },
): History {
  const states = new Float64Array(2 * rows);
  const h = dt / fine;
  let [x, v] = [0, theta];
  for (let i = 0; i < rows; i++) {
    states[2 * i] = x;
    states[2 * i + 1] = 0.5 * Math.log(v);
    const z = philoxNormals(seed, i, 2 * fine);
    for (let f = 0; f < fine; f++) {
      const root = Math.sqrt(Math.max(v, 0) * h);
      x +=
        -0.5 * Math.max(v, 0) * h +
        root * (rho * z[2 * f] + Math.sqrt(1 - rho * rho) * z[2 * f + 1]);
      v = Math.max(1e-6, v + kappa * (theta - v) * h + nu * root * z[2 * f]);
    }
  }
  return historyOf(["H", "H.vol"], states);
}

/** Two assets whose diffusion answers the other's last move: ln s_B = base + spill · |last move of A| / σ. */
export function spilloverHistory(rows: number, seed: number, spill: number, sigma = 0.03): History {
  const z = philoxNormals(seed, 0, 2 * rows);
  const states = new Float64Array(2 * rows);
  let last = 0;
  for (let i = 1; i < rows; i++) {
    const a = sigma * z[2 * i];
    const b =
      sigma *
      Math.exp(spill * Math.min(3, Math.abs(last) / sigma)) *
      (0.6 * z[2 * i] + 0.8 * z[2 * i + 1]);
    states[2 * i] = states[2 * i - 2] + a;
    states[2 * i + 1] = states[2 * i - 1] + b;
    last = a;
  }
  return historyOf(["A", "B"], states);
}

/** Like SABR, with volatility that comes back: dF = α F^β dW, d ln α = κ(ln α₀ − ln α) dt + ν dZ; x = ln F, ln α. */
export function sabrHistory(
  rows: number,
  seed: number,
  {
    beta,
    alpha0,
    kappa,
    nu,
    rho,
    dt,
  }: { beta: number; alpha0: number; kappa: number; nu: number; rho: number; dt: number },
): History {
  const z = philoxNormals(seed, 0, 2 * rows);
  const states = new Float64Array(2 * rows);
  states[1] = Math.log(alpha0);
  for (let i = 1; i < rows; i++) {
    const [x, y] = [states[2 * i - 2], states[2 * i - 1]];
    const sigma = Math.exp(y + (beta - 1) * x);
    const other = rho * z[2 * i] + Math.sqrt(1 - rho * rho) * z[2 * i + 1];
    states[2 * i] = x - 0.5 * sigma * sigma * dt + sigma * Math.sqrt(dt) * z[2 * i];
    states[2 * i + 1] = y + kappa * (Math.log(alpha0) - y) * dt + nu * Math.sqrt(dt) * other;
  }
  const history = historyOf(["F.x", "F.alpha"], states);
  const components = [{ ...history.components[0], kind: "level" as const }, history.components[1]];
  return { ...history, components };
}

/** A price whose volatility is `calm` until a row and `wild` after it. */
export function switchingHistory(
  rows: number,
  seed: number,
  at: number,
  calm = 0.02,
  wild = 0.04,
): History {
  const z = philoxNormals(seed, 0, rows);
  const states = new Float64Array(rows);
  for (let i = 1; i < rows; i++) states[i] = states[i - 1] + (i < at ? calm : wild) * z[i];
  return historyOf(["S"], states);
}
