/**
 * What was learned from a history, as one HTML file: scores out of sample beside the baselines, how uniform the
 * transforms are, what the data were worth, where the state goes from here, and how assets answer each other's shocks.
 */
import type {
  ComponentEvaluation,
  ForecastScores,
  ImpulseResponse,
  JointGain,
  LearnedModel,
  SimulatedPaths,
  WalkForward,
} from "../estimate/index.ts";
import { cards, figure, htmlTable, section } from "./htmlParts.ts";
import { linePlot, type Series } from "./linePlot.ts";
import { fixedText, percentText } from "./numberText.ts";
import { styleSheet } from "./styles.ts";
import { escapeText } from "./svg.ts";

/** What the report shows. */
export interface HistoryReportData {
  readonly model: LearnedModel;
  readonly walk: WalkForward | null;
  readonly gain: JointGain | null;
  /** paths from where the history ends */
  readonly paths: SimulatedPaths;
  readonly responses: readonly ImpulseResponse[];
  readonly sources: readonly string[];
}

const DAY = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const nats = (value: number): string => fixedText(value, 4);

/** The report. */
export function historyReport(data: HistoryReportData): string {
  const { model, walk, gain, paths, responses, sources } = data;
  const { trained, shape } = model;
  const names = shape.set.components.map(({ name }) => name);
  const sections = [
    ["scores", "Scores", walk === null ? "" : scoreSection(walk, gain)],
    ["transforms", "Transforms", walk === null ? "" : transformSection(walk)],
    ["data", "Data", dataSection(model)],
    ["paths", "From here", pathSection(model, paths)],
    ["responses", "Responses", responseSection(responses)],
  ] as const;
  const shown = sections.filter(([, , content]) => content !== "");
  const links = shown.map(([id, text]) => `<li><a href="#${id}">${text}</a></li>`);
  const title = `${names.join(", ")}: learned from history`;
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/><title>${escapeText(title)}</title><style>${styleSheet}</style></head>
<body>
<header><h1>${escapeText(title)}</h1><p class="soft">${trained.rows} steps, ${dayOf(trained.fromMs)} to ${dayOf(trained.toMs)}; from ${escapeText(sources.join(", "))}.</p><p class="verdict">${escapeText(verdictOf(walk))}</p><nav aria-label="Sections"><ul>${links.join("")}</ul></nav></header>
<main>
${shown.map(([, , content]) => content).join("\n")}
</main>
<footer>Log scores are natural logarithms of densities, per step and in units of the state. Nothing of a block was seen before its forecasts were scored. Made by Volterra.</footer>
</body>
</html>
`;
}

/** The result in one sentence. */
function verdictOf(walk: WalkForward | null): string {
  if (walk === null) return "Not measured out of sample: say --test-from to have it measured.";
  const parts = walk.components.map(({ component, best, baselines }) => {
    const gain = baselines.find(({ name }) => name === best)?.modelGain;
    if (gain === undefined || gain === null) return `${component}: no baseline`;
    const verdict =
      gain.pValue >= 0.05
        ? "no better or worse than"
        : gain.mean > 0
          ? "better than"
          : "worse than";
    return `${component}: ${verdict} ${best} (${nats(gain.mean)} nats a step, p = ${gain.pValue.toPrecision(2)})`;
  });
  return `Against the best baseline of each: ${parts.join("; ")}.`;
}

function scoreSection(walk: WalkForward, gain: JointGain | null): string {
  const tables = walk.components.map(scoreTable);
  const joint =
    gain === null
      ? ""
      : htmlTable(
          `${gain.assets.join(" and ")} together: one model of all, or one of each`,
          ["Model", "Joint log score", "Joint model's gain", "p"],
          [
            ["Joint", nats(gain.joint), "", ""],
            [
              "One each, a constant correlation",
              nats(gain.coupled),
              gainText(gain.overCoupled),
              gain.overCoupled.pValue.toPrecision(2),
            ],
            [
              "One each, independent",
              nats(gain.apart),
              gainText(gain.overApart),
              gain.overApart.pValue.toPrecision(2),
            ],
          ],
        );
  return section(
    "scores",
    "Out of sample",
    `${walk.steps} steps, ${dayOf(walk.fromMs)} to ${dayOf(walk.toMs)}, learned ${walk.refits.length === 1 ? "once" : `${walk.refits.length} times`} on what was before. Inside: share of outcomes in central intervals. Below: outcomes under the quantile, with the p-values of Kupiec and Christoffersen.`,
    `${tables.join("")}${joint}`,
  );
}

const gainText = ({ mean, standardError }: { mean: number; standardError: number }): string =>
  `${nats(mean)} ± ${nats(standardError)}`;

function scoreTable({ component, model, baselines }: ComponentEvaluation): string {
  const row = (scores: ForecastScores): string[] => [
    scores.name,
    nats(scores.logScore),
    ...scores.coverage.map(({ share }) => percentText(share, 1)),
    scores.uniformity.pValue.toFixed(3),
    ...scores.valueAtRisk.map(
      (v) =>
        `${v.exceedances} (${v.kupiec.pValue.toFixed(2)}, ${v.independence.pValue.toFixed(2)})`,
    ),
    scores.modelGain === null ? "" : gainText(scores.modelGain),
    scores.modelGain === null ? "" : scores.modelGain.pValue.toPrecision(2),
  ];
  const header = [
    "Forecast",
    "Log score",
    ...model.coverage.map(({ nominal }) => `Inside ${percentText(nominal, 0)}`),
    "PIT p",
    ...model.valueAtRisk.map(({ p }) => `Below ${percentText(p, 0)}`),
    "Model's gain",
    "p",
  ];
  const sorted = [...baselines].sort((a, b) => b.logScore - a.logScore);
  return htmlTable(component, header, [model, ...sorted].map(row));
}

function transformSection({ components, fromMs }: WalkForward): string {
  const figures = components.flatMap(({ component, pit, logScores, bestLogScores, best }) => {
    const sorted = pit.slice().sort();
    const points = Array.from(sorted, (p, i): [number, number] => [(i + 0.5) / sorted.length, p]);
    const uniform = figure(
      `${component}: transforms`,
      "On the diagonal when forecasts are right. Below it on the left and above on the right: forecasts are too narrow.",
      linePlot(
        `${component}: quantiles of the transforms`,
        [
          { name: "model", points },
          {
            name: "uniform",
            points: [
              [0, 0],
              [1, 1],
            ],
          },
        ],
        {
          x: { label: "uniform", kind: "linear" },
          y: { label: "transform", kind: "linear", extent: [0, 1] },
        },
      ),
    );
    if (bestLogScores === null) return [uniform];
    let sum = 0;
    const path = Array.from(logScores, (log, i): [number, number] => {
      sum += log - bestLogScores[i];
      return [i, sum];
    });
    return [
      uniform,
      figure(
        `${component}: gain over ${best}`,
        "Log scores added up over time; a steady climb is skill, a jump is one day.",
        linePlot(`${component}: gain added up`, [{ name: "gain", points: path }], {
          x: { label: `steps since ${dayOf(fromMs)}`, kind: "linear" },
          y: { label: "nats", kind: "linear" },
        }),
      ),
    ];
  });
  return section(
    "transforms",
    "Are the forecasts right?",
    "Probability integral transforms out of sample, and the gain over the best baseline as time went by.",
    cards(figures),
  );
}

function dataSection({ selection, curve }: LearnedModel): string {
  const rows = selection.candidates.map((candidate) => [
    `skeleton ${candidate.skeletonRidge}${candidate.ridge === null ? "" : `, network ${candidate.ridge}`}`,
    candidate.ridge === null ? "" : String(candidate.iterations),
    nats(candidate.score),
    candidate.score === selection.chosen.score ? "chosen" : "",
  ]);
  const table = htmlTable(
    "Ridges, as the folds scored them",
    ["Ridges", "Iterations", "Log score", ""],
    rows,
  );
  if (curve === null) return section("data", "Is there enough data?", "", table);
  const points = curve.points.map(({ rows: count, score }): [number, number] => [count, score]);
  const plot = figure(
    "Learning curve",
    `The last doubling gained ${gainText({ mean: curve.lastGain, standardError: curve.lastGainStandardError })} nats a step: ${curve.verdict}.`,
    linePlot("Learning curve", [{ name: "score", points, markers: true }], {
      x: { label: "steps learned from", kind: "linear" },
      y: { label: "log score of the last fold", kind: "linear" },
    }),
  );
  return section("data", "Is there enough data?", "", `${cards([plot])}${table}`);
}

/** Lifts the pen between two lines of one series. */
const pause: readonly [number, number] = [Number.NaN, Number.NaN];

function pathSection({ shape }: LearnedModel, paths: SimulatedPaths): string {
  const { components, stepMs } = shape.set;
  const d = components.length;
  const figures = components.map(({ name, kind }, j) => {
    const curve = (level: number): [number, number][] =>
      Array.from({ length: paths.steps + 1 }, (_, t): [number, number] => {
        const at = (t * d + j) * paths.paths;
        const sorted = paths.states.slice(at, at + paths.paths).sort();
        const value = sorted[Math.round(level * (paths.paths - 1))];
        return [(t * stepMs) / DAY, kind === "level" ? value : Math.exp(value)];
      });
    const curves: Series[] = [
      { name: "median", points: curve(0.5) },
      { name: "5 % and 95 %", points: [...curve(0.05), pause, ...curve(0.95)] },
    ];
    return figure(
      name,
      `Quantiles of ${paths.paths} paths.`,
      linePlot(`${name} from here`, curves, {
        x: { label: `days from ${dayOf(paths.timesMs[0])}`, kind: "linear" },
        y: { label: name, kind: "linear" },
      }),
    );
  });
  return section(
    "paths",
    "From here",
    "Simulated from where the history ends, over all members.",
    cards(figures),
  );
}

function responseSection(responses: readonly ImpulseResponse[]): string {
  if (responses.length === 0) return "";
  const figures = responses.flatMap(({ shocked, shock, kind, level, components }) =>
    components
      .filter(({ component }) => component !== shocked)
      .map(({ component, state, logScale }) => {
        // a direct answer is of the size of moves; a total one of the state itself
        const { value, halfWidth } = kind === "total" ? state : logScale;
        const line = (sign: number): [number, number][] =>
          Array.from(value, (v, t): [number, number] => [t + 1, v + sign * halfWidth[t]]);
        const what = kind === "total" ? component : `size of ${component}'s moves`;
        return figure(
          `${shocked} → ${what}`,
          `${shocked} moves by ${shock.toFixed(3)}, ${kind === "total" ? "the others with it" : "the others stand still"}; ${percentText(level, 0)} interval.`,
          linePlot(
            `${shocked} to ${component}, ${kind}`,
            [
              { name: "mean", points: line(0), markers: true },
              { name: "interval", points: [...line(-1), pause, ...line(1)] },
            ],
            {
              x: { label: "steps after", kind: "linear" },
              y: { label: "difference of logarithms", kind: "linear" },
            },
          ),
        );
      }),
  );
  return section(
    "responses",
    "How the others answer",
    "Intervals over members that learned on bootstrapped rows. One that holds zero claims nothing.",
    cards(figures),
  );
}
