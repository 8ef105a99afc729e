/**
 * Snapshots of a study, and its results on disk: one small file for each model on each snapshot, written whole.
 *
 *   OUT/<scenario>/<snapshot>/<model>.json        what was measured, and the settings it was measured with
 *   OUT/<scenario>/<snapshot>/<model>.started     a run is working on it, or ended without a word
 *
 * A result whose settings are those of the study is never computed again; remove a file to have it measured anew.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Scenario, StudyRecord } from "../compare/index.ts";
import { InputError } from "../num/errors.ts";
import { writeFileAtomically } from "./atomicWrite.ts";

/** One chain to load; `next` is the file after it, where there is one. */
export interface StudySnapshot {
  /** Unique in the study, and fit for a folder. */
  readonly name: string;
  readonly file: string;
  readonly underlying?: string;
  readonly day?: string;
  readonly next: { readonly file: string; readonly day?: string } | null;
}

const chainFile = /\.(csv|json|jsonl|parquet)(\.gz)?$/i;

/** Chain files of some paths; folders are searched to the bottom. In order of their names, which begin with or hold
 * the time in every supported source.
 *
 * Throws  InputError when a path does not exist or nothing is found
 */
export function chainFiles(paths: readonly string[]): string[] {
  const found = paths.flatMap((path) => {
    if (!existsSync(path)) {
      throw new InputError(
        `study: expected a file or a folder, got ${path}, which is not there. Check the path.`,
      );
    }
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => chainFile.test(name))
      .map((name) => join(path, name));
  });
  if (found.length === 0) {
    throw new InputError(
      `study: expected chain files (csv, json, parquet, gzipped or not) in ${paths.join(", ")}, got none. Pass their folder.`,
    );
  }
  return [...new Set(found)].sort((a, b) => basename(a).localeCompare(basename(b)));
}

/** Every file and day, and of each every underlying as a snapshot, with the file or day that follows.
 *
 * Shape   → [moment][underlying]
 */
export function studySnapshots(
  files: readonly string[],
  underlyings: readonly string[] | undefined,
  days: readonly string[] | undefined,
): StudySnapshot[][] {
  return files.flatMap((file, f) =>
    (days ?? [undefined]).map((day, d) =>
      (underlyings ?? [undefined]).map((underlying): StudySnapshot => {
        const stem = basename(file).replace(/(\.(csv|json|jsonl|parquet|gz))+$/i, "");
        const chosen = [stem, underlying, day].filter((part) => part !== undefined);
        const nextDay = days?.[d + 1];
        const next =
          nextDay !== undefined
            ? { file, day: nextDay }
            : day === undefined && f + 1 < files.length
              ? { file: files[f + 1] }
              : null;
        return {
          name: chosen.join("-").replace(/[^\w.-]+/g, "_"),
          file,
          ...(underlying === undefined ? {} : { underlying }),
          ...(day === undefined ? {} : { day }),
          next,
        };
      }),
    ),
  );
}

/** A result as it is kept. */
interface StoredRecord extends StudyRecord {
  readonly settings: string;
}

/** Results of a study. */
export interface StudyStore {
  has(snapshot: string, model: string): boolean;
  save(record: StudyRecord): void;
  /** Marks a model as begun; says how many earlier runs began it and never came back. */
  begin(snapshot: string, model: string): number;
  /** Takes the mark away: the run stops in good order. */
  release(snapshot: string, model: string): void;
  /** Every result with the study's settings. */
  records(): StudyRecord[];
}

/** The results under `out` for a scenario and settings. */
export function studyStore(out: string, scenario: Scenario, settings: string): StudyStore {
  const root = join(out, scenario);
  const place = (snapshot: string, model: string): string => join(root, snapshot, `${model}.json`);
  const mark = (snapshot: string, model: string): string =>
    join(root, snapshot, `${model}.started`);
  const read = (path: string): StoredRecord | undefined => {
    if (!existsSync(path)) return undefined;
    try {
      const record = JSON.parse(readFileSync(path, "utf8")) as StoredRecord;
      return record.schemaVersion === 1 && record.settings === settings ? record : undefined;
    } catch {
      // Not a result of ours, or cut short by something that does not write atomically: it is measured again.
      return undefined;
    }
  };
  return {
    has: (snapshot, model) => read(place(snapshot, model)) !== undefined,
    save(record) {
      const stored: StoredRecord = { ...record, settings };
      const { snapshot, model } = record;
      writeFileAtomically(place(snapshot, model.name), `${JSON.stringify(stored)}\n`);
      rmSync(mark(snapshot, model.name), { force: true });
    },
    begin(snapshot, model) {
      const path = mark(snapshot, model);
      const before = existsSync(path) ? Number(readFileSync(path, "utf8")) || 1 : 0;
      mkdirSync(join(root, snapshot), { recursive: true });
      writeFileAtomically(path, `${before + 1}\n`);
      return before;
    },
    release: (snapshot, model) => rmSync(mark(snapshot, model), { force: true }),
    records() {
      if (!existsSync(root)) return [];
      return readdirSync(root, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".json"))
        .sort()
        .flatMap((name) => read(join(root, name)) ?? []);
    },
  };
}
