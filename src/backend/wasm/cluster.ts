/**
 * One fused loop over the 8 vectors of a block: addresses that walk along rows, and values read on demand.
 *
 * Within a cluster every node is loaded or computed at most once per vector; where a value comes from
 * (a leaf's row, the frame, a uniform slot, the constant pool, or computing it again) is decided here.
 */
import type { BinaryNode, Graph, SelectNode, UnaryNode } from "../../ir/node.ts";
import { binaryValue, unaryValue } from "./elementwise.ts";
import type { Code } from "./encode.ts";
import {
  addressAdd,
  countedLoop,
  f32Load,
  f64Load,
  f64Store,
  get,
  i32,
  type Local,
  op,
  set,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { asElement, isLeaf, resolve, rowBytes, type Schedule } from "./schedule.ts";
import {
  each,
  load,
  loadSplat,
  read,
  type Vector,
  vectorBytes,
  type VectorLocal,
} from "./vector.ts";
import { type VectorMath, vectorMath } from "./vectorMath.ts";

/** Where a stage's data lies: base addresses of the block's rows. */
export interface StageBases {
  readonly frame: Local;
  /** Base of state or observed rows, and the distance between them. */
  readonly input: Local;
  readonly inputStride: Local;
  /** Base of the normals, and the distance between factors. */
  readonly noise: Local;
  readonly noiseStride: Local;
  /** float32 slots of the uniform values. */
  readonly uniform: Local;
}

/** A cluster while its loop body is being written. */
export interface Cluster {
  readonly math: VectorMath;
  /** Address of the current vector of row `row` at base `base` (rows `stride` bytes apart; 256 when omitted). */
  at(base: Local, row: number, stride?: Local): readonly [Code, number];
  /** The node's value, as a local. */
  value(index: number): VectorLocal;
  /** Declares the value of a node computed in this cluster. */
  define(index: number, value: Vector): VectorLocal;
  /** Adds the value's sum over the block to the float64 at `target` + `offset`, by way of a vector in memory. */
  sum(value: Vector, target: Local, offset: number, room: Room): void;
}

/** Memory for one vector, that no other sum of the function uses. */
export interface Room {
  readonly base: Local;
  readonly offset: number;
}

/** Emits a cluster: `write` produces the loop body through the given context. */
export function emitCluster(
  module: ModuleBuilder,
  f: FunctionBuilder,
  plan: Schedule,
  bases: StageBases,
  write: (cluster: Cluster) => void,
): void {
  const body: Code[] = [];
  const before: Code[] = [];
  const after: Code[] = [];
  const walking = new Map<string, Local>();
  const values = new Map<number, VectorLocal>();
  const math = vectorMath(module, f, (code) => body.push(code));
  const walker = (base: Local, row: number, stride: Local | undefined): Local => {
    const key = stride === undefined || row === 0 ? `${base}` : `${base}+${row}*${stride}`;
    const known = walking.get(key);
    if (known !== undefined) return known;
    const local = f.local("i32");
    const offset =
      stride === undefined || row === 0
        ? []
        : [op("i32.mul", get(stride), i32(row)), op("i32.add")];
    before.push(set(local, [get(base), offset]));
    walking.set(key, local);
    return local;
  };
  const at = (base: Local, row: number, stride?: Local): readonly [Code, number] => {
    const local = walker(base, row, stride);
    return [get(local), stride === undefined ? row * rowBytes : 0];
  };
  const cluster: Cluster = {
    math,
    at,
    sum(value, target, offset, room) {
      const running = math.variable();
      before.push(set(running.halves[0], module.f32x4(0).halves[0]));
      before.push(set(running.halves[1], module.f32x4(0).halves[0]));
      math.assign(running, each("f32x4.add", read(running), value));
      after.push([
        math.storeCode(get(room.base), running, room.offset),
        addLanes(target, offset, room.base, room.offset),
      ]);
    },
    define(index, value) {
      const local = math.keep(value);
      values.set(index, local);
      return local;
    },
    value(raw) {
      const index = resolve(plan.graph, raw);
      return (
        values.get(index) ?? cluster.define(index, source(module, plan, bases, cluster, index))
      );
    },
  };
  write(cluster);
  if (body.length === 0) return;
  const counter = f.local("i32");
  const advance = [...walking.values()].map((local) =>
    set(local, addressAdd(get(local), vectorBytes)),
  );
  f.emit(before, countedLoop(counter, rowBytes, vectorBytes, [body, advance]), after);
}

/** float64 at target + offset += the eight lanes of the vector in memory. */
export function addLanes(target: Local, offset: number, base: Local, at = 0): Code {
  const lane = (i: number) => op("f64.promote_f32", f32Load(get(base), at + 4 * i));
  const pair = (i: number) => op("f64.add", lane(i), lane(i + 1));
  const half = (i: number) => op("f64.add", pair(i), pair(i + 2));
  const sum = op("f64.add", half(0), half(4));
  return f64Store(get(target), op("f64.add", f64Load(get(target), offset), sum), offset);
}

/** Code that produces a node's value in a cluster that has not computed it yet. */
function source(
  module: ModuleBuilder,
  plan: Schedule,
  bases: StageBases,
  cluster: Cluster,
  index: number,
): Vector {
  const node = plan.graph.nodes[index];
  if (node.op === "const") return module.f32x4(node.value);
  if (node.extent === "uniform")
    return loadSplat(get(bases.uniform), 4 * plan.slots.indexOf(index));
  if (isLeaf(node)) {
    const leaf = node as { op: string; index: number };
    return load(
      ...(leaf.op === "noise"
        ? cluster.at(bases.noise, leaf.index, bases.noiseStride)
        : cluster.at(bases.input, leaf.index, bases.inputStride)),
    );
  }
  if (node.op === "element") {
    const { a, row } = asElement(node);
    return load(...cluster.at(bases.frame, plan.rowOf.get(a)! + row));
  }
  const stored = plan.rowOf.get(index);
  if (stored !== undefined) return load(...cluster.at(bases.frame, stored));
  return compute(plan.graph, cluster, index);
}

/** Code of a scalar op on the values of its operands. */
export function compute(graph: Graph, cluster: Cluster, index: number): Vector {
  const node = graph.nodes[index];
  if (node.op === "select") {
    const { a, b, c } = node as SelectNode;
    return cluster.math.whenPositive(
      read(cluster.value(a)),
      read(cluster.value(b)),
      read(cluster.value(c)),
    );
  }
  if (node.op in binaryValue) {
    const { op: name, a, b } = node as BinaryNode;
    return binaryValue[name](read(cluster.value(a)), read(cluster.value(b)));
  }
  const { op: name, a } = node as UnaryNode;
  return unaryValue[name](cluster.math, cluster.value(a));
}
