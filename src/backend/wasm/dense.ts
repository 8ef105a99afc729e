/**
 * Dense layers on a block of 64 paths: rows of 64 float32 per unit, weights broadcast.
 *
 *   forward   Y[o] = act(b[o] + Σᵢ W[o][i] X[i])
 *   backward  dX[i] = Σₒ Wᵀ[i][o] dY[o]      (the forward kernel on transposed weights)
 *             dW[o][i] += Σ_paths dY[o] X[i]  (`weightSums`, eight lanes kept apart) or, path by path,
 *             dW[o][i][path] += dY[o] X[i]    (`weightRows`, for Jacobians)
 *
 * Tiles of 4 outputs by 8 paths fill 16 registers of 128 bits, tiles of 4 by 16 as many of 256; the order of every sum
 * is the same in both, so the bits are too. The inner loop is rolled, which every engine compiles well.
 */
import type { Code } from "./encode.ts";
import {
  addressAdd,
  call,
  countedLoop,
  get,
  i32,
  type Local,
  op,
  set,
  v128Load,
  v128Store,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { rowBytes } from "./schedule.ts";
import {
  each,
  group,
  halfBytes,
  load,
  loadSplat,
  member,
  read,
  type Vector,
  vectorBytes,
  type VectorLocal,
} from "./vector.ts";
import { type VectorMath, vectorMath } from "./vectorMath.ts";

/** Outputs of a tile of an affine map. */
const affineRows = 6;
/** Rows of dY in a tile of weight sums. */
const tileRows = 4;
/** Accumulators whose epilogue is computed together: more need too many registers. */
const groupSize = 2;

/** What happens to a finished accumulator before it is stored. */
export interface Epilogue {
  readonly key: string;
  /** New value of the accumulator; `address` + `offset` is where it will be stored. */
  readonly apply: (math: VectorMath, value: VectorLocal, aside: Vector) => Vector;
  /** Start from the stored value instead of zero. */
  readonly accumulate?: boolean;
}

/** Defines (once) and calls the kernels of dense layers. */
export interface DenseKernels {
  /** Y (+)= W X (+ b); `aside` points to rows the epilogue reads beside each result row. */
  affine(shape: AffineShape, x: Code, y: Code, w: Code, b: Code, aside: Code): Code;
  /** acc[o][i] (vectors of 8 lanes) += Σ dY[o] X[i], then acc of the bias. */
  weightSums(inputs: number, outputs: number, x: Code, dy: Code, acc: Code): Code;
  /** acc[o][i] (rows of 64 paths) += dY[o] X[i], then rows of the bias. */
  weightRows(inputs: number, outputs: number, x: Code, dy: Code, acc: Code): Code;
}

export interface AffineShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  readonly epilogue?: Epilogue;
}

export function denseKernels(module: ModuleBuilder): DenseKernels {
  const defined = new Map<string, number>();
  const once = (key: string, define: (name: string) => number): number => {
    const known = defined.get(key) ?? define(key);
    defined.set(key, known);
    return known;
  };
  return {
    affine(shape, x, y, w, b, aside) {
      const key = `affine_${shape.inputs}_${shape.outputs}_${shape.bias ? "b" : "n"}_${shape.epilogue?.key ?? ""}`;
      return call(
        once(key, (name) => defineAffine(module, name, shape)),
        x,
        y,
        w,
        b,
        aside,
      );
    },
    weightSums(inputs, outputs, x, dy, acc) {
      const key = `weightSums_${inputs}_${outputs}`;
      return call(
        once(key, (name) => defineWeightSums(module, name, inputs, outputs)),
        x,
        dy,
        acc,
      );
    },
    weightRows(inputs, outputs, x, dy, acc) {
      const key = `weightRows_${inputs}_${outputs}`;
      return call(
        once(key, (name) => defineWeightRows(module, name, inputs, outputs)),
        x,
        dy,
        acc,
      );
    },
  };
}

/** Row tiles of 4 and what is left. */
function tiles(rows: number): { first: number; count: number }[] {
  const out: { first: number; count: number }[] = [];
  for (let first = 0; first < rows; first += tileRows)
    out.push({ first, count: Math.min(tileRows, rows - first) });
  return out;
}

function defineAffine(module: ModuleBuilder, name: string, shape: AffineShape): number {
  return module.define(name, ["i32", "i32", "i32", "i32", "i32"], (f) => {
    const [x, y, w, b, aside] = f.params;
    const full = Math.floor(shape.outputs / affineRows);
    const rest = shape.outputs % affineRows;
    const emitTile = affineTile(module, f, shape);
    const row = f.local("i32");
    const pointers = {
      x,
      y: f.local("i32"),
      w: f.local("i32"),
      b: f.local("i32"),
      aside: f.local("i32"),
    };
    f.emit(
      set(pointers.y, get(y)),
      set(pointers.w, get(w)),
      set(pointers.b, get(b)),
      set(pointers.aside, get(aside)),
    );
    const advance = [
      bump(pointers.y, affineRows * rowBytes),
      bump(pointers.w, affineRows * shape.inputs * 4),
      bump(pointers.b, affineRows * 4),
      bump(pointers.aside, affineRows * rowBytes),
    ];
    if (full > 0) f.emit(countedLoop(row, full, 1, [emitTile(affineRows, pointers), advance]));
    if (rest > 0) f.emit(emitTile(rest, pointers));
  });
}

const bump = (local: Local, bytes: number): Code => set(local, addressAdd(get(local), bytes));

interface AffinePointers {
  readonly x: Local;
  readonly y: Local;
  readonly w: Local;
  readonly b: Local;
  readonly aside: Local;
}

function affineTile(module: ModuleBuilder, f: FunctionBuilder, shape: AffineShape) {
  const body: Code[] = [];
  const math = vectorMath(module, f, (code) => body.push(code));
  const take = (): Code[] => body.splice(0);
  const weight: VectorLocal = { halves: [f.local("v128")] };
  const [j, k, xk, wk, yj, asideJ] = Array.from({ length: 6 }, () => f.local("i32"));
  return (count: number, p: AffinePointers): Code => {
    const tileVectors = tileVectorsOf(module, count);
    const rows = Array.from({ length: count }, () =>
      Array.from({ length: tileVectors }, () => math.variable()),
    );
    const x = Array.from({ length: tileVectors }, () => math.variable());
    const each = (visit: (local: VectorLocal, row: number, vector: number) => void): Code => {
      rows.forEach((row, a) => {
        row.forEach((local, n) => visit(local, a, n));
      });
      return take();
    };
    const offset = (row: number, vector: number) => row * rowBytes + vector * vectorBytes;
    const start = each((local, a, n) => {
      if (!shape.bias) {
        const before = shape.epilogue?.accumulate ? load(get(yj), offset(a, n)) : module.f32x4(0);
        math.assign(local, before);
      } else {
        if (n === 0) math.assign(weight, loadSplat(get(p.b), a * 4));
        math.assign(local, read(weight));
      }
    });
    x.forEach((local, n) => math.assign(local, load(get(xk), n * vectorBytes)));
    const inputs = take();
    const products = each((local, a, n) => {
      if (n === 0) math.assign(weight, loadSplat(get(wk), a * shape.inputs * 4));
      math.assign(local, math.madd(read(weight), read(x[n]), read(local)));
    });
    const cells = rows.flatMap((row, a) =>
      row.map((local, n) => ({ local, offset: offset(a, n) })),
    );
    for (let first = 0; first < cells.length; first += groupSize)
      storeCells(math, shape.epilogue, cells.slice(first, first + groupSize), yj, asideJ);
    const finish = take();
    return countedLoop(j, rowBytes, tileVectors * vectorBytes, [
      set(yj, op("i32.add", get(p.y), get(j))),
      set(asideJ, op("i32.add", get(p.aside), get(j))),
      set(xk, op("i32.add", get(p.x), get(j))),
      set(wk, get(p.w)),
      start,
      countedLoop(k, shape.inputs, 1, [inputs, products, bump(xk, rowBytes), bump(wk, 4)]),
      finish,
    ]);
  };
}

/** Vectors of a tile of `rows` rows: enough accumulators to hide the latency, few enough for sixteen registers. */
const tileVectorsOf = (module: ModuleBuilder, rows: number): number =>
  (rows === 1 ? 4 : rows === 2 ? 2 : 1) * (module.wide ? 2 : 1);

interface Cell {
  readonly local: VectorLocal;
  /** Of the cell from the start of the tile. */
  readonly offset: number;
}

/** Applies the epilogue to some accumulators together, so that they share its constants, and stores them. */
function storeCells(
  math: VectorMath,
  epilogue: Epilogue | undefined,
  cells: readonly Cell[],
  to: Local,
  aside: Local,
): void {
  const all = group(cells.map(({ local }) => local));
  const beside = { halves: cells.flatMap(({ offset }) => load(get(aside), offset).halves) };
  const values = epilogue ? math.keep(epilogue.apply(math, all, beside)) : all;
  cells.forEach(({ offset }, i) => math.store(get(to), read(member(values, i)), offset));
}

/** Halves of a vector that one pass over the paths handles: both where they fuse, else one after the other. */
const passes = (module: ModuleBuilder): readonly (readonly number[])[] =>
  module.wide ? [[0, 1]] : [[0], [1]];

function defineWeightSums(
  module: ModuleBuilder,
  name: string,
  inputs: number,
  outputs: number,
): number {
  return module.define(name, ["i32", "i32", "i32"], (f) => {
    const [x, dy, acc] = f.params;
    const tile = weightTile(module, f, inputs);
    const [i, aj, xi] = Array.from({ length: 3 }, () => f.local("i32"));
    const pairs = Math.floor(inputs / 2);
    for (const { first, count } of tiles(outputs)) {
      const dyRow = addressAdd(get(dy), first * rowBytes);
      const place = (column: Code) => [
        set(xi, op("i32.add", get(x), op("i32.mul", column, i32(rowBytes)))),
        set(
          aj,
          op(
            "i32.add",
            addressAdd(get(acc), first * inputs * vectorBytes),
            op("i32.mul", column, i32(vectorBytes)),
          ),
        ),
      ];
      if (pairs > 0)
        f.emit(countedLoop(i, 2 * pairs, 2, [place(get(i)), tile(count, 2, xi, dyRow, aj)]));
      if (inputs % 2 === 1) f.emit(place(i32(inputs - 1)), tile(count, 1, xi, dyRow, aj));
    }
    f.emit(
      biasSums(module, f, outputs, get(dy), addressAdd(get(acc), inputs * outputs * vectorBytes)),
    );
  });
}

/** Emits a tile of accumulators: rows of dY by columns of X, one pass over the paths for each group of halves. */
function weightTile(module: ModuleBuilder, f: FunctionBuilder, inputs: number) {
  const body: Code[] = [];
  const math = vectorMath(module, f, (code) => body.push(code));
  const take = (): Code[] => body.splice(0);
  const [j, xj, dj] = Array.from({ length: 3 }, () => f.local("i32"));
  return (rows: number, columns: number, x: Local, dy: Code, acc: Local): Code =>
    passes(module).map((pass) => {
      const variable = (): VectorLocal => ({ halves: pass.map(() => f.local("v128")) });
      const at = (base: Local, offset: number): Vector => ({
        halves: pass.map((half) => v128Load(get(base), offset + half * halfBytes)),
      });
      const sums = Array.from({ length: rows }, () => Array.from({ length: columns }, variable));
      const place = (a: number, n: number) => (a * inputs + n) * vectorBytes;
      const xs = Array.from({ length: columns }, variable);
      const d = variable();
      sums.forEach((row, a) => row.forEach((local, n) => math.assign(local, at(acc, place(a, n)))));
      const start = take();
      xs.forEach((local, n) => math.assign(local, at(xj, n * rowBytes)));
      sums.forEach((row, a) => {
        math.assign(d, at(dj, a * rowBytes));
        for (const [n, local] of row.entries())
          math.assign(local, math.madd(read(d), read(xs[n]), read(local)));
      });
      const products = take();
      const finish = sums.map((row, a) =>
        row.map(({ halves }, n) =>
          [...pass.keys()]
            .reverse()
            .map((i) => v128Store(get(acc), get(halves[i]), place(a, n) + pass[i] * halfBytes)),
        ),
      );
      return [
        set(xj, get(x)),
        set(dj, dy),
        start,
        countedLoop(j, rowBytes, vectorBytes, [
          products,
          bump(xj, vectorBytes),
          bump(dj, vectorBytes),
        ]),
        finish,
      ];
    });
}

/** Accumulators of the biases: sums of dY, some rows at a time so that one does not wait for the other. */
function biasSums(
  module: ModuleBuilder,
  f: FunctionBuilder,
  outputs: number,
  dy: Code,
  acc: Code,
): Code {
  const body: Code[] = [];
  const math = vectorMath(module, f, (code) => body.push(code));
  const take = (): Code[] => body.splice(0);
  const [j, dj, aj] = Array.from({ length: 3 }, () => f.local("i32"));
  const sums = Array.from({ length: tileRows }, () => math.variable());
  return [
    set(aj, acc),
    tiles(outputs).map(({ first, count }) => {
      const used = sums.slice(0, count);
      const at = (a: number) => (first + a) * vectorBytes;
      used.forEach((local, a) => math.assign(local, load(get(aj), at(a))));
      const start = take();
      used.forEach((local, a) => {
        math.assign(local, each("f32x4.add", read(local), load(get(dj), a * rowBytes)));
      });
      const add = take();
      return [
        start,
        set(dj, addressAdd(dy, first * rowBytes)),
        countedLoop(j, rowBytes, vectorBytes, [add, bump(dj, vectorBytes)]),
        used.map((local, a) => math.storeCode(get(aj), local, at(a))),
      ];
    }),
  ];
}

function defineWeightRows(
  module: ModuleBuilder,
  name: string,
  inputs: number,
  outputs: number,
): number {
  return module.define(name, ["i32", "i32", "i32"], (f) => {
    const [x, dy, acc] = f.params;
    const body: Code[] = [];
    const math = vectorMath(module, f, (code) => body.push(code));
    const take = (): Code[] => body.splice(0);
    const tileVectors = 2;
    const d = Array.from({ length: tileVectors }, () => math.variable());
    const [o, i, j, xj, dj, aj] = Array.from({ length: 6 }, () => f.local("i32"));
    const biasAcc = f.local("i32");
    d.forEach((local, n) => math.assign(local, load(get(dj), n * vectorBytes)));
    const start = take();
    d.forEach((local, n) => {
      const at = n * vectorBytes;
      math.store(get(aj), math.madd(read(local), load(get(xj), at), load(get(aj), at)), at);
    });
    const products = take();
    d.forEach((local, n) => {
      const at = n * vectorBytes;
      math.store(get(biasAcc), each("f32x4.add", load(get(biasAcc), at), read(local)), at);
    });
    const biases = take();
    f.emit(
      countedLoop(j, rowBytes, tileVectors * vectorBytes, [
        set(dj, op("i32.add", get(dy), get(j))),
        set(aj, op("i32.add", get(acc), get(j))),
        set(biasAcc, addressAdd(get(aj), inputs * outputs * rowBytes)),
        countedLoop(o, outputs, 1, [
          start,
          set(xj, op("i32.add", get(x), get(j))),
          countedLoop(i, inputs, 1, [products, bump(xj, rowBytes), bump(aj, rowBytes)]),
          biases,
          bump(biasAcc, rowBytes),
          bump(dj, rowBytes),
        ]),
      ]),
    );
  });
}
