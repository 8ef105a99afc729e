/**
 * The market store: append-only Parquet files with a journal, read as of a time. Needs Node and `@duckdb/node-api`.
 *
 * `openWriter` and `importFiles` fill it; `openStore` reads it; docs/store.md describes it.
 */
export { checkStoreData, type CheckQuery, type Finding, type FindingType } from "./check.ts";
export { exportRows, type ExportFormat } from "./exportRows.ts";
export { isStore } from "./folder.ts";
export { replyGroups } from "./import/deribitReplies.ts";
export { readSource } from "./import/readSource.ts";
export type { Hints } from "./import/storeTable.ts";
export {
  importDefaults,
  importFiles,
  type ImportOptions,
  importPaths,
  type ImportSummary,
} from "./importFiles.ts";
export type { Commit, StoredFile, StoredSource } from "./journal.ts";
export {
  columnsOf,
  type Kind,
  kindNames,
  kinds,
  partitionOf,
  type RowGroup,
  type RowOf,
} from "./kinds.ts";
export {
  storeWatchDefaults,
  type StoreWatchOptions,
  watchIntoStore,
  type WatchReport,
} from "./live/watchIntoStore.ts";
export {
  pullDefaults,
  pullDeribit,
  type PullOptions,
  type PullReport,
} from "./live/pullDeribit.ts";
export { type PullPart, pullParts } from "./live/pullParts.ts";
export { watchDefaults } from "../sources/live/watch.ts";
export {
  type AsOf,
  type ChainQuery,
  openStore,
  readerDefaults,
  type RowQuery,
  type Series,
  type StoreReader,
} from "./reader.ts";
export { listRuns, type NewRun, recordRun, type Run, type RunKind } from "./runs.ts";
export { openWriter, type Recovery, type SourceRows, type StoreWriter } from "./writer.ts";
export { type Owner, readOwner } from "./writerLock.ts";
