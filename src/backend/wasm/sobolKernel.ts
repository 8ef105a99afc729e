/**
 * Quasi-random normals where the kernels read them: the draws of random/noise.ts, block by block on all threads.
 *
 * A record for each draw, in their order:
 *
 *   word 0        address of the row that takes the normals
 *   word 1        address of the row whose increment they split, or 0
 *   words 2, 3    float32 cosine and sine of the split
 *   words 4…29    what each bit of a block's number changes in its words
 *   words 32…95   the words of block 0, less 2³¹: signed
 *
 * Sobol' points in Gray-code order are linear in the bits of their index, so a block's 64 words are those of block 0
 * changed by one word. With x = 2u − 1 in (−1, 1) from a word, z = Φ⁻¹(u) = √2 x P(−log((1 − x)(1 + x))), P one of two
 * polynomials; 1 − |x| is taken from the integer, so that tails keep their relative accuracy. word → ~word gives −z.
 *
 * Accuracy  relative 6e-7 (random/normals.ts has 1e-9: the same points, other last bits)
 * Source    M. Giles, "Approximating the erfinv function", GPU Computing Gems (2011), table of the single-precision form
 */
import {
  fillSobol,
  SOBOL_BITS,
  SOBOL_DIMENSIONS,
  scrambledCoordinate,
} from "../../random/sobol.ts";
import type { SobolDraw } from "../../random/noise.ts";
import { add, below, locals, next, sub, times } from "./addresses.ts";
import type { Code } from "./encode.ts";
import { header } from "./header.ts";
import {
  countedLoop,
  get,
  i32,
  i32Load,
  ifThen,
  type Local,
  op,
  set,
  whileLoop,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { blockPaths, rowBytes } from "./schedule.ts";
import {
  broadcast,
  each,
  load,
  loadSplat,
  read,
  type Vector,
  vectorBytes,
  type VectorLocal,
} from "./vector.ts";
import { type VectorMath, vectorMath } from "./vectorMath.ts";

/** Layout of a record, in bytes. */
const record = { split: 4, cosine: 8, sine: 12, bits: 16, words: 128, size: 384 } as const;
/** log₂ of the paths of a block. */
const blockBits = Math.log2(blockPaths);

/** Bytes that the records of this many draws take. */
export const drawBytes = (draws: number): number => draws * record.size;

/** Can the kernel make these draws? The last dimensions of very fine grids are not in the table of directions. */
export const hasDirections = (draws: readonly SobolDraw[]): boolean =>
  draws.length <= SOBOL_DIMENSIONS;

/** Writes the records of the draws; `addressOf` says where a row is. */
export function writeDraws(
  buffer: ArrayBufferLike,
  at: number,
  draws: readonly SobolDraw[],
  seed: number,
  addressOf: (row: number) => number,
): void {
  const view = new DataView(buffer, at, drawBytes(draws.length));
  const words = new Uint32Array(blockPaths);
  draws.forEach(({ dimension, row, split }, i) => {
    const offset = i * record.size;
    const coordinate = scrambledCoordinate(dimension, seed);
    view.setInt32(offset, addressOf(row), true);
    view.setInt32(offset + record.split, split === undefined ? 0 : addressOf(split.row), true);
    view.setFloat32(offset + record.cosine, split?.cosine ?? 1, true);
    view.setFloat32(offset + record.sine, split?.sine ?? 0, true);
    const { directions } = coordinate;
    for (let bit = blockBits; bit < SOBOL_BITS; bit++) {
      const change = directions[bit] ^ directions[bit - 1];
      view.setInt32(offset + record.bits + 4 * (bit - blockBits), change, true);
    }
    fillSobol(coordinate, words);
    words.forEach((word, path) => {
      view.setInt32(offset + record.words + 4 * path, word ^ 0x80000000, true);
    });
  });
}

/** Defines the function (block, scratch, chunk) that fills a block of every row. */
export function sobolBlock(module: ModuleBuilder): number {
  return module.define("sobolBlock", ["i32", "i32", "i32"], (f) => {
    const [block] = f.params;
    const [draw, end, change, bits, at, row, left] = locals(f, 7);
    f.emit(
      set(draw, header("draws")),
      set(end, add(get(draw), header("drawBytes"))),
      whileLoop(below(get(draw), get(end)), [
        set(change, i32(0)),
        set(bits, add(get(block), header("firstBlock"))),
        set(at, get(draw)),
        whileLoop(get(bits), [
          set(
            change,
            op(
              "i32.xor",
              get(change),
              op(
                "i32.and",
                i32Load(get(at), record.bits),
                sub(i32(0), op("i32.and", get(bits), i32(1))),
              ),
            ),
          ),
          next(at, 4),
          set(bits, op("i32.shr_u", get(bits), i32(1))),
        ]),
        set(row, add(i32Load(get(draw)), times(get(block), i32(rowBytes)))),
        normals(module, f, { draw, change, row, at }),
        set(left, i32Load(get(draw), record.split)),
        ifThen(get(left), [
          set(left, add(get(left), times(get(block), i32(rowBytes)))),
          splitRows(module, f, { draw, left, row, at }),
        ]),
        next(draw, record.size),
      ]),
    );
  });
}

interface Places {
  readonly draw: Local;
  readonly row: Local;
  /** Counter of the bytes of a row. */
  readonly at: Local;
}

/** The words of the record, changed by `change`, as normals in the row. */
function normals(
  module: ModuleBuilder,
  f: FunctionBuilder,
  { draw, change, row, at }: Places & { readonly change: Local },
): Code {
  const body: Code[] = [];
  const math = vectorMath(module, f, (code) => body.push(code));
  const changes = f.local("v128");
  const words = load(add(get(draw), get(at)), record.words);
  const word = math.keep(each("v128.xor", words, broadcast(get(changes))));
  math.store(add(get(row), get(at)), quantile(module, math, word));
  return [
    set(changes, op("i32x4.splat", get(change))),
    countedLoop(at, rowBytes, vectorBytes, body),
  ];
}

/** P(w − 2.5) where w < 5, and P(√w − 3) beyond, from the highest power down. */
const centre = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3,
  -4.17768164e-3, 0.246640727, 1.50140941,
];
const tail = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3,
  9.43887047e-3, 1.00167406, 2.83297682,
];

/** Φ⁻¹ at a signed word. */
function quantile(module: ModuleBuilder, math: VectorMath, word: VectorLocal): Vector {
  const { keep, constant, madd } = math;
  const sign = keep(each("i32x4.shr_s", read(word), broadcast(i32(31))));
  const size = keep(each("v128.xor", read(word), read(sign)));
  const rest = each("i32x4.sub", module.i32x4(0x7fffffff), read(size));
  const unit = (integer: Vector): VectorLocal =>
    keep(madd(each("f32x4.convert_i32x4_s", integer), constant(2 ** -31), constant(2 ** -32)));
  const x = unit(read(size));
  const toEnd = unit(rest);
  const product = keep(each("f32x4.mul", read(toEnd), each("f32x4.add", read(x), constant(1))));
  const w = keep(each("f32x4.neg", math.log(product)));
  const polynomial = (u: VectorLocal, coefficients: readonly number[]): Vector =>
    coefficients
      .slice(1)
      .reduce(
        (sum, value) => read(keep(madd(sum, read(u), constant(value)))),
        constant(coefficients[0]),
      );
  const near = polynomial(keep(each("f32x4.sub", read(w), constant(2.5))), centre);
  const root = each("f32x4.sqrt", each("f32x4.pmax", read(w), constant(0)));
  const far = polynomial(keep(each("f32x4.sub", root, constant(3))), tail);
  const chosen = keep(each("v128.bitselect", near, far, each("f32x4.lt", read(w), constant(5))));
  const magnitude = each(
    "f32x4.mul",
    each("f32x4.mul", read(x), read(chosen)),
    constant(Math.SQRT2),
  );
  return each("v128.or", magnitude, each("v128.and", read(sign), module.i32x4(0x80000000)));
}

/** (d, z) → (d_left, d_right) on a block of two rows: `splitIncrement` of random/brownianBridge.ts. */
function splitRows(
  module: ModuleBuilder,
  f: FunctionBuilder,
  { draw, left, row, at }: Places & { readonly left: Local },
): Code {
  const body: Code[] = [];
  const math = vectorMath(module, f, (code) => body.push(code));
  const cosine = { halves: [f.local("v128")] };
  const sine = { halves: [f.local("v128")] };
  const d = math.keep(load(add(get(left), get(at))));
  const z = math.keep(load(add(get(row), get(at))));
  const mixed = (a: Vector, b: Vector): Vector =>
    math.madd(read(cosine), a, each("f32x4.mul", read(sine), b));
  const first = math.keep(mixed(read(d), read(z)));
  const second = math.keep(
    each(
      "f32x4.sub",
      each("f32x4.mul", read(sine), read(d)),
      each("f32x4.mul", read(cosine), read(z)),
    ),
  );
  math.store(add(get(left), get(at)), read(first));
  math.store(add(get(row), get(at)), read(second));
  return [
    set(cosine.halves[0], loadSplat(get(draw), record.cosine).halves[0]),
    set(sine.halves[0], loadSplat(get(draw), record.sine).halves[0]),
    countedLoop(at, rowBytes, vectorBytes, body),
  ];
}
