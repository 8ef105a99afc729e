/** How a desk uses deep hedging: configuration, policy files, measurements. */
export type { HedgeDocument, MeasuredPolicy } from "./document.ts";
export { exampleConfig } from "./example.ts";
export { measureDesk, type MeasureOptions, type MeasureTask } from "./measure.ts";
export {
  configFingerprint,
  decodePolicy,
  encodePolicy,
  isPolicyText,
  type PolicyFile,
  type TrainingRecord,
} from "./policyFile.ts";
export { type DeskProblem, deskProblem } from "./problem.ts";
export { readHedgeConfig } from "./readConfig.ts";
export { configVersion, type HedgeConfig, hedgeConfigJsonSchema } from "./schema.ts";
