/** What `study` tells a person, and the same as Markdown for a document. */
import type { MeanInterval, StudyDocument, StudyGroup, StudyRow } from "../compare/index.ts";
import { textTable } from "./textTable.ts";

const none = "–";
const points = (value: number): string => value.toFixed(2);
const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
const percent = (value: number): string => (100 * value).toFixed(1);
const hundredths = (value: number): string => (100 * value).toFixed(2);

/** "1.23 (1.10–1.39)": a mean and its 95 % interval. */
function interval(mean: MeanInterval | null | undefined, text: (value: number) => string): string {
  if (mean === null || mean === undefined) return none;
  if (mean.low === null || mean.high === null) return text(mean.mean);
  return `${text(mean.mean)} (${text(mean.low)}, ${text(mean.high)})`;
}

const plain = (mean: MeanInterval | null, text: (value: number) => string): string =>
  mean === null ? none : text(mean.mean);

interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function inSample({ rows }: StudyGroup): Table {
  return {
    title:
      "In sample: vol points, share of certificates that pass (%), median seconds of a fit; ✗ failed",
    header: ["model", "n", "inside %", "RMSE", "ATM", "wings", "arb-free", "seconds"],
    rows: rows.map(({ name, snapshots, failures, means }) => [
      name,
      failures === 0 ? String(snapshots) : `${snapshots} (${failures}✗)`,
      interval(means.insideShare, percent),
      interval(means.rmseVolPoints, points),
      plain(means.atmRmseVolPoints, points),
      plain(means.wingRmseVolPoints, points),
      plain(means.certificatePass, percent),
      means.seconds === null ? none : secondsText(means.seconds.median),
    ]),
  };
}

const secondsText = (seconds: number): string =>
  seconds >= 1 ? seconds.toFixed(1) : seconds.toFixed(3);

const OUT_OF_SAMPLE = [
  ["held-out strikes", "heldOutStrikeRmseVolPoints"],
  ["held-out expiry", "heldOutExpiryRmseVolPoints"],
  ["next snapshot", "nextSnapshotRmseVolPoints"],
] as const;

function outOfSample({ rows }: StudyGroup): Table {
  return {
    title: "Out of sample, RMSE in vol points (95 % interval)",
    header: ["model", ...OUT_OF_SAMPLE.map(([name]) => name), "next inside %"],
    rows: rows.map(({ name, means }) => [
      name,
      ...OUT_OF_SAMPLE.map(([, measure]) => interval(means[measure], points)),
      plain(means.nextSnapshotInsideShare, percent),
    ]),
  };
}

function differences({ rows }: StudyGroup, reference: string): Table {
  const compared = rows.filter(
    (row): row is StudyRow & { differences: NonNullable<StudyRow["differences"]> } =>
      row.differences !== null,
  );
  return {
    title: `Model − ${reference} on the same snapshots, vol points: positive where ${reference} is better`,
    header: ["model", ...OUT_OF_SAMPLE.map(([name]) => name)],
    rows: compared.map(({ name, differences: d }) => [
      name,
      ...OUT_OF_SAMPLE.map(([, measure]) => interval(d[measure], signed)),
    ]),
  };
}

/** Models whose exotics were asked for. */
function exotics({ rows }: StudyGroup): Table {
  return {
    title:
      "Exotics: share priced (%); vanillas on the same paths, less the own surface and less the market (vol points, net of noise); shift of prices without every third strike (%)",
    header: ["model", "priced %", "own", "market", "shift"],
    rows: rows
      .filter(({ means }) => means.exoticsPriced !== null)
      .map(({ name, means }) => [
        name,
        plain(means.exoticsPriced, percent),
        plain(means.exoticsVanillaRmseVolPoints, points),
        interval(means.exoticsMarketRmseVolPoints, points),
        interval(means.exoticsStrikeShift, hundredths),
      ]),
  };
}

const tablesOf = (group: StudyGroup, reference: string): Table[] =>
  [inSample(group), outOfSample(group), differences(group, reference), exotics(group)].filter(
    ({ rows }) => rows.length > 0,
  );

const headingOf = ({ name, snapshots, days, from, to }: StudyGroup): string =>
  `${name}: ${snapshots} snapshots on ${days} days, ${from.slice(0, 10)} to ${to.slice(0, 10)}`;

/** The study for a terminal. */
export function studyText(document: StudyDocument): string {
  const parts = document.groups.flatMap((group) => [
    headingOf(group),
    "",
    ...tablesOf(group, document.reference).flatMap(({ title, header, rows }) => [
      title,
      textTable(header, rows),
      "",
    ]),
  ]);
  return [`Scenario ${document.scenario}`, "", ...parts].join("\n");
}

/** The study as Markdown, with the command that made it. */
export function studyMarkdown(document: StudyDocument, command: string): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const groups = document.groups.flatMap((group) => [
    `## ${headingOf(group)}`,
    "",
    ...tablesOf(group, document.reference).flatMap(({ title, header, rows }) => [
      `${title}.`,
      "",
      line(header),
      line(header.map((_, i) => (i === 0 ? "---" : "---:"))),
      ...rows.map(line),
      "",
    ]),
  ]);
  return [`# Study: ${document.scenario}`, "", `\`${command}\``, "", ...groups].join("\n");
}
