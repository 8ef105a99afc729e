/**
 * The intermediate representation: what a traced simulation is.
 *
 * A program is a *scan*: per-path state, one `step` applied over a time grid, observations of the
 * state at some dates, and rows (for instance quotes) that average a payoff of one observation over
 * the paths. It is traced once from TypeScript expressions into straight-line graphs in SSA form:
 * a node's inputs are indices of earlier nodes of the same graph.
 *
 * Three kinds of value ("extent") exist, and the split is what makes the compiled code fast:
 *   - `uniform`  one float64 number, the same for all paths: constants, parameters, per-step tables
 *                and arithmetic on them. Evaluated on the host in float64, once per step, never per path.
 *   - `path`     one float32 number per path.
 *   - `vector`   `size` numbers per path, only as input and output of dense layers.
 *
 * Stages, in the order of execution (a stage is one graph):
 *   init     parameters, initial noise                         → state[0]
 *   step     state[i], parameters, step tables, step noise      → state[i+1]   (i = 0 … steps-1)
 *   observe  state after an observation date's step, parameters → observed path values
 *   row      observed values, row tables, parameters            → one path value, averaged over paths
 */

/** Which values a node holds: see the module comment. */
export type Extent = "uniform" | "path" | "vector";

/** Elementwise functions of one argument, on `uniform` and `path` values (and on `vector`, row by row, for the activations). */
export type UnaryOp =
  | "neg"
  | "exp"
  | "log"
  | "sqrt"
  | "tanh"
  | "sigmoid"
  | "softplus"
  | "silu"
  | "normCdf"
  | "abs"
  | "round"
  | "reciprocal"
  | "square";

/** Elementwise functions of two arguments; `uniform` operands are broadcast over the paths. */
export type BinaryOp = "add" | "sub" | "mul" | "div" | "max" | "min";

interface NodeBase {
  readonly extent: Extent;
  /** Rows per path: 1 for `uniform` and `path`. */
  readonly size: number;
  /** The user's name for the value, when given with `named(...)`; used in errors and in print. */
  readonly label?: string;
}

/** A number known at trace time. */
export interface ConstNode extends NodeBase {
  readonly op: "const";
  readonly value: number;
}
/** One scalar parameter: `offset` into the flat parameter vector. */
export interface ParamNode extends NodeBase {
  readonly op: "param";
  readonly offset: number;
}
/** A parameter chosen by the step: theta[offset + table[column][step]]; the column holds integers. */
export interface ParamAtNode extends NodeBase {
  readonly op: "paramAt";
  readonly offset: number;
  readonly length: number;
  readonly column: number;
}
/** Per-step table value (stage `step`), per-date value (stage `observe`: the row of the date) or per-row value (stage `row`). */
export interface TableNode extends NodeBase {
  readonly op: "table";
  readonly column: number;
}
/** A component of the state on entry of the stage (`step`: before the step; `observe`: at the date). */
export interface StateNode extends NodeBase {
  readonly op: "state";
  readonly index: number;
}
/** A standard normal per path: factor `index` of this step, or of the initial noise in stage `init`. */
export interface NoiseNode extends NodeBase {
  readonly op: "noise";
  readonly index: number;
}
/** An observed path value (stage `row` only). */
export interface ObservedNode extends NodeBase {
  readonly op: "observed";
  readonly index: number;
}
export interface UnaryNode extends NodeBase {
  readonly op: UnaryOp;
  readonly a: number;
}
export interface BinaryNode extends NodeBase {
  readonly op: BinaryOp;
  readonly a: number;
  readonly b: number;
}
/** a > 0 ? b : c, lane by lane. The derivative flows to b or c only. */
export interface SelectNode extends NodeBase {
  readonly op: "select";
  readonly a: number;
  readonly b: number;
  readonly c: number;
}
/** Stacks scalars (`path` or `uniform`) into a vector. */
export interface StackNode extends NodeBase {
  readonly op: "stack";
  readonly parts: readonly number[];
}
/** Row `row` of a vector, as a `path` value. */
export interface ElementNode extends NodeBase {
  readonly op: "element";
  readonly a: number;
  readonly row: number;
}
/**
 * Affine map W x + b with weights shared by all paths and steps.
 * W is row-major [size][inputs] at `weight` in the parameter vector, b [size] at `bias`.
 */
export interface DenseNode extends NodeBase {
  readonly op: "dense";
  readonly a: number;
  readonly inputs: number;
  readonly weight: number;
  readonly bias: number;
}

export type Node =
  | ConstNode
  | ParamNode
  | ParamAtNode
  | TableNode
  | StateNode
  | NoiseNode
  | ObservedNode
  | UnaryNode
  | BinaryNode
  | SelectNode
  | StackNode
  | ElementNode
  | DenseNode;

/** The name of any node kind. */
export type Op = Node["op"];

/** A straight-line program: `nodes[i]` only refers to smaller indices; `outputs` are node indices of extent `path` or `uniform`. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly outputs: readonly number[];
}

/** A named slice of the flat parameter vector. Shape [] is a scalar, [n] a vector, [n, m] a row-major matrix. */
export interface ParamSegment {
  readonly name: string;
  readonly offset: number;
  readonly shape: readonly number[];
}

/** A traced simulation. Tables and dates are data of a *run* (see backend/backend.ts), not of the program. */
export interface Program {
  readonly name: string;
  readonly params: readonly ParamSegment[];
  /** Length of the flat parameter vector. */
  readonly paramCount: number;
  readonly stateNames: readonly string[];
  /** Standard normals per step and at the start. */
  readonly factors: number;
  readonly initialNormals: number;
  readonly stepTables: readonly string[];
  readonly observedNames: readonly string[];
  readonly rowTables: readonly string[];
  readonly init: Graph;
  readonly step: Graph;
  readonly observe: Graph;
  /** One output; absent when the program has no rows (only per-path observations are read). */
  readonly row?: Graph;
}
