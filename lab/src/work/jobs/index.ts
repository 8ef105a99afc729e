/** Every job a worker can run, by name. Add a line here; the page calls `startJob("name", input)`. */
import type { JobTable } from "../protocol.ts";

export const jobs = {
  lessonWalks: async () => (await import("./lesson.ts")).walks,
  lessonKnobs: async () => (await import("./lesson.ts")).knobs,
  lessonTiny: async () => (await import("./lesson.ts")).tiny,
  lessonSurface: async () => (await import("./lesson.ts")).surface,
  lessonRepair: async () => (await import("./lesson.ts")).repair,
  lessonBands: async () => (await import("./lesson.ts")).bands,
} satisfies JobTable;

export type Jobs = typeof jobs;
