/**
 * What `volterra learn` says: as text and as one JSON document.
 */
import type {
  ComponentEvaluation,
  Design,
  ForecastScores,
  JointGain,
  LearnedModel,
  ScoreDifference,
  WalkForward,
} from "../../estimate/index.ts";
import { formatInstant } from "../../market/dayCount.ts";
import { percent, textTable } from "../textTable.ts";

/** What there is to say. */
export interface LearnReport {
  readonly design: Design;
  readonly model: LearnedModel;
  readonly walk: WalkForward | null;
  readonly gain: JointGain | null;
  readonly file: string;
}

/** The text. */
export function learnText({ design, model, walk, gain, file }: LearnReport): string {
  const parts = [
    ...(walk === null ? [] : [walkText(walk)]),
    ...(gain === null ? [] : [gainText(gain)]),
    dataText(design, model),
    selectionText(model),
    ...(model.curve === null ? [] : [curveText(model.curve)]),
    `File:\n  ${file}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

const nats = (value: number): string => value.toFixed(4);

function dataText({ left }: Design, { trained, members }: LearnedModel): string {
  return [
    `Learned from ${trained.rows} steps, ${formatInstant(trained.fromMs)} to ${formatInstant(trained.toMs)}: ${members.length} members of ${members[0].length} parameters each.`,
    `Left out: ${left.warmUp} steps to warm up, ${left.gaps} with a gap, ${left.inputs} without an input.`,
  ].join("\n");
}

function selectionText({ selection }: LearnedModel): string {
  const rows = selection.candidates.map((candidate) => [
    `skeleton, ridge ${candidate.skeletonRidge}${candidate.ridge === null ? "" : `; network, ridge ${candidate.ridge}`}`,
    candidate.ridge === null ? "" : String(candidate.iterations),
    nats(candidate.score),
    candidate.gainStandardError === 0 ? "" : `±${nats(candidate.gainStandardError)}`,
    candidate.score === selection.chosen.score ? "chosen" : "",
  ]);
  return `Chosen on time-ordered folds (log score per step, nats):\n${textTable(["", "iterations", "log score", "gain's s.e.", ""], rows)}`;
}

function curveText({
  points,
  lastGain,
  lastGainStandardError,
  verdict,
}: NonNullable<LearnedModel["curve"]>): string {
  const rows = points.map(({ rows: count, score }) => [String(count), nats(score)]);
  return `Learning curve (the last fold, scored after learning on the last so many steps before it):\n${textTable(["steps", "log score"], rows)}\nThe last doubling of the data gained ${nats(lastGain)} ± ${nats(lastGainStandardError)} nats a step: ${verdict}.`;
}

function walkText(walk: WalkForward): string {
  const { steps, fromMs, toMs, refits, components, joint } = walk;
  const mean = joint.reduce((sum, value) => sum + value, 0) / joint.length;
  const head = `Out of sample: ${steps} steps, ${formatInstant(fromMs)} to ${formatInstant(toMs)}, ${refits.length} ${refits.length === 1 ? "fit" : "fits"}; joint log score ${nats(mean)} nats a step.`;
  return [head, ...components.map(componentText)].join("\n\n");
}

function componentText({ component, model, baselines, best }: ComponentEvaluation): string {
  const row = (scores: ForecastScores): string[] => [
    scores.name === best ? `${scores.name} *` : scores.name,
    nats(scores.logScore),
    ...scores.coverage.map(({ share }) => percent(share)),
    scores.uniformity.pValue.toFixed(3),
    ...scores.valueAtRisk.map(
      (v) =>
        `${v.exceedances} (${v.kupiec.pValue.toFixed(2)}, ${v.independence.pValue.toFixed(2)})`,
    ),
    scores.modelGain === null
      ? ""
      : `${nats(scores.modelGain.mean)} ± ${nats(scores.modelGain.standardError)}`,
    scores.modelGain === null ? "" : scores.modelGain.pValue.toPrecision(2),
  ];
  const levels = model.coverage.map(({ nominal }) => `in ${percent(nominal, 0)}`);
  const risks = model.valueAtRisk.map(({ p }) => `below ${percent(p, 0)}`);
  const header = [component, "log score", ...levels, "PIT p", ...risks, "model's gain", "p"];
  const sorted = [...baselines].sort((a, b) => b.logScore - a.logScore);
  return textTable(header, [model, ...sorted].map(row));
}

function gainText({
  assets,
  steps,
  joint,
  apart,
  coupled,
  overApart,
  overCoupled,
}: JointGain): string {
  const row = (name: string, score: number, gain: ScoreDifference | null): string[] => [
    name,
    nats(score),
    gain === null ? "" : `${nats(gain.mean)} ± ${nats(gain.standardError)}`,
    gain === null ? "" : gain.pValue.toPrecision(2),
  ];
  const rows = [
    row("one joint model", joint, null),
    row("one model each, a constant correlation", coupled, overCoupled),
    row("one model each, independent", apart, overApart),
  ];
  const verdict =
    overCoupled.mean > 0 && overCoupled.pValue < 0.05
      ? "The joint model is better."
      : overCoupled.mean < 0 && overCoupled.pValue < 0.05
        ? "The joint model is worse than models apart that know their correlation."
        : "Beyond their correlation no gain is established.";
  return `${assets.join(" and ")} together, ${steps} steps:\n${textTable(["", "joint log score", "joint model's gain", "p"], rows)}\n${verdict}`;
}

/** The document. */
export function learnDocument({ design, model, walk, gain, file }: LearnReport) {
  const { trained, selection, curve, members, shape, seed } = model;
  return {
    schemaVersion: 1,
    state: shape.set.components.map(({ name }) => name),
    inputs: shape.set.inputNames,
    stepMs: shape.set.stepMs,
    trained: {
      rows: trained.rows,
      from: new Date(trained.fromMs).toISOString(),
      to: new Date(trained.toMs).toISOString(),
      leftOut: design.left,
    },
    members: members.length,
    parameters: members[0].length,
    seed,
    selection,
    learningCurve: curve,
    evaluation:
      walk === null
        ? null
        : {
            steps: walk.steps,
            from: new Date(walk.fromMs).toISOString(),
            to: new Date(walk.toMs).toISOString(),
            refits: walk.refits.map(({ fromMs, trainedRows, selection: { chosen } }) => ({
              from: new Date(fromMs).toISOString(),
              trainedRows,
              chosen,
            })),
            jointLogScore: walk.joint.reduce((sum, value) => sum + value, 0) / walk.steps,
            components: walk.components.map(
              ({ component, steps, model, baselines, best, pit }) => ({
                component,
                steps,
                model,
                baselines,
                best,
                pitHistogram: histogram(pit, 20),
              }),
            ),
          },
    jointGain: gain,
    file,
  };
}

function histogram(values: Float64Array, bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(value * bins))] += 1;
  return counts;
}
