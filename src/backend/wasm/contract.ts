/**
 * J[r][q] += Σ_paths c[r][path] · g[q][path]: each row's derivative by an observed component times the component's
 * derivative by each parameter, path by path. Two rows by four columns at a time.
 */
import type { Code } from "./encode.ts";
import {
  addressAdd,
  doWhile,
  extractLane,
  f32Load,
  f32Store,
  get,
  i32,
  type Local,
  op,
  set,
  v128Load,
  whileLoop,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { rowBytes } from "./schedule.ts";
import { type VectorMath, vectorMath } from "./vectorMath.ts";

const columnTile = 4;

/** Defines contract(coefficients, coefficientStride, rows, accumulators, columns, matrix, matrixRowBytes).
 *
 * One row past `rows` is read (and must be zero) and written back when `rows` is odd.
 */
export function contractFunction(module: ModuleBuilder): number {
  return module.define("contract", ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], (f) => {
    const [coefficients, stride, rows, accumulators, columns, matrix, matrixRowBytes] = f.params;
    const [row, column, g, out] = Array.from({ length: 4 }, () => f.local("i32"));
    const tile = tileEmitter(module, f, { coefficients, stride, g, out, matrixRowBytes });
    const wide = op("i32.lt_u", addressAdd(get(column), columnTile - 1), get(columns));
    const step = (count: number): Code => [
      tile(count),
      set(column, addressAdd(get(column), count)),
      set(g, addressAdd(get(g), count * rowBytes)),
      set(out, addressAdd(get(out), count * 4)),
    ];
    f.emit(
      whileLoop(op("i32.lt_u", get(row), get(rows)), [
        set(column, i32(0)),
        set(g, get(accumulators)),
        set(out, get(matrix)),
        whileLoop(wide, step(columnTile)),
        whileLoop(op("i32.lt_u", get(column), get(columns)), step(1)),
        set(row, addressAdd(get(row), 2)),
        set(coefficients, op("i32.add", get(coefficients), op("i32.mul", get(stride), i32(2)))),
        set(matrix, op("i32.add", get(matrix), op("i32.mul", get(matrixRowBytes), i32(2)))),
      ]),
    );
  });
}

interface TilePointers {
  readonly coefficients: Local;
  readonly stride: Local;
  readonly g: Local;
  readonly out: Local;
  readonly matrixRowBytes: Local;
}

function tileEmitter(
  module: ModuleBuilder,
  f: FunctionBuilder,
  p: TilePointers,
): (columns: number) => Code {
  const math: VectorMath = vectorMath(module, f, () => undefined);
  const sums = [0, 1].map(() => Array.from({ length: columnTile }, () => f.local("v128")));
  const c = [f.local("v128"), f.local("v128")];
  const value = f.local("v128");
  const [first, second, gj, end, outRow] = Array.from({ length: 5 }, () => f.local("i32"));
  const bump = (local: Local): Code => set(local, addressAdd(get(local), 16));
  return (columns) => {
    const used = sums.map((row) => row.slice(0, columns));
    return [
      used.map((row) => row.map((local) => set(local, module.f32x4(0)))),
      set(first, get(p.coefficients)),
      set(second, op("i32.add", get(p.coefficients), get(p.stride))),
      set(gj, get(p.g)),
      set(end, addressAdd(get(gj), rowBytes)),
      doWhile(
        [
          set(c[0], v128Load(get(first))),
          set(c[1], v128Load(get(second))),
          Array.from({ length: columns }, (_, q) => [
            set(value, v128Load(get(gj), q * rowBytes)),
            used.map((row, r) => set(row[q], math.madd(get(c[r]), get(value), get(row[q])))),
          ]),
          bump(first),
          bump(second),
          bump(gj),
        ],
        op("i32.lt_u", get(gj), get(end)),
      ),
      set(outRow, get(p.out)),
      used.map((row) => [
        row.map((local, q) =>
          f32Store(get(outRow), op("f32.add", f32Load(get(outRow), 4 * q), lanes(local)), 4 * q),
        ),
        set(outRow, op("i32.add", get(outRow), get(p.matrixRowBytes))),
      ]),
    ];
  };
}

function lanes(vector: Local): Code {
  const lane = (i: number) => extractLane(get(vector), i);
  return op("f32.add", op("f32.add", lane(0), lane(1)), op("f32.add", lane(2), lane(3)));
}
