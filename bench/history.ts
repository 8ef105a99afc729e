/**
 * Learning from history: are known equations found again, how often does the monitor cry wolf, how long does it take?
 *
 *   node bench/history.ts recovery         errors of drift, diffusion, correlation at 500, 2000, 8000 steps
 *   node bench/history.ts alarms           false alarms and delays of the monitor behind learned models
 *   node bench/history.ts hourly DATA      two assets, three years of hours; DATA holds spot/*.csv.gz
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  assembleHistory,
  forecasts,
  type History,
  learn,
  makeDesign,
  monitor,
  stepMoments,
} from "../src/estimate/index.ts";
import {
  hestonHistory,
  ouHistory,
  sabrHistory,
  switchingHistory,
} from "../src/estimate/testHistory.ts";
import { readSource } from "../src/market/store/index.ts";

const [what, data] = process.argv.slice(2);
const dt = 1 / 365;
const warmUp = 97;

interface Truth {
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  readonly rho: number;
}

const ou = { kappa: 20, theta: -0.5, eta: 1.5, dt };
const heston = { kappa: 8, theta: 0.5, nu: 1, rho: -0.6, dt, fine: 1 };
const sabr = { beta: 0.7, alpha0: 0.5, kappa: 4, nu: 1.2, rho: -0.4, dt };

const processes: readonly {
  readonly name: string;
  readonly make: (rows: number, seed: number) => History;
  readonly truth: (state: Float64Array) => Truth;
  readonly sizes: readonly number[];
}[] = [
  {
    name: "Ornstein-Uhlenbeck",
    sizes: [500, 2000, 8000],
    make: (rows, seed) => ouHistory(rows, seed, ou),
    truth: ([x]) => ({
      mean: [(1 - Math.exp(-ou.kappa * dt)) * (ou.theta - x)],
      sd: [ou.eta * Math.sqrt((1 - Math.exp(-2 * ou.kappa * dt)) / (2 * ou.kappa))],
      rho: 0,
    }),
  },
  {
    name: "Heston",
    sizes: [500, 2000, 8000],
    make: (rows, seed) => hestonHistory(rows, seed, heston),
    truth: ([, y]) => {
      const v = Math.exp(2 * y);
      return {
        mean: [
          -0.5 * v * dt,
          ((0.5 * (heston.kappa * (heston.theta - v) - 0.5 * heston.nu ** 2)) / v) * dt,
        ],
        sd: [Math.sqrt(v * dt), 0.5 * (heston.nu / Math.sqrt(v)) * Math.sqrt(dt)],
        rho: heston.rho,
      };
    },
  },
  {
    name: "SABR-like",
    // its price comes to zero within twenty years
    sizes: [500, 2000],
    make: (rows, seed) => sabrHistory(rows, seed, sabr),
    truth: ([x, y]) => {
      const sigma = Math.exp(y + (sabr.beta - 1) * x);
      return {
        mean: [-0.5 * sigma ** 2 * dt, sabr.kappa * (Math.log(sabr.alpha0) - y) * dt],
        sd: [sigma * Math.sqrt(dt), sabr.nu * Math.sqrt(dt)],
        rho: sabr.rho,
      };
    },
  },
];

async function recovery(): Promise<void> {
  console.log(
    "process             steps   drift   diffusion   correlation   (seeds 1 to 3, root mean squares)",
  );
  for (const { name, make, truth, sizes } of processes) {
    for (const rows of sizes) {
      let [drift, diffusion, correlation, count] = [0, 0, 0, 0];
      let d = 1;
      for (const seed of [1, 2, 3]) {
        const design = makeDesign(make(rows + warmUp, seed));
        d = design.set.components.length;
        const model = await learn(design, { members: 1, folds: 2, learningCurve: false });
        const found = stepMoments(model, design, 0, design.rows);
        for (let r = 0; r < design.rows; r++) {
          const t = truth(design.states.subarray(r * d, (r + 1) * d));
          for (let j = 0; j < d; j++) {
            drift += ((found.mean[r * d + j] - t.mean[j]) / t.sd[j]) ** 2 / d;
            diffusion += Math.log(found.sd[r * d + j] / t.sd[j]) ** 2 / d;
          }
          if (d > 1) correlation += (found.correlation[r * d * d + 1] - t.rho) ** 2;
          count += 1;
        }
      }
      const cell = (sum: number): string =>
        Math.sqrt(sum / count)
          .toFixed(4)
          .padStart(9);
      console.log(
        `${name.padEnd(19)} ${String(rows).padStart(5)} ${cell(drift)} ${cell(diffusion)} ${d > 1 ? cell(correlation) : "        -"}`,
      );
    }
  }
}

async function alarms(): Promise<void> {
  const trainTo = 600;
  const at = trainTo + 1000;
  let early = 0;
  let steps = 0;
  const delays: number[] = [];
  for (let seed = 1; seed <= 20; seed++) {
    const design = makeDesign(switchingHistory(at + 300 + warmUp, seed, at + warmUp, 0.02, 0.04));
    const model = await learn(design, { members: 3, folds: 2, to: trainTo, learningCurve: false });
    const laws = forecasts(model, design, 0, trainTo, design.rows);
    const watch = monitor(1);
    for (let row = trainTo; row < design.rows; row++) {
      const alarm = watch.push(Float64Array.of(laws[row - trainTo].cdf(design.moves[row])));
      if (row < at) steps += 1;
      if (alarm === null) continue;
      if (row < at) early += 1;
      else {
        delays.push(row - at);
        break;
      }
    }
  }
  delays.sort((a, b) => a - b);
  console.log(
    `false alarms: ${early} in ${steps} stationary steps, ${((1000 * early) / steps).toFixed(2)} per 1000 (asked: 1)`,
  );
  console.log(
    `volatility doubles: found in ${delays.length} of 20, after ${delays[delays.length >> 1]} steps in the median, ${delays[delays.length - 1]} at most`,
  );
}

async function hourly(folder: string): Promise<void> {
  const names = [
    "btcusdt_1h_2020_2024_utc+3.csv.gz",
    "ethusdt_1h_2020_2024_utc+3.csv.gz",
    "btcusdt_1h_2024_2026.csv.gz",
    "ethusdt_1h_2024_2026.csv.gz",
  ];
  const sources = await Promise.all(
    names.map((name) => readSource(basename(name), readFileSync(join(folder, "spot", name)))),
  );
  const design = makeDesign(
    assembleHistory(
      sources.flatMap(({ groups }) => groups),
      { state: ["BTC", "ETH"], everyMs: 3_600_000, fromMs: Date.parse("2023-04-01") },
    ),
  );
  const began = performance.now();
  const before = process.cpuUsage();
  const { members, selection } = await learn(design);
  const { user, system } = process.cpuUsage(before);
  const { skeletonRidge, ridge, iterations } = selection.chosen;
  console.log(
    `${design.rows} steps, ${members.length} members of ${members[0].length} parameters: ${((performance.now() - began) / 1000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of processor; chosen: ridges ${skeletonRidge} and ${ridge}, ${iterations} iterations`,
  );
}

if (what === "recovery") await recovery();
else if (what === "alarms") await alarms();
else if (what === "hourly" && data !== undefined) await hourly(data);
else {
  console.error(
    "bench/history: expected recovery, alarms, or hourly with the data folder. Name one.",
  );
  process.exit(2);
}
