/** Every job a worker can run, by name. Add a line here; the page calls `startJob("name", input)`. */
import type { JobTable } from "../protocol.ts";

export const jobs = {
  loadMarket: async () => (await import("./loadMarket.ts")).loadMarket,
  applyScenario: async () => (await import("./applyScenario.ts")).applyScenario,
  fitModels: async () => (await import("./fitModels.ts")).fitModels,
  dragFit: async () => (await import("./dragFit.ts")).dragFit,
  surfaceGrid: async () => (await import("./surfaceGrid.ts")).surfaceGrid,
  train: async () => (await import("./train.ts")).train,
  inspect: async () => (await import("./inspect.ts")).inspect,
  removeQuote: async () => (await import("./removeQuote.ts")).removeQuote,
  lessonWalks: async () => (await import("./lesson.ts")).walks,
  lessonKnobs: async () => (await import("./lesson.ts")).knobs,
  lessonTiny: async () => (await import("./lesson.ts")).tiny,
  lessonSurface: async () => (await import("./lesson.ts")).surface,
  lessonRepair: async () => (await import("./lesson.ts")).repair,
  lessonBands: async () => (await import("./lesson.ts")).bands,
  hedgeCurves: async () => (await import("./hedge/curves.ts")).holdCurves,
  hedgeTrain: async () => (await import("./hedge/train.ts")).trainHedgeJob,
  hedgeExact: async () => (await import("./hedge/exact.ts")).exactHedge,
  hedgeMeasure: async () => (await import("./hedge/measure.ts")).measureHedge,
  hedgeFrontier: async () => (await import("./hedge/frontier.ts")).frontierJob,
  hedgeReplay: async () => (await import("./hedge/replay.ts")).replayHedge,
  hedgeExplain: async () => (await import("./hedge/explain.ts")).explainHedge,
  hedgeRead: async () => (await import("./hedge/files.ts")).readHedgeFile,
  hedgeWrite: async () => (await import("./hedge/files.ts")).writeHedgeFile,
} satisfies JobTable;

export type Jobs = typeof jobs;
