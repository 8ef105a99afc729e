/**
 * What less risk costs: policies at several risk aversions, and all of them at several multiples of the costs.
 *
 * A policy trained for a range is told the aversion. Another keeps its weights while the aversion that it is given changes: a
 * band's prior width moves with it, what was learned does not. Rules that know no aversion are points.
 */
import type { Backend } from "../../backend/backend.ts";
import { mul } from "../../ir/index.ts";
import { evaluateHedge, type HedgeEvaluation } from "../evaluate.ts";
import { deltaHedge, noHedge, whalleyWilmottHedge } from "../policies/rules.ts";
import type { HedgeProblem, Policy } from "../problem.ts";
import { entropicRisk } from "../risks/entropic.ts";
import type { MeasureTask } from "./measure.ts";
import type { CostScalePoint, FrontierSeries, HedgeStudy } from "./studyDocument.ts";

const aversionMultiples = [1 / 16, 1 / 4, 1, 4, 16] as const;
const costMultiples = [0, 0.5, 1, 2, 4] as const;
/** Paths of a point: a picture needs no more. */
const mostPaths = 32_768;

const none = new Float64Array(0);

/** The frontier and the sentence that says how it was made. */
export async function frontierOf(
  { config, desk, theta }: MeasureTask,
  fairValue: number,
  backend: Backend,
  threads: number,
): Promise<Pick<HedgeStudy, "frontier" | "frontierNote">> {
  const { problem, policy, baselines } = desk;
  const { condition, risk } = problem;
  // another measure has no threshold, or its own
  const weightsOfPolicy = theta.subarray(0, theta.length - risk.thresholds.length);
  const paths = Math.min(config.evaluation.paths, mostPaths);
  const options = { paths, sets: 2, seed: config.evaluation.seed, threads };
  const multiples =
    condition === undefined
      ? aversionMultiples
      : aversionMultiples.map((_, i, all) => between(condition.aversion, i / (all.length - 1)));
  const at = (own: HedgeProblem, rule: Policy, weights: Float64Array, aversion = 1) =>
    evaluateHedge(own, rule, weights, backend, { ...options, aversion });
  const point = (label: string, { cost, cvar95 }: HedgeEvaluation) => ({
    label,
    cost,
    tail: cvar95 - fairValue,
  });
  const curve = async (rule: Policy, weights: Float64Array): Promise<FrontierSeries> => {
    const points = [];
    for (const multiple of multiples) {
      const found =
        condition === undefined
          ? await at(withAversion(problem, multiple), rule, weights)
          : await at(problem, rule, weights, multiple);
      points.push(point(`at ${short(multiple)} times the risk aversion`, found));
    }
    return { name: rule.name, isPolicy: rule === policy, points };
  };
  const isConstant = ({ points }: FrontierSeries): boolean =>
    points.every(({ cost, tail }) => cost === points[0].cost && tail === points[0].tail);
  const single = (series: FrontierSeries): FrontierSeries =>
    isConstant(series) ? { ...series, points: series.points.slice(0, 1) } : series;
  const frontier = [single(await curve(policy, weightsOfPolicy))];
  for (const { rule, problem: own } of baselines) {
    if (rule === noHedge) continue;
    frontier.push(
      rule === whalleyWilmottHedge
        ? await curve(rule, none)
        : { name: rule.name, isPolicy: false, points: [point("", await at(own, rule, none))] },
    );
  }
  return { frontier, frontierNote: noteOf(condition !== undefined, frontier[0].points.length > 1) };
}

function noteOf(isConditioned: boolean, isCurve: boolean): string {
  const range = "from a sixteenth to sixteen times the configured one";
  if (isConditioned) {
    return "The curve of the policy is one set of weights, trained for the whole range of risk aversions and told which one. Whalley-Wilmott is at the same aversions.";
  }
  return isCurve
    ? `The policy was trained for one risk aversion. Its curve shows the same weights when they are told others, ${range}: the prior width moves, what was learned does not. Whalley-Wilmott is at the same aversions.`
    : `The policy was trained for one risk aversion and is one point. Whalley-Wilmott is at aversions ${range}.`;
}

/** Risk beyond the fair value at multiples of all costs, of the policy and of rules. */
export async function costScalesOf(
  { config, desk, theta }: MeasureTask,
  fairValue: number,
  backend: Backend,
  threads: number,
): Promise<{ readonly name: string; readonly points: readonly CostScalePoint[] }[]> {
  const { problem, policy, baselines } = desk;
  if (!problem.risk.isCashInvariant) return [];
  const paths = Math.min(config.evaluation.paths, mostPaths);
  const options = { paths, sets: 4, seed: config.evaluation.seed, threads };
  const shown = baselines
    .map(({ rule }) => rule)
    .filter((rule) => rule === deltaHedge || rule === whalleyWilmottHedge);
  const series = [];
  for (const rule of [policy, ...shown]) {
    const points: CostScalePoint[] = [];
    for (const costScale of costMultiples) {
      const own = withCosts(problem, costScale);
      const weights = rule === policy ? theta : none;
      const found = await evaluateHedge(own, rule, weights, backend, options);
      const { risk, standardError } = found;
      points.push({ costScale, risk: risk - fairValue, standardError });
    }
    series.push({ name: rule.name, points });
  }
  return series;
}

/** The problem with its aversion multiplied; where the measure has none, for the rules that want one. */
function withAversion(problem: HedgeProblem, multiple: number): HedgeProblem {
  const aversion = multiple * problem.risk.aversion;
  return { ...problem, risk: problem.risk.at?.(aversion) ?? entropicRisk(aversion) };
}

/** The problem with every cost multiplied. */
const withCosts = (problem: HedgeProblem, multiple: number): HedgeProblem => ({
  ...problem,
  instruments: problem.instruments.map((instrument) => ({
    ...instrument,
    costs: instrument.costs.map((cost) => ({
      ...cost,
      charge: (trade) => mul(multiple, cost.charge(trade)),
      perUnit: (price, spot) => mul(multiple, cost.perUnit(price, spot)),
    })),
  })),
});

/** A point of a range, even in the logarithm. */
const between = ([low, high]: readonly [number, number], share: number): number =>
  low * (high / low) ** share;

const short = (value: number): string => `${Number(value.toPrecision(3))}`;
