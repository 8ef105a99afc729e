/**
 * What a hedge earns and costs on paths it never saw, beside the rules and the exact optimum: figures and histograms.
 *
 * All on the same paths, so that differences are known far better than the figures themselves.
 */
import { wasmBackend } from "volterra/engine";
import { hedgePaths, noHedge, type Risk, sampleLosses, solveOracle } from "volterra/hedging";
import type { Job } from "../../protocol.ts";
import { type Desk, deskOf, type HedgeTask, measured, noWeights } from "./desk.ts";
import { exactGrid, mostDates } from "./exact.ts";
import { exactLosses } from "./exactPaths.ts";
import { meanOf, quantile, spreadOf, worstTwentieth } from "./statistics.ts";

export interface MeasureInput {
  readonly task: HedgeTask;
  readonly theta: Float64Array;
  readonly threads: number;
}

/** One policy. Money in the units of the configuration, measured from the fair value where that is said. */
export interface MeasuredHedge {
  readonly name: string;
  readonly kind: "learned" | "rule" | "exact";
  /** The risk measure beyond the fair value, and its standard error. */
  readonly risk: number;
  readonly standardError: number;
  readonly meanCost: number;
  readonly standardDeviation: number;
  /** Mean of the worst twentieth of losses beyond the fair value. */
  readonly tail: number;
  /** [bin] share of paths; the outermost bins hold everything beyond. */
  readonly shares: readonly number[];
}

export interface HedgeMeasures {
  readonly fairValue: number;
  readonly riskMeasure: string;
  readonly paths: number;
  /** [bin + 1] profit. */
  readonly edges: readonly number[];
  readonly policies: readonly MeasuredHedge[];
  /** Risk of the learned policy above the exact one's, on the same paths; null where there is no exact one. */
  readonly gap: { readonly value: number; readonly standardError: number } | null;
}

const bins = 48;
/** Shares of a sample outside this range go to the outermost bins. */
const shownRange = [0.003, 0.997] as const;

interface Sample {
  readonly name: string;
  readonly kind: MeasuredHedge["kind"];
  readonly losses: Float64Array;
  readonly costs: Float64Array;
}

export const measureHedge: Job<MeasureInput, HedgeMeasures> = async ({ task, theta, threads }) => {
  const desk = deskOf(task);
  const { problem, policy, baselines } = desk;
  const options = { ...measured, threads };
  const samples: Sample[] = [];
  for (const { rule, problem: own } of [{ rule: policy, problem }, ...baselines]) {
    const isLearned = rule === policy;
    const weights = isLearned ? theta : noWeights;
    const { losses, costs } = await sampleLosses(own, rule, weights, wasmBackend, options);
    samples.push({ name: rule.name, kind: isLearned ? "learned" : "rule", losses, costs });
  }
  const exact = await exactSample(desk, threads);
  if (exact !== null) samples.splice(1, 0, exact);
  const unhedged = samples.find(({ name }) => name === noHedge.name) ?? samples[0];
  const fairValue = meanOf(unhedged.losses);
  const edges = edgesOf(
    samples.filter((sample) => sample !== unhedged || samples.length === 1),
    fairValue,
  );
  return {
    fairValue,
    riskMeasure: problem.risk.name,
    paths: measured.paths * measured.sets,
    edges,
    policies: samples.map((sample) => measuredOf(sample, problem.risk, fairValue, edges)),
    gap: exact === null ? null : gapOf(problem.risk, samples[0], exact),
  };
};

/** The exact hedge on the same paths. */
async function exactSample({ problem, oracle }: Desk, threads: number): Promise<Sample | null> {
  if ("reason" in oracle || oracle.problem.dates > mostDates) return null;
  const solved = solveOracle(oracle.problem, exactGrid);
  const { paths, sets, seed } = measured;
  const losses = new Float64Array(paths * sets);
  const costs = new Float64Array(paths * sets);
  for (let set = 0; set < sets; set++) {
    const options = { paths, seed: seed + set, threads };
    const { spot } = await hedgePaths(problem, noHedge, noWeights, wasmBackend, options);
    const found = exactLosses(oracle.problem, solved, spot);
    losses.set(found.losses, set * paths);
    costs.set(found.costs, set * paths);
  }
  const scaled = (values: Float64Array) => values.map((value) => oracle.scale * value);
  return { name: "exact optimum", kind: "exact", losses: scaled(losses), costs: scaled(costs) };
}

/** Hedged profits set the scale: without a hedge they spread many times as far. */
function edgesOf(samples: readonly Sample[], fairValue: number): number[] {
  const sorted = samples.map(({ losses }) => losses.toSorted());
  const low = fairValue - Math.max(...sorted.map((losses) => quantile(losses, shownRange[1])));
  const high = fairValue - Math.min(...sorted.map((losses) => quantile(losses, shownRange[0])));
  return Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
}

/** The measure on each set of paths. */
const bySetOf = (risk: Risk, losses: Float64Array): number[] =>
  Array.from({ length: measured.sets }, (_, set) => {
    const { paths } = measured;
    return risk.ofSample(losses.subarray(set * paths, (set + 1) * paths)).value;
  });

function gapOf(risk: Risk, learned: Sample, exact: Sample): HedgeMeasures["gap"] {
  const best = bySetOf(risk, exact.losses);
  const gaps = bySetOf(risk, learned.losses).map((own, set) => own - best[set]);
  return { value: meanOf(gaps), standardError: spreadOf(gaps) / Math.sqrt(gaps.length) };
}

function measuredOf(
  { name, kind, losses, costs }: Sample,
  risk: Risk,
  fairValue: number,
  edges: readonly number[],
): MeasuredHedge {
  const mean = meanOf(losses);
  return {
    name,
    kind,
    risk: risk.ofSample(losses).value - fairValue,
    standardError: spreadOf(bySetOf(risk, losses)) / Math.sqrt(measured.sets),
    meanCost: meanOf(costs),
    standardDeviation: Math.sqrt(meanOf(losses.map((loss) => (loss - mean) ** 2))),
    tail: worstTwentieth(losses.toSorted()) - fairValue,
    shares: sharesOf(losses, fairValue, edges),
  };
}

function sharesOf(losses: Float64Array, fairValue: number, edges: readonly number[]): number[] {
  const [low, high] = [edges[0], edges[bins]];
  const shares = Array.from({ length: bins }, () => 0);
  for (const loss of losses) {
    const bin = Math.floor((bins * (fairValue - loss - low)) / (high - low));
    shares[Math.min(bins - 1, Math.max(0, bin))] += 1 / losses.length;
  }
  return shares;
}
