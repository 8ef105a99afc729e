/** Every job a worker can run, by name. Add a line here; the page calls `startJob("name", input)`. */
import type { JobTable } from "../protocol.ts";

export const jobs = {} satisfies JobTable;

export type Jobs = typeof jobs;
