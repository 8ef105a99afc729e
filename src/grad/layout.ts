/**
 * Where the values of a graph lie on a tape: node i occupies `size` numbers from `start[i]`.
 */
import type { Graph } from "../ir/node.ts";

/** Tape positions of a graph's nodes. */
export interface TapeLayout {
  readonly graph: Graph;
  /** [node] first number of the node. */
  readonly start: readonly number[];
  /** Numbers on the tape. */
  readonly length: number;
}

/** Lays the nodes of a graph out one after another. */
export function layOutTape(graph: Graph): TapeLayout {
  const start: number[] = [];
  let length = 0;
  for (const node of graph.nodes) {
    start.push(length);
    length += node.size;
  }
  return { graph, start, length };
}
