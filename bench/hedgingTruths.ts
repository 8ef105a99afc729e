/**
 * Learned hedges against what others have published or what is known exactly, beyond the oracle's table of hedging.ts.
 *
 * `node bench/hedgingTruths.ts [heston] [costs] [year] [others] [network]`, all of them without a name:
 *   heston   Buehler's table: a call on Heston with a variance swap, CVaR 50 % and 99 %, without cost and at 1 %
 *   costs    his Black-Scholes prices at costs 2^-6 … 2^-10
 *   year     the year of 250 dates, a = 1
 *   others   oracle problems that nothing here was chosen on
 *   network  a network that knows no delta, without cost: deviation of its profit
 *
 * Source  Buehler, Gonon, Teichmann & Wood (2019), Deep hedging, tables 1 to 3 and section 5.3; Arzel & Lehdili (2026),
 *         arXiv 2603.29994, for the year
 */
import { type Expr, sub, wasmBackend } from "../src/engine.ts";
import {
  bandPolicy,
  blackScholesMarket,
  cvarRisk,
  deltaHedge,
  entropicRisk,
  evaluateHedge,
  type HedgeProblem,
  hestonMarket,
  hestonVarianceSwap,
  networkPolicy,
  type OracleProblem,
  type Policy,
  proportionalCost,
  sampleLosses,
  solveOracle,
  spotInstrument,
  tradingClock,
  trainHedge,
  type TrainOptions,
  vanilla,
  varianceRisk,
} from "../src/hedging/index.ts";

const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const none = new Float64Array(0);
const month = 30 / 365;
const params = { v0: 0.04, kappa: 1, theta: 0.04, nu: 2, rho: -0.7 };
/** The call by Fourier. */
const fair = 1.69198;

function heston(level: number, cost: number): HedgeProblem {
  const costs = [proportionalCost(cost)];
  return {
    market: hestonMarket({ spot: 100, params }),
    book: [{ payoff: vanilla({ type: "call", strike: 100, expiryYears: month }), quantity: 1 }],
    instruments: [
      spotInstrument({ costs }),
      hestonVarianceSwap({ params, spot: 100, expiryYears: month, costs }),
    ],
    tradingYears: tradingClock({ horizonYears: month, dates: 30 }),
    horizonYears: month,
    risk: cvarRisk(level),
  };
}

/** The network without its view of the positions it has. */
const forgetful = (policy: Policy): Policy => ({
  ...policy,
  name: `${policy.name} that forgets`,
  decide: (inputs, own) => {
    const { instruments, spot } = inputs;
    const blind = instruments.map((view) => ({ ...view, previous: zeroOf(spot) }));
    return policy.decide({ ...inputs, instruments: blind }, own);
  },
});
const zeroOf = (spot: Expr): Expr => sub(spot, spot);

async function hestonTable(): Promise<void> {
  console.log("\nHeston with a variance swap, 30 dates (Buehler's figures in brackets)\n");
  console.log(
    "| risk | cost | policy | price ± s.e. | CVaR 50 % less q | CVaR 99 % less q | trained in |",
  );
  console.log("|---|---:|---|---:|---:|---:|---:|");
  const network = networkPolicy({ hidden: [17, 17] });
  const rows: readonly (readonly [number, number, Policy, string, string, string])[] = [
    [0.5, 0, network, "1.94", "0.2531", "2.3631"],
    [0.99, 0, network, "3.49", "0.527", "1.8034"],
    [0.99, 0.01, network, "5.5137", "", ""],
    [0.99, 0.01, forgetful(network), "6.7446", "", ""],
    [0.99, 0.01, bandPolicy(), "5.5137", "", ""],
  ];
  for (const [level, cost, policy, price, half, tail] of rows) {
    const problem = heston(level, cost);
    const { theta, evaluation, seconds } = await trainHedge(problem, policy, wasmBackend, {
      iterations: 1500,
      paths: 2048,
      learningRate: 0.01,
      validateEvery: 100,
      evaluation: { paths: 65_536, sets: 8 },
    });
    const { losses } = await sampleLosses(problem, policy, theta, wasmBackend);
    const less = losses.map((loss) => loss - fair);
    const at = (own: number) => cvarRisk(own).ofSample(less).value.toFixed(4);
    const beside = (text: string) => (text === "" ? "" : ` (${text})`);
    console.log(
      `| CVaR ${100 * level} % | ${cost} | ${policy.name} | ${evaluation.risk.toFixed(4)} ± ${evaluation.standardError.toFixed(4)}${beside(price)} | ${at(0.5)}${beside(half)} | ${at(0.99)}${beside(tail)} | ${seconds.toFixed(0)} s |`,
    );
  }
}

const month30: OracleProblem = {
  spot: 1,
  strike: 1,
  type: "call",
  vol: 0.2,
  yearsToExpiry: month,
  dates: 30,
  proportionalCost: 0,
  riskAversion: 100,
};

/** The problem that an oracle solves. */
function problemOf(known: OracleProblem): HedgeProblem {
  const { spot, strike, type, vol, yearsToExpiry, dates, proportionalCost: cost } = known;
  const payoff = vanilla({ type, strike, expiryYears: yearsToExpiry });
  return {
    market: blackScholesMarket({ spot, vol }),
    book: [{ payoff, quantity: known.sold ?? 1 }],
    instruments: [
      spotInstrument({
        costs: [proportionalCost(cost)],
        closesAtHorizon: (known.unwindCost ?? 0) > 0,
      }),
    ],
    tradingYears: tradingClock({ horizonYears: yearsToExpiry, dates }),
    horizonYears: yearsToExpiry,
    risk: entropicRisk(known.riskAversion),
  };
}

async function gaps(
  title: string,
  problems: readonly (readonly [string, OracleProblem])[],
  options: TrainOptions = {},
): Promise<void> {
  console.log(`\n${title}\n\n| problem | oracle | learned band | gap % | in s.e. | trained in |`);
  console.log("|---|---:|---:|---:|---:|---:|");
  for (const [name, known] of problems) {
    const { price } = solveOracle(known, known.dates > 100 ? { stepsPerDeviation: 4 } : {});
    const { evaluation, seconds } = await trainHedge(problemOf(known), bandPolicy(), wasmBackend, {
      evaluation: { sets: 16 },
      ...options,
    });
    const { risk, standardError } = evaluation;
    console.log(
      `| ${name} | ${price.toFixed(6)} | ${risk.toFixed(6)} ± ${standardError.toExponential(0)} | ${((100 * (risk - price)) / Math.abs(price)).toFixed(3)} | ${((risk - price) / standardError).toFixed(1)} | ${seconds.toFixed(1)} s |`,
    );
  }
}

const costs = () =>
  gaps(
    "Black-Scholes on a spot of 1, a = 100",
    [6, 7, 8, 9, 10].map((power) => [
      `cost 2^-${power}`,
      { ...month30, proportionalCost: 2 ** -power },
    ]),
  );

const year = () =>
  gaps(
    "A year of 250 dates, a = 1",
    [0, 1e-3, 5e-3, 1e-2].map((cost) => [
      `cost ${cost}`,
      { ...month30, yearsToExpiry: 1, dates: 250, riskAversion: 1, proportionalCost: cost },
    ]),
    { evaluation: { paths: 32_768, sets: 8 } },
  );

const others = () =>
  gaps("Oracle problems that nothing was chosen on", [
    [
      "a = 30, cost 0.002, volatility 60 %, 14 days and dates",
      {
        ...month30,
        riskAversion: 30,
        proportionalCost: 2e-3,
        vol: 0.6,
        yearsToExpiry: 14 / 365,
        dates: 14,
      },
    ],
    ["a = 5, cost 0.0005", { ...month30, riskAversion: 5, proportionalCost: 5e-4 }],
    [
      "a = 20, cost 0.003, put 1.05, volatility 35 %, 60 days, 20 dates",
      {
        ...month30,
        riskAversion: 20,
        proportionalCost: 3e-3,
        type: "put",
        strike: 1.05,
        vol: 0.35,
        yearsToExpiry: 60 / 365,
        dates: 20,
      },
    ],
    [
      "a = 50, cost 0.001, call 0.9 bought, volatility 80 %, 7 days, 28 dates",
      {
        ...month30,
        riskAversion: 50,
        proportionalCost: 1e-3,
        strike: 0.9,
        vol: 0.8,
        yearsToExpiry: 7 / 365,
        dates: 28,
        sold: -1,
      },
    ],
    [
      "a = 40, cost 0.002, call 1.1, volatility 50 %, 90 days, 45 dates, closed at the end",
      {
        ...month30,
        riskAversion: 40,
        proportionalCost: 2e-3,
        unwindCost: 2e-3,
        strike: 1.1,
        vol: 0.5,
        yearsToExpiry: 90 / 365,
        dates: 45,
      },
    ],
    ["a = 300, cost 0.0003", { ...month30, riskAversion: 300, proportionalCost: 3e-4 }],
  ]);

async function network(): Promise<void> {
  const problem: HedgeProblem = { ...problemOf(month30), risk: varianceRisk() };
  const black = await evaluateHedge(problem, deltaHedge, none, wasmBackend);
  console.log("\nWithout cost, variance: deviation of the profit in hundredths of the spot\n");
  console.log(`Black's delta ${(100 * black.standardDeviation).toFixed(4)}`);
  for (const hidden of [
    [12, 12],
    [16, 16],
    [32, 32, 32, 32],
  ]) {
    const policy = networkPolicy({ hidden, aroundDelta: false });
    const { evaluation, seconds } = await trainHedge(problem, policy, wasmBackend, {
      iterations: 1500,
      paths: 2048,
      learningRate: hidden.length > 2 ? 0.01 : 0.02,
      lastScale: 1,
      validateEvery: 100,
    });
    console.log(
      `network ${hidden.join("-")} from nothing ${(100 * evaluation.standardDeviation).toFixed(4)} (${seconds.toFixed(0)} s)`,
    );
  }
}

for (const [name, part] of Object.entries({ heston: hestonTable, costs, year, others, network })) {
  if (isWanted(name)) await part();
}
process.exit(0);
