/**
 * What less risk costs: one policy trained for a range of risk aversions, Whalley and Wilmott's rule at the same ones, the exact
 * optimum where there is one, and rules that know no aversion as points.
 *
 * Where the risk measure has no aversion (CVaR), one policy is trained for each of a few levels.
 */
import { wasmBackend } from "volterra/engine";
import {
  bandPolicy,
  cvarRisk,
  deltaHedge,
  entropicRisk,
  evaluateHedge,
  type HedgeEvaluation,
  hedgePaths,
  type HedgeProblem,
  lelandHedge,
  networkPolicy,
  noHedge,
  type Policy,
  solveOracle,
  trainHedge,
  whalleyWilmottHedge,
} from "volterra/hedging";
import type { Job } from "../../protocol.ts";
import { meanOf, worstTwentieth } from "./statistics.ts";
import { type Desk, deskOf, type HedgeTask, noWeights, turn } from "./desk.ts";
import { exactGrid } from "./exact.ts";
import { exactLosses } from "./exactPaths.ts";

export interface FrontierInput {
  readonly task: HedgeTask;
  readonly threads: number;
}

export interface FrontierPoint {
  /** What the point was told: "10", a risk aversion times the spot, or "95 %", a level. */
  readonly at: string;
  /** Mean cost of trading. */
  readonly cost: number;
  /** Mean of the worst twentieth of losses beyond the fair value. */
  readonly tail: number;
}

export interface FrontierSeries {
  readonly name: string;
  readonly kind: "learned" | "whalley" | "exact" | "point";
  readonly points: readonly FrontierPoint[];
}

export interface FrontierOutput {
  readonly series: readonly FrontierSeries[];
  readonly seconds: number;
}

export interface FrontierProgress {
  readonly doing: string;
  readonly share: number;
}

/** Multiples of the chosen aversion. */
const multiples = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8] as const;
const range = [multiples[0], multiples[multiples.length - 1]] as const;
const levels = [0.5, 0.8, 0.9, 0.95, 0.99] as const;
const evaluation = { paths: 8192, sets: 2, seed: 20_190 } as const;

/** Above this many dates the exact optimum would take too long, seven times over. */
const mostExactDates = 60;

type Report = (progress: FrontierProgress) => void;

export const frontierJob: Job<FrontierInput, FrontierOutput | null, FrontierProgress> = async (
  { task, threads },
  { report, signal },
) => {
  const began = performance.now();
  const desk = deskOf(task);
  const { problem, baselines } = desk;
  const measure = (own: HedgeProblem, rule: Policy, theta: Float64Array, aversion = 1) =>
    evaluateHedge(own, rule, theta, wasmBackend, { ...evaluation, threads, aversion });
  const fairValue = (await measure(problem, noHedge, noWeights)).mean;
  const pointOf = (at: string, { cost, cvar95 }: HedgeEvaluation): FrontierPoint => ({
    at,
    cost,
    tail: cvar95 - fairValue,
  });
  const context: Context = { desk, threads, signal, report, measure, pointOf, fairValue };
  const learned =
    problem.risk.at === undefined ? await byLevel(context) : await byAversion(context);
  if (learned === null) return null;
  const series: FrontierSeries[] = [learned];
  for (const rule of [whalleyWilmottHedge, deltaHedge, lelandHedge]) {
    if (!baselines.some((own) => own.rule === rule)) continue;
    report({ doing: `Measuring ${rule.name}`, share: 0.85 });
    await turn();
    if (rule !== whalleyWilmottHedge) {
      const point = pointOf("", await measure(problem, rule, noWeights));
      series.push({ name: rule.name, kind: "point", points: [point] });
      continue;
    }
    const points: FrontierPoint[] = [];
    for (const multiple of multiples) {
      const aversion = multiple * problem.risk.aversion;
      const risk = entropicRisk(aversion);
      const found = await measure({ ...problem, risk }, rule, noWeights);
      points.push(pointOf(aversionText(problem, multiple), found));
    }
    series.push({ name: rule.name, kind: "whalley", points });
  }
  if (signal.aborted) return null;
  series.push(...(await exactSeries(context)));
  return { series, seconds: (performance.now() - began) / 1000 };
};

interface Context {
  readonly desk: Desk;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly measure: (
    problem: HedgeProblem,
    rule: Policy,
    theta: Float64Array,
    aversion?: number,
  ) => Promise<HedgeEvaluation>;
  readonly pointOf: (at: string, found: HedgeEvaluation) => FrontierPoint;
  readonly fairValue: number;
}

/** One set of weights for the whole range. */
async function byAversion(context: Context): Promise<FrontierSeries | null> {
  const { desk, measure, pointOf } = context;
  const { problem } = desk;
  const conditioned: HedgeProblem = {
    ...problem,
    condition: { aversion: range, costScale: [1, 1] },
  };
  const policy = freshPolicy(desk);
  const theta = await trainOn(
    context,
    conditioned,
    policy,
    [0, 0.8],
    "Training one policy for all",
  );
  if (theta === null) return null;
  const points: FrontierPoint[] = [];
  for (const multiple of multiples) {
    const found = await measure(conditioned, policy, theta, multiple);
    points.push(pointOf(aversionText(problem, multiple), found));
  }
  return { name: "learned, one policy for all", kind: "learned", points };
}

/** Weights of their own for each level. */
async function byLevel(context: Context): Promise<FrontierSeries | null> {
  const { desk, measure, pointOf } = context;
  const { problem } = desk;
  const points: FrontierPoint[] = [];
  for (const [i, level] of levels.entries()) {
    const own = { ...problem, risk: cvarRisk(level, problem.risk.aversion) };
    const policy = freshPolicy(desk);
    const shares = [(0.8 * i) / levels.length, (0.8 * (i + 1)) / levels.length] as const;
    const at = `${100 * level} %`;
    const theta = await trainOn(context, own, policy, shares, `Training for a level of ${at}`);
    if (theta === null) return null;
    points.push(pointOf(at, await measure(own, policy, theta)));
  }
  return { name: "learned, one policy for each level", kind: "learned", points };
}

const freshPolicy = ({ config: { policy } }: Desk): Policy =>
  policy.kind === "band"
    ? bandPolicy({ hidden: policy.hidden })
    : networkPolicy({ hidden: policy.hidden });

/** Trains; null when the reader has left. */
async function trainOn(
  { desk: { config }, threads, signal, report }: Context,
  problem: HedgeProblem,
  policy: Policy,
  [from, to]: readonly [number, number],
  doing: string,
): Promise<Float64Array | null> {
  let shown = 0;
  const { theta } = await trainHedge(problem, policy, wasmBackend, {
    iterations: config.training.iterations,
    paths: config.training.paths,
    seed: config.seed,
    threads,
    validationPaths: 2048,
    evaluation: { paths: 64, sets: 1 },
    signal,
    onProgress: async ({ iteration, iterations }) => {
      if (performance.now() - shown < 100) return;
      report({ doing, share: from + ((to - from) * iteration) / iterations });
      await turn();
      shown = performance.now();
    },
  });
  return signal.aborted ? null : theta;
}

/** The exact optimum at the same aversions. */
async function exactSeries({
  desk,
  report,
  fairValue,
  threads,
}: Context): Promise<FrontierSeries[]> {
  const { oracle, problem } = desk;
  if ("reason" in oracle || oracle.problem.dates > mostExactDates) return [];
  const { paths, seed } = evaluation;
  const options = { paths, seed, threads };
  const { spot } = await hedgePaths(problem, noHedge, noWeights, wasmBackend, options);
  const points: FrontierPoint[] = [];
  for (const [i, multiple] of multiples.entries()) {
    report({ doing: "Solving for the exact optimum", share: 0.9 + (0.1 * i) / multiples.length });
    await turn();
    const own = { ...oracle.problem, riskAversion: multiple * oracle.problem.riskAversion };
    const { losses, costs } = exactLosses(own, solveOracle(own, exactGrid), spot);
    points.push({
      at: aversionText(problem, multiple),
      cost: oracle.scale * meanOf(costs),
      tail: oracle.scale * worstTwentieth(losses.sort()) - fairValue,
    });
  }
  return [{ name: "exact optimum", kind: "exact", points }];
}

const aversionText = ({ risk, market }: HedgeProblem, multiple: number): string =>
  String(Number((multiple * risk.aversion * market.spot0).toPrecision(3)));
