/** How many threads the page may use: one where memory cannot be shared with workers. */

/** Are the headers there that let workers share memory? */
export const isolated = globalThis.crossOriginIsolated === true;

/** One processor stays free for the page itself. */
export const threads = isolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1)) : 1;
