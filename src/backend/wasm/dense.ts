/**
 * Dense layers on a block of 64 paths: rows of 64 float32 per unit, weights broadcast.
 *
 *   forward   Y[o] = act(b[o] + Σᵢ W[o][i] X[i])
 *   backward  dX[i] = Σₒ Wᵀ[i][o] dY[o]      (the forward kernel on transposed weights)
 *             dW[o][i] += Σ_paths dY[o] X[i]  (`weightSums`, four lanes kept apart) or, path by path,
 *             dW[o][i][path] += dY[o] X[i]    (`weightRows`, for Jacobians)
 *
 * Tiles of 4 outputs by 2 vectors fill the 16 registers; the inner loop is rolled, which every engine compiles well.
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
  v128Load32Splat,
  v128Store,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { rowBytes } from "./schedule.ts";
import { type VectorMath, vectorMath } from "./vectorMath.ts";

const tileRows = 4;
const tileVectors = 2;

/** What happens to a finished accumulator before it is stored. */
export interface Epilogue {
  readonly key: string;
  /** New value of the accumulator; `address` + `offset` is where it will be stored. */
  readonly apply: (math: VectorMath, value: Local, aside: Code) => Code;
  /** Start from the stored value instead of zero. */
  readonly accumulate?: boolean;
}

/** Defines (once) and calls the kernels of dense layers. */
export interface DenseKernels {
  /** Y (+)= W X (+ b); `aside` points to rows the epilogue reads beside each result row. */
  affine(shape: AffineShape, x: Code, y: Code, w: Code, b: Code, aside: Code): Code;
  /** acc[o][i] (vectors of 4 lanes) += Σ dY[o] X[i], then acc of the bias. */
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
    const full = Math.floor(shape.outputs / tileRows);
    const rest = shape.outputs % tileRows;
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
      bump(pointers.y, tileRows * rowBytes),
      bump(pointers.w, tileRows * shape.inputs * 4),
      bump(pointers.b, tileRows * 4),
      bump(pointers.aside, tileRows * rowBytes),
    ];
    if (full > 0) f.emit(countedLoop(row, full, 1, [emitTile(tileRows, pointers), advance]));
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
  const acc = Array.from({ length: tileRows }, () =>
    Array.from({ length: tileVectors }, () => f.local("v128")),
  );
  const x = Array.from({ length: tileVectors }, () => f.local("v128"));
  const weight = f.local("v128");
  const [j, k, xk, wk, yj, asideJ] = Array.from({ length: 6 }, () => f.local("i32"));
  return (count: number, p: AffinePointers): Code => {
    const rows = acc.slice(0, count);
    const epilogueCode: Code[] = [];
    const math = vectorMath(module, f, (code) => epilogueCode.push(code));
    const start = rows.map((row, a) => [
      shape.bias ? set(weight, v128Load32Splat(get(p.b), a * 4)) : [],
      row.map((local, n) =>
        set(
          local,
          shape.bias
            ? get(weight)
            : shape.epilogue?.accumulate
              ? v128Load(get(yj), a * rowBytes + n * 16)
              : module.f32x4(0),
        ),
      ),
    ]);
    const inner = countedLoop(k, shape.inputs, 1, [
      x.map((local, n) => set(local, v128Load(get(xk), n * 16))),
      rows.map((row, a) => [
        set(weight, v128Load32Splat(get(wk), a * shape.inputs * 4)),
        row.map((local, n) => set(local, math.madd(get(weight), get(x[n]), get(local)))),
      ]),
      bump(xk, rowBytes),
      bump(wk, 4),
    ]);
    for (const [a, row] of rows.entries()) {
      for (const [n, local] of row.entries()) {
        const offset = a * rowBytes + n * 16;
        const value = shape.epilogue
          ? shape.epilogue.apply(math, local, v128Load(get(asideJ), offset))
          : get(local);
        epilogueCode.push(v128Store(get(yj), value, offset));
      }
    }
    return countedLoop(j, rowBytes, tileVectors * 16, [
      set(yj, op("i32.add", get(p.y), get(j))),
      set(asideJ, op("i32.add", get(p.aside), get(j))),
      set(xk, op("i32.add", get(p.x), get(j))),
      set(wk, get(p.w)),
      start,
      inner,
      epilogueCode,
    ]);
  };
}

function defineWeightSums(
  module: ModuleBuilder,
  name: string,
  inputs: number,
  outputs: number,
): number {
  return module.define(name, ["i32", "i32", "i32"], (f) => {
    const [x, dy, acc] = f.params;
    const math = vectorMath(module, f, () => undefined);
    const sums = Array.from({ length: tileRows }, () =>
      Array.from({ length: 2 }, () => f.local("v128")),
    );
    const xs = [f.local("v128"), f.local("v128")];
    const d = f.local("v128");
    const [i, j, xj, dj, aj] = Array.from({ length: 5 }, () => f.local("i32"));
    const tile = (rows: number, columns: number, first: number): Code => {
      const used = sums.slice(0, rows).map((row) => row.slice(0, columns));
      const at = (a: number, n: number) => (a * inputs + n) * 16;
      const each = (g: (local: Local, a: number, n: number) => Code) =>
        used.map((row, a) => row.map((local, n) => g(local, a, n)));
      return [
        each((local, a, n) => set(local, v128Load(get(aj), at(a, n)))),
        set(dj, addressAdd(get(dy), first * rowBytes)),
        countedLoop(j, rowBytes, 16, [
          xs.slice(0, columns).map((local, n) => set(local, v128Load(get(xj), n * rowBytes))),
          used.map((row, a) => [
            set(d, v128Load(get(dj), a * rowBytes)),
            row.map((local, n) => set(local, math.madd(get(d), get(xs[n]), get(local)))),
          ]),
          bump(xj, 16),
          bump(dj, 16),
        ]),
        each((local, a, n) => v128Store(get(aj), get(local), at(a, n))),
      ];
    };
    const pairs = Math.floor(inputs / 2);
    for (const { first, count } of tiles(outputs)) {
      const accRow = first * inputs * 16;
      const xAt = (column: Code) => op("i32.add", get(x), op("i32.mul", column, i32(rowBytes)));
      const place = (column: Code) => [
        set(xj, xAt(column)),
        set(aj, op("i32.add", addressAdd(get(acc), accRow), op("i32.mul", column, i32(16)))),
      ];
      if (pairs > 0) f.emit(countedLoop(i, 2 * pairs, 2, [place(get(i)), tile(count, 2, first)]));
      if (inputs % 2 === 1) f.emit(place(i32(inputs - 1)), tile(count, 1, first));
    }
    const bias = sums[0][0];
    f.emit(set(aj, addressAdd(get(acc), inputs * outputs * 16)), set(dj, get(dy)));
    f.emit(
      countedLoop(i, outputs, 1, [
        set(bias, v128Load(get(aj))),
        countedLoop(j, rowBytes, 16, [
          set(bias, op("f32x4.add", get(bias), v128Load(get(dj)))),
          bump(dj, 16),
        ]),
        v128Store(get(aj), get(bias)),
        bump(aj, 16),
      ]),
    );
  });
}

function defineWeightRows(
  module: ModuleBuilder,
  name: string,
  inputs: number,
  outputs: number,
): number {
  return module.define(name, ["i32", "i32", "i32"], (f) => {
    const [x, dy, acc] = f.params;
    const math = vectorMath(module, f, () => undefined);
    const vectors = 4;
    const d = Array.from({ length: vectors }, () => f.local("v128"));
    const [o, i, j, xj, dj, aj] = Array.from({ length: 6 }, () => f.local("i32"));
    const biasAcc = f.local("i32");
    f.emit(
      countedLoop(j, rowBytes, 16 * vectors, [
        set(dj, op("i32.add", get(dy), get(j))),
        set(aj, op("i32.add", get(acc), get(j))),
        set(biasAcc, addressAdd(get(aj), inputs * outputs * rowBytes)),
        countedLoop(o, outputs, 1, [
          d.map((local, n) => set(local, v128Load(get(dj), n * 16))),
          set(xj, op("i32.add", get(x), get(j))),
          countedLoop(i, inputs, 1, [
            d.map((local, n) =>
              v128Store(
                get(aj),
                math.madd(get(local), v128Load(get(xj), n * 16), v128Load(get(aj), n * 16)),
                n * 16,
              ),
            ),
            bump(xj, rowBytes),
            bump(aj, rowBytes),
          ]),
          d.map((local, n) =>
            v128Store(
              get(biasAcc),
              op("f32x4.add", v128Load(get(biasAcc), n * 16), get(local)),
              n * 16,
            ),
          ),
          bump(biasAcc, rowBytes),
          bump(dj, rowBytes),
        ]),
      ]),
    );
  });
}
