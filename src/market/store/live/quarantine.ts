/**
 * What was not stored, for people to look at: a file beside the data with samples of refused messages.
 *
 * Every refusal is counted; the first few of each kind are written down, so that an exchange which changes its
 * interface overnight does not fill the disk.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Refusal } from "../../sources/live/feed.ts";
import { makeFolder } from "../durable.ts";

/** Refusals of one kind. */
export interface RefusalCount {
  readonly reason: Refusal["reason"];
  /** Channel or method without the instrument. */
  readonly source: string;
  readonly count: number;
  /** What was wrong with the first one. */
  readonly sample: string;
}

/** Keeps refusals. */
export interface Quarantine {
  add(refusal: Refusal): void;
  counts(): RefusalCount[];
  /** File with the samples, relative to the store; null when nothing was refused. */
  file(): string | null;
}

const SAMPLES_OF_A_KIND = 20;
const LONGEST_SAMPLE = 2000;

/** A quarantine that is named after the time and what fills it. */
export function quarantineIn(folder: string, name: string, now: () => number): Quarantine {
  const stamp = new Date(now()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const path = `quarantine/${stamp}-${name}.jsonl`;
  const kinds = new Map<string, { -readonly [K in keyof RefusalCount]: RefusalCount[K] }>();
  return {
    add({ reason, source, detail, message }) {
      const [topic] = source.split(/[. ]/, 1);
      const key = `${reason} ${topic}`;
      let kind = kinds.get(key);
      if (kind === undefined) {
        kind = { reason, source: topic, count: 0, sample: detail };
        kinds.set(key, kind);
      }
      kind.count++;
      if (kind.count > SAMPLES_OF_A_KIND) return;
      if (kinds.size === 1 && kind.count === 1) makeFolder(join(folder, "quarantine"));
      const text = typeof message === "string" ? message : JSON.stringify(message);
      const line = {
        at: new Date(now()).toISOString(),
        reason,
        source,
        detail,
        message: String(text).slice(0, LONGEST_SAMPLE),
      };
      appendFileSync(join(folder, path), `${JSON.stringify(line)}\n`);
    },
    counts: () => [...kinds.values()].map((kind) => ({ ...kind })),
    file: () => (kinds.size === 0 ? null : path),
  };
}
