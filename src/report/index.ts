/** Reports of a fit and of a comparison. */
export { backtestReport } from "./backtestReport.ts";
export { compareReport } from "./compareReport.ts";
export { fitReportData } from "./fitReportData.ts";
export { hedgeReport } from "./hedge/hedgeReport.ts";
export {
  amounts,
  comparisonSentence,
  frictionSentence,
  oracleSentence,
  nothingSentence,
  optionPriceSentences,
  skippedSentence,
} from "./hedge/verdict.ts";
export { historyReport, type HistoryReportData } from "./historyReport.ts";
export { htmlReport } from "./htmlReport.ts";
export type {
  ReportData,
  ReportMap,
  ReportSmile,
  SurfaceGrid,
} from "./reportData.ts";
export { verdictSentence } from "./verdict.ts";
