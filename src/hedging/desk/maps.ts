/** What a policy does over two axes of the state: its position, its band, its trades. */
import type { Backend } from "../../backend/backend.ts";
import { policyAt, type PolicyAnswer } from "../query.ts";
import type { Limits } from "../problem.ts";
import { positionName } from "../stateNames.ts";
import type { MeasureTask } from "./measure.ts";
import type { StudyMap } from "./studyDocument.ts";

/** Points along a map's axes. */
const columns = 31;
const rows = 15;
/** Reach of the spot in standard deviations of the horizon. */
const deviations = 2;

/** Answers over spot, one for each date. */
interface Sweep {
  readonly task: MeasureTask;
  readonly backend: Backend;
  readonly spots: readonly number[];
  /** [date] years */
  readonly dates: readonly number[];
  /** [date] with nothing held before. */
  readonly answers: readonly PolicyAnswer[];
}

/** Maps of every instrument: the position after the trade and the width of the band over spot and time, the trade over spot and
 * position half way. */
export async function policyMaps(task: MeasureTask, backend: Backend): Promise<StudyMap[]> {
  const { problem, policy } = task.desk;
  const { market, horizonYears, tradingYears, instruments } = problem;
  const reach = deviations * market.typicalVol * Math.sqrt(horizonYears);
  const spots = spaced(columns, (share) => market.spot0 * Math.exp(reach * (2 * share - 1)));
  const dates = pick(tradingYears, rows);
  const answers: PolicyAnswer[] = [];
  for (const years of dates) {
    const states = { spot: spots };
    answers.push(await policyAt(problem, policy, task.theta, backend, { years, states }));
  }
  const sweep = { task, backend, spots, dates, answers };
  const maps: StudyMap[] = [];
  for (const j of instruments.keys()) {
    maps.push(...timeMaps(sweep, j), await tradeMap(sweep, j));
  }
  return maps;
}

/** Position and width of the band over spot and time. */
function timeMaps({ task, spots, dates, answers }: Sweep, j: number): StudyMap[] {
  const { name } = task.desk.problem.instruments[j];
  const days = dates.map((years) => 365 * years);
  const axes = { value: "units", xLabel: "spot", yLabel: "day", xs: spots, ys: days } as const;
  const position: StudyMap = {
    title: `Position in ${name}`,
    note: "After the trade, with nothing held before.",
    ...axes,
    values: answers.map(({ positions }) => Array.from(positions[j])),
    isSigned: true,
  };
  if (!(`low${j}` in answers[0].details)) return [position];
  const width: StudyMap = {
    title: `No-trade band of ${name}`,
    note: "Its width: positions inside it are left as they are.",
    ...axes,
    values: answers.map(({ details }) =>
      Array.from(details[`high${j}`], (high, i) => high - details[`low${j}`][i]),
    ),
    isSigned: false,
  };
  return [position, width];
}

/** The trade by the position before and the spot, half way; of the others what the policy holds there. */
async function tradeMap(
  { task, backend, spots, dates, answers }: Sweep,
  j: number,
): Promise<StudyMap> {
  const { problem, policy } = task.desk;
  const { instruments } = problem;
  const half = answers.length >> 1;
  const years = dates[half];
  const [low, high] = widened(Array.from(answers[half].positions[j]), instruments[j].limits);
  const held = spaced(rows, (share) => low + (high - low) * share);
  const repeat = (values: Iterable<number>): number[] => {
    const own = [...values];
    return held.flatMap(() => own);
  };
  const others = instruments.flatMap((_, k) =>
    k === j ? [] : [[positionName(k), repeat(answers[half].positions[k])] as const],
  );
  const { positions } = await policyAt(problem, policy, task.theta, backend, {
    years,
    states: {
      spot: repeat(spots),
      [positionName(j)]: held.flatMap((own) => spots.map(() => own)),
      ...Object.fromEntries(others),
    },
  });
  return {
    title: `Trade of ${instruments[j].name} half way`,
    note: `On day ${Number((365 * years).toFixed(1))}: units bought (orange) or sold (blue); grey is the band, where nothing is traded.`,
    value: "units bought",
    xLabel: "spot",
    yLabel: "held before, units",
    xs: spots,
    ys: held,
    values: held.map((own, row) => spots.map((_, i) => positions[j][row * spots.length + i] - own)),
    isSigned: true,
  };
}

/** Range of positions worth asking about: where the position goes, and a third more, within the limits. */
function widened(
  values: readonly number[],
  { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }: Limits,
): [number, number] {
  const [least, most] = [Math.min(...values, 0), Math.max(...values, 0)];
  const margin = (most - least || 1) / 3;
  return [Math.max(low, least - margin), Math.min(high, most + margin)];
}

const spaced = (count: number, at: (share: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => at(i / (count - 1)));

/** At most so many, evenly, with the first and the last. */
function pick(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return spaced(count, (share) => values[Math.round(share * (values.length - 1))]);
}
