/**
 * Elementary functions on vectors of float32, written out as instructions.
 *
 * Polynomials and rational forms are minimax fits made for this project (Lawson-weighted least squares against
 * float64 references); the errors quoted are of the float32 evaluation and are asserted in the tests.
 *   exp      x = n ln2 + r, 2^n (1 + r + r² P₄(r)), |r| ≤ ln2/2          relative 2e-7, argument clamped to ±87
 *   log      x = 2^n (1 + f), f − f²/2 + f³ P₇(f)                         relative 3e-7
 *   tanh     x P₄(x²)/Q₃(x²) on |x| ≤ 8, clamped beyond                    absolute 7e-7
 *   normCdf  e^{−x²/2} P₈(1/(1 + 0.4|x|)), reflected for x > 0             relative 1e-6 in the left tail
 *   log1p    2 artanh(y/(2+y)) by P₄                                       relative 3e-7 on [0, 1]
 */
import type { Code } from "./encode.ts";
import { get, i32, set, v128Store } from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { broadcast, each, halfBytes, read, type Vector, type VectorLocal } from "./vector.ts";

const expP = [4.9999993447e-1, 1.6666520651e-1, 4.1668388637e-2, 8.3687148325e-3, 1.3814543403e-3];
const logP = [
  3.3333331704e-1, -2.5000821196e-1, 2.0001227415e-1, -1.6623351529e-1, 1.420173992e-1,
  -1.3160224355e-1, 1.276173722e-1, -7.634588853e-2,
];
const tanhP = [9.999990653e-1, 1.269979012e-1, 2.684503231e-3, 7.083502074e-6, -6.020070027e-9];
const tanhQ = [1, 4.603278294e-1, 2.279742593e-2, 1.953000459e-4];
const normCdfP = [
  -1.198683173e-5, 0.1599041705, 0.1557867366, 0.1584160103, -0.01238430021, 0.2509710048,
  -0.3736808299, 0.2005998472, -0.03960063928,
];
const log1pP = [1, 3.333315736e-1, 2.0012454229e-1, 1.3980315375e-1, 1.40891016e-1];

/** Emits vector arithmetic into one function; every result is a local, so that it can be used twice. */
export interface VectorMath {
  constant(value: number): Vector;
  /** Evaluates into a fresh local. */
  keep(value: Vector): VectorLocal;
  /** A vector variable without a value. */
  variable(): VectorLocal;
  assign(local: VectorLocal, value: Vector): void;
  /** Stores a vector; nothing comes between its halves, and the high half goes first. */
  store(base: Code, value: Vector, offset?: number): void;
  /** The same as code, for a vector that is already in locals. */
  storeCode(base: Code, value: VectorLocal, offset?: number): Code;
  madd(a: Vector, b: Vector, c: Vector): Vector;
  /** c − a·b */
  nmadd(a: Vector, b: Vector, c: Vector): Vector;
  exp(x: VectorLocal): Vector;
  log(x: VectorLocal): Vector;
  tanh(x: VectorLocal): Vector;
  sigmoid(x: VectorLocal): Vector;
  softplus(x: VectorLocal): Vector;
  normCdf(x: VectorLocal): Vector;
  /** e^{−x²/2}/√(2π) */
  normPdf(x: VectorLocal): Vector;
  /** condition > 0 ? a : b */
  whenPositive(condition: Vector, a: Vector, b: Vector): Vector;
}

/** Vector arithmetic of a function under construction; `sink` receives the assignments. */
export function vectorMath(
  module: ModuleBuilder,
  f: FunctionBuilder,
  sink: (code: Code) => void,
): VectorMath {
  const c = module.f32x4;
  const keep = (value: Vector): VectorLocal => {
    const halves = value.halves.map((half) => {
      const local = f.local("v128");
      sink(set(local, half));
      return local;
    });
    return { halves };
  };
  const variable = (): VectorLocal => ({ halves: [f.local("v128"), f.local("v128")] });
  const assign = (local: VectorLocal, value: Vector): void =>
    local.halves.forEach((half, i) => {
      sink(set(half, value.halves[i] ?? value.halves[0]));
    });
  const storeCode = (base: Code, value: VectorLocal, offset = 0): Code => {
    const [low, high = low] = value.halves;
    return [v128Store(base, get(high), offset + halfBytes), v128Store(base, get(low), offset)];
  };
  const store = (base: Code, value: Vector, offset = 0): void =>
    sink(storeCode(base, keep(value), offset));
  const madd = (a: Vector, b: Vector, addend: Vector): Vector =>
    module.relaxed
      ? each("f32x4.relaxed_madd", a, b, addend)
      : each("f32x4.add", each("f32x4.mul", a, b), addend);
  const nmadd = (a: Vector, b: Vector, addend: Vector): Vector =>
    module.relaxed
      ? each("f32x4.relaxed_nmadd", a, b, addend)
      : each("f32x4.sub", addend, each("f32x4.mul", a, b));
  /** A constant to be combined with x: loaded once when x has many halves. */
  const shared = (value: number, x: VectorLocal): Vector =>
    x.halves.length > 2 ? read(keep(c(value))) : c(value);
  const horner = (x: VectorLocal, coefficients: readonly number[]): Vector => {
    const [last, ...lower] = [...coefficients].reverse();
    return lower.reduce(
      (sum, value) => read(keep(madd(sum, read(x), shared(value, x)))),
      shared(last, x),
    );
  };
  const clamp = (x: VectorLocal, bound: number): VectorLocal => {
    const below = keep(each("f32x4.pmin", read(x), shared(bound, x)));
    return keep(each("f32x4.pmax", read(below), shared(-bound, x)));
  };
  const shiftLeft23 = (x: Vector): Vector => each("i32x4.shl", x, broadcast(i32(23)));

  const exp = (x: VectorLocal): Vector => {
    const clamped = clamp(x, 87);
    // adding 1.5 · 2²³ rounds to an integer, which is then in the low bits of the sum
    const rounded = keep(madd(read(clamped), c(Math.LOG2E), c(12582912)));
    const n = keep(each("f32x4.sub", read(rounded), c(12582912)));
    const high = keep(nmadd(read(n), c(0.693359375), read(clamped)));
    const r = keep(nmadd(read(n), c(-2.1219444e-4), read(high)));
    const mantissa = keep(madd(each("f32x4.mul", read(r), read(r)), horner(r, expP), read(r)));
    // 2ⁿ is added to the exponent: the clamp keeps it in range
    return each("i32x4.add", each("f32x4.add", read(mantissa), c(1)), shiftLeft23(read(rounded)));
  };
  const log = (x: VectorLocal): Vector => {
    // split so that the mantissa lies in [√½, √2): subtract the pattern of √½ before taking the exponent
    const offset = keep(each("i32x4.sub", read(x), module.i32x4(0x3f3504f3)));
    const exponent = keep(each("i32x4.shr_s", read(offset), broadcast(i32(23))));
    const n = keep(each("f32x4.convert_i32x4_s", read(exponent)));
    const mantissa = keep(
      each("f32x4.sub", each("i32x4.sub", read(x), shiftLeft23(read(exponent))), c(1)),
    );
    const square = keep(each("f32x4.mul", read(mantissa), read(mantissa)));
    const cubic = keep(
      each("f32x4.mul", each("f32x4.mul", read(square), read(mantissa)), horner(mantissa, logP)),
    );
    const series = keep(
      each("f32x4.add", read(mantissa), nmadd(c(0.5), read(square), read(cubic))),
    );
    const finite = keep(madd(read(n), c(Math.LN2), read(series)));
    const zeroOrMore = each("f32x4.gt", read(x), c(0));
    return each("v128.bitselect", read(finite), c(Number.NEGATIVE_INFINITY), zeroOrMore);
  };
  const tanh = (x: VectorLocal): Vector => {
    const clamped = clamp(x, 8);
    const square = keep(each("f32x4.mul", read(clamped), read(clamped)));
    const numerator = keep(each("f32x4.mul", read(clamped), horner(square, tanhP)));
    return each("f32x4.div", read(numerator), horner(square, tanhQ));
  };
  const sigmoid = (x: VectorLocal): Vector => {
    const negative = keep(each("f32x4.neg", read(x)));
    return each("f32x4.div", c(1), each("f32x4.add", exp(negative), c(1)));
  };
  const softplus = (x: VectorLocal): Vector => {
    const magnitude = keep(each("f32x4.neg", each("f32x4.abs", read(x))));
    const y = keep(exp(magnitude));
    const s = keep(each("f32x4.div", read(y), each("f32x4.add", read(y), c(2))));
    const square = keep(each("f32x4.mul", read(s), read(s)));
    const tail = each("f32x4.mul", each("f32x4.add", read(s), read(s)), horner(square, log1pP));
    return each("f32x4.add", each("f32x4.pmax", read(x), c(0)), tail);
  };
  const gauss = (x: VectorLocal): VectorLocal =>
    keep(exp(keep(each("f32x4.mul", each("f32x4.mul", read(x), read(x)), c(-0.5)))));
  const normCdf = (x: VectorLocal): Vector => {
    const t = keep(each("f32x4.div", c(1), madd(each("f32x4.abs", read(x)), c(0.4), c(1))));
    const tail = keep(each("f32x4.mul", read(gauss(x)), horner(t, normCdfP)));
    return each(
      "v128.bitselect",
      each("f32x4.sub", c(1), read(tail)),
      read(tail),
      each("f32x4.gt", read(x), c(0)),
    );
  };
  const normPdf = (x: VectorLocal): Vector =>
    each("f32x4.mul", read(gauss(x)), c(1 / Math.sqrt(2 * Math.PI)));
  const whenPositive = (condition: Vector, a: Vector, b: Vector): Vector =>
    each("v128.bitselect", a, b, each("f32x4.gt", condition, c(0)));
  return {
    constant: c,
    keep,
    variable,
    assign,
    store,
    storeCode,
    madd,
    nmadd,
    exp,
    log,
    tanh,
    sigmoid,
    softplus,
    normCdf,
    normPdf,
    whenPositive,
  };
}
