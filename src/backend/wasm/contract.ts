/**
 * J[r][q] += Σ_paths c[r][path] · g[q][path]: each row's derivative by an observed component times the component's
 * derivative by each parameter, path by path. Two rows by four columns at a time; the lanes of the sums are added by
 * transposing four of them.
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
  shuffle32,
  v128Load,
  v128Store,
  whileLoop,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { rowBytes } from "./schedule.ts";
import { halfBytes, load, read, vectorBytes } from "./vector.ts";
import { vectorMath } from "./vectorMath.ts";

const columnTile = 4;

/** Defines contract(coefficients, coefficientStride, rows, accumulators, columns, matrix, matrixRowBytes, room).
 *
 * One row past `rows` is read (and must be zero) and written back when `rows` is odd. `room` is for eight vectors.
 */
export function contractFunction(module: ModuleBuilder): number {
  const params = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
  return module.define("contract", params, (f) => {
    const [coefficients, stride, rows, accumulators, columns, matrix, matrixRowBytes, room] =
      f.params;
    const [row, column, g, out] = Array.from({ length: 4 }, () => f.local("i32"));
    const tile = tileEmitter(module, f, { coefficients, stride, g, out, matrixRowBytes, room });
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
  readonly room: Local;
}

function tileEmitter(
  module: ModuleBuilder,
  f: FunctionBuilder,
  p: TilePointers,
): (columns: number) => Code {
  const products = productEmitter(module, f, p);
  const four = [0, 1, 2, 3].map(() => f.local("v128"));
  const outRow = f.local("i32");
  /** Where the sum of a row and a column is kept. */
  const place = (row: number, column: number) => (row * columnTile + column) * vectorBytes;
  const halvesAdded = (row: number, column: number): Code => {
    const at = place(row, column);
    return op("f32x4.add", v128Load(get(p.room), at), v128Load(get(p.room), at + halfBytes));
  };
  const addFour = (row: number): Code => [
    four.map((local, q) => set(local, halvesAdded(row, q))),
    v128Store(get(outRow), op("f32x4.add", v128Load(get(outRow)), laneSums(four))),
  ];
  const addOne = (row: number): Code => [
    set(four[0], halvesAdded(row, 0)),
    f32Store(get(outRow), op("f32.add", f32Load(get(outRow)), lanes(four[0]))),
  ];
  // without fusion a tile of four columns would need too many registers
  const width = module.wide ? columnTile : columnTile / 2;
  return (columns) => {
    const firsts = Array.from({ length: Math.ceil(columns / width) }, (_, i) => i * width);
    return [
      firsts.map((first) => products(first, Math.min(width, columns - first), place)),
      set(outRow, get(p.out)),
      [0, 1].map((row) => [
        columns === columnTile ? addFour(row) : addOne(row),
        set(outRow, op("i32.add", get(outRow), get(p.matrixRowBytes))),
      ]),
    ];
  };
}

/** Emits the loop over the paths for two rows and some columns, and keeps the eight lanes of each sum at its place. */
function productEmitter(module: ModuleBuilder, f: FunctionBuilder, p: TilePointers) {
  const body: Code[] = [];
  const math = vectorMath(module, f, (code) => body.push(code));
  const take = (): Code[] => body.splice(0);
  const sums = [0, 1].map(() => Array.from({ length: columnTile }, () => math.variable()));
  const c = [math.variable(), math.variable()];
  const value = math.variable();
  const [first, second, gj, end] = Array.from({ length: 4 }, () => f.local("i32"));
  const bump = (local: Local): Code => set(local, addressAdd(get(local), vectorBytes));
  return (from: number, count: number, place: (row: number, column: number) => number): Code => {
    const used = sums.map((row) => row.slice(0, count));
    used.flat().forEach((local) => math.assign(local, module.f32x4(0)));
    const start = take();
    math.assign(c[0], load(get(first)));
    math.assign(c[1], load(get(second)));
    for (let q = 0; q < count; q += 1) {
      math.assign(value, load(get(gj), (from + q) * rowBytes));
      used.forEach((row, r) => {
        math.assign(row[q], math.madd(read(c[r]), read(value), read(row[q])));
      });
    }
    const step = take();
    return [
      start,
      set(first, get(p.coefficients)),
      set(second, op("i32.add", get(p.coefficients), get(p.stride))),
      set(gj, get(p.g)),
      set(end, addressAdd(get(gj), rowBytes)),
      doWhile([step, bump(first), bump(second), bump(gj)], op("i32.lt_u", get(gj), get(end))),
      used.map((row, r) =>
        row.map((local, q) => math.storeCode(get(p.room), local, place(r, from + q))),
      ),
    ];
  };
}

/** The sums over the lanes of four vectors, one in each lane. */
function laneSums([a, b, c, d]: readonly Local[]): Code {
  const interleaved = (x: Local, y: Local): Code =>
    op(
      "f32x4.add",
      shuffle32(get(x), get(y), [0, 4, 1, 5]),
      shuffle32(get(x), get(y), [2, 6, 3, 7]),
    );
  return [
    set(a, interleaved(a, b)),
    set(c, interleaved(c, d)),
    op(
      "f32x4.add",
      shuffle32(get(a), get(c), [0, 1, 4, 5]),
      shuffle32(get(a), get(c), [2, 3, 6, 7]),
    ),
  ];
}

function lanes(vector: Local): Code {
  const lane = (i: number) => extractLane(get(vector), i);
  return op("f32.add", op("f32.add", lane(0), lane(2)), op("f32.add", lane(1), lane(3)));
}
