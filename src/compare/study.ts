/**
 * Many comparisons in one table: means with confidence intervals, and differences from a reference model on the same
 * snapshots.
 *
 * A mean is over the snapshots at which the model was measured; failures are counted beside it, never averaged. A
 * difference is paired, model − reference, over the snapshots that have both, so what a day does to every model
 * cancels. Stressed days are the tenth of an underlying's snapshots with the highest 30-day volatility: real ones.
 */
import { type MeanInterval, meanInterval, quantile } from "./bootstrap.ts";
import type { ModelComparison } from "./compareDocument.ts";
import type { Scenario } from "./scenario.ts";

/** One model on one snapshot, as a study keeps it. */
export interface StudyRecord {
  readonly schemaVersion: 1;
  /** Name of the snapshot, unique in the study. */
  readonly snapshot: string;
  readonly underlying: string;
  /** ISO 8601. */
  readonly asOf: string;
  readonly nextAsOf: string | null;
  readonly scenario: Scenario;
  /** 30-day at-the-money volatility. */
  readonly level: number;
  readonly quotes: number;
  readonly model: ModelComparison;
}

/** What is averaged. */
export type StudyMeasure =
  | "insideShare"
  | "rmseVolPoints"
  | "rmseSpreads"
  | "atmRmseVolPoints"
  | "wingRmseVolPoints"
  | "heldOutStrikeRmseVolPoints"
  | "heldOutExpiryRmseVolPoints"
  | "nextSnapshotRmseVolPoints"
  | "nextSnapshotInsideShare"
  | "exoticsPriced"
  | "exoticsVanillaRmseVolPoints"
  | "exoticsMarketRmseVolPoints"
  | "exoticsStrikeShift"
  | "certificatePass"
  | "certificatePassAtQuotes"
  | "seconds";

const share = (pass: boolean | undefined): number | null =>
  pass === undefined ? null : pass ? 1 : 0;

const measures: Readonly<Record<StudyMeasure, (model: ModelComparison) => number | null>> = {
  insideShare: (m) => m.insideShare,
  rmseVolPoints: (m) => m.rmseVolPoints,
  rmseSpreads: (m) => m.rmseSpreads,
  atmRmseVolPoints: (m) => m.atmRmseVolPoints,
  wingRmseVolPoints: (m) => m.wingRmseVolPoints,
  heldOutStrikeRmseVolPoints: (m) => m.heldOutStrikeRmseVolPoints,
  heldOutExpiryRmseVolPoints: (m) => m.heldOutExpiryRmseVolPoints,
  nextSnapshotRmseVolPoints: (m) => m.nextSnapshotRmseVolPoints,
  nextSnapshotInsideShare: (m) => m.nextSnapshotInsideShare,
  exoticsPriced: (m) => (m.exotics == null ? null : m.exotics.message === "" ? 1 : 0),
  exoticsVanillaRmseVolPoints: (m) => m.exotics?.vanillaRmseVolPoints ?? null,
  exoticsMarketRmseVolPoints: (m) => m.exotics?.vanillaMarketRmseVolPoints ?? null,
  exoticsStrikeShift: (m) => m.exotics?.heldOutStrikeShift ?? null,
  certificatePass: (m) => share(m.certificate?.pass),
  certificatePassAtQuotes: (m) => share(m.certificate?.passAtQuotes),
  seconds: (m) => (m.status === "failed" ? null : m.seconds),
};

const studyMeasures = Object.keys(measures) as readonly StudyMeasure[];

type Measured = Readonly<Record<StudyMeasure, MeanInterval | null>>;

/** One model over the snapshots of a group. */
export interface StudyRow {
  readonly name: string;
  readonly title: string;
  readonly snapshots: number;
  readonly failures: number;
  readonly means: Measured;
  /** Model − reference on the same snapshots; null in the reference's own row. */
  readonly differences: Measured | null;
}

export interface StudyGroup {
  /** `BTC`, `all`, `BTC, stressed days`. */
  readonly name: string;
  readonly snapshots: number;
  readonly days: number;
  readonly from: string;
  readonly to: string;
  readonly rows: readonly StudyRow[];
}

/** What a study says. */
export interface StudyDocument {
  readonly schemaVersion: 1;
  readonly scenario: Scenario;
  readonly reference: string;
  readonly seed: number;
  readonly groups: readonly StudyGroup[];
}

export interface StudyOptions {
  /** Model whose row the others are compared with. */
  readonly reference?: string;
  readonly seed?: number;
  /** Only snapshots that every model was measured on, so that all rows are means over the same. */
  readonly common?: boolean;
  /** Order of rows, by name; models that are not listed come after, in order of appearance. */
  readonly order?: readonly string[];
}

export const studyDefaults = { reference: "neural-sde", seed: 1, stressedShare: 0.1 } as const;

/** Fewest snapshots of an underlying of which a tenth is a group of its own. */
const enoughForStress = 20;

/** The study of some records, all of one scenario. */
export function summariseStudy(
  records: readonly StudyRecord[],
  scenario: Scenario,
  options: StudyOptions = {},
): StudyDocument {
  const reference = options.reference ?? studyDefaults.reference;
  const seed = options.seed ?? studyDefaults.seed;
  const all = records.filter((record) => record.scenario === scenario);
  const own = options.common === true ? commonOf(all) : all;
  const groups = groupsOf(own).map(
    ([name, group]): StudyGroup => describeGroup(name, group, reference, seed, options.order ?? []),
  );
  return { schemaVersion: 1, scenario, reference, seed, groups };
}

/** Records of the snapshots that have one of every model. */
function commonOf(records: readonly StudyRecord[]): readonly StudyRecord[] {
  const models = new Set(records.map(({ model }) => model.name)).size;
  const counts = Map.groupBy(records, ({ snapshot }) => snapshot);
  return records.filter(({ snapshot }) => counts.get(snapshot)?.length === models);
}

function groupsOf(records: readonly StudyRecord[]): [string, readonly StudyRecord[]][] {
  const byUnderlying = [...Map.groupBy(records, ({ underlying }) => underlying)].sort(([a], [b]) =>
    a.localeCompare(b),
  );
  const all: [string, readonly StudyRecord[]][] = byUnderlying.length > 1 ? [["all", records]] : [];
  const stressed = byUnderlying.flatMap(([name, group]): [string, readonly StudyRecord[]][] => {
    const levels = new Map(group.map(({ snapshot, level }) => [snapshot, level]));
    if (levels.size < enoughForStress) return [];
    const limit = quantile(
      [...levels.values()].sort((a, b) => a - b),
      1 - studyDefaults.stressedShare,
    );
    return [[`${name}, stressed days`, group.filter(({ level }) => level >= limit)]];
  });
  return [...byUnderlying, ...all, ...stressed];
}

function describeGroup(
  name: string,
  records: readonly StudyRecord[],
  reference: string,
  seed: number,
  order: readonly string[],
): StudyGroup {
  const times = records.map(({ asOf }) => asOf).sort();
  const byModel = Map.groupBy(records, ({ model }) => model.name);
  const rank = (model: string): number =>
    order.includes(model) ? order.indexOf(model) : order.length;
  const names = [...byModel.keys()].sort((a, b) => rank(a) - rank(b));
  const referenceRecords = new Map(
    (byModel.get(reference) ?? []).map((record) => [record.snapshot, record]),
  );
  return {
    name,
    snapshots: new Set(records.map(({ snapshot }) => snapshot)).size,
    days: new Set(records.map(dayOf)).size,
    from: times[0],
    to: times[times.length - 1],
    rows: names.map((model) => {
      const rows = byModel.get(model) ?? [];
      return {
        name: model,
        title: rows[0].model.title,
        snapshots: rows.length,
        failures: rows.filter((row) => row.model.status === "failed").length,
        means: each((measure) =>
          meanInterval(
            rows.flatMap((row) => observation(row, measures[measure](row.model))),
            seed,
          ),
        ),
        differences:
          model === reference || referenceRecords.size === 0
            ? null
            : each((measure) => pairedDifference(rows, referenceRecords, measure, seed)),
      };
    }),
  };
}

function pairedDifference(
  rows: readonly StudyRecord[],
  reference: ReadonlyMap<string, StudyRecord>,
  measure: StudyMeasure,
  seed: number,
): MeanInterval | null {
  const differences = rows.flatMap((row) => {
    const other = reference.get(row.snapshot);
    const a = measures[measure](row.model);
    const b = other === undefined ? null : measures[measure](other.model);
    return a === null || b === null ? [] : observation(row, a - b);
  });
  return meanInterval(differences, seed);
}

const each = (f: (measure: StudyMeasure) => MeanInterval | null): Measured =>
  Object.fromEntries(studyMeasures.map((measure) => [measure, f(measure)])) as Record<
    StudyMeasure,
    MeanInterval | null
  >;

const observation = (record: StudyRecord, value: number | null) =>
  value === null || !Number.isFinite(value) ? [] : [{ cluster: dayOf(record), value }];

const dayOf = ({ asOf }: StudyRecord): string => asOf.slice(0, 10);

/** An order in which every beginning is spread evenly over 0 … count − 1: multiples of the golden ratio modulo one.
 *
 * Unlike halving, it does not keep step with anything periodic, such as four snapshots a day.
 */
export function spreadOrder(count: number): number[] {
  const step = (Math.sqrt(5) - 1) / 2;
  const out = new Set<number>();
  for (let i = 0; out.size < count; i++) out.add(Math.floor(count * ((i * step) % 1)));
  return [...out];
}
