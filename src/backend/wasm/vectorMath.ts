/**
 * Elementary functions on four float32 lanes, written out as instructions.
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
import { get, type Local, op, set } from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";

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
  constant(value: number): Code;
  /** Evaluates into a fresh local. */
  keep(value: Code): Local;
  madd(a: Code, b: Code, c: Code): Code;
  /** c − a·b */
  nmadd(a: Code, b: Code, c: Code): Code;
  exp(x: Local): Code;
  log(x: Local): Code;
  tanh(x: Local): Code;
  sigmoid(x: Local): Code;
  softplus(x: Local): Code;
  normCdf(x: Local): Code;
  /** e^{−x²/2}/√(2π) */
  normPdf(x: Local): Code;
  /** condition > 0 ? a : b */
  whenPositive(condition: Code, a: Code, b: Code): Code;
}

/** Vector arithmetic of a function under construction; `sink` receives the assignments. */
export function vectorMath(
  module: ModuleBuilder,
  f: FunctionBuilder,
  sink: (code: Code) => void,
): VectorMath {
  const c = module.f32x4;
  const keep = (value: Code): Local => {
    const local = f.local("v128");
    sink(set(local, value));
    return local;
  };
  const madd = (a: Code, b: Code, addend: Code): Code =>
    module.relaxed
      ? op("f32x4.relaxed_madd", a, b, addend)
      : op("f32x4.add", op("f32x4.mul", a, b), addend);
  const nmadd = (a: Code, b: Code, addend: Code): Code =>
    module.relaxed
      ? op("f32x4.relaxed_nmadd", a, b, addend)
      : op("f32x4.sub", addend, op("f32x4.mul", a, b));
  const horner = (x: Local, coefficients: readonly number[]): Code =>
    coefficients
      .slice(0, -1)
      .reduceRight<Code>(
        (sum, value) => madd(sum, get(x), c(value)),
        c(coefficients[coefficients.length - 1]),
      );
  const clamp = (x: Code, bound: number): Code =>
    op("f32x4.pmax", op("f32x4.pmin", x, c(bound)), c(-bound));
  const truncate: "i32x4.relaxed_trunc_f32x4_s" | "i32x4.trunc_sat_f32x4_s" = module.relaxed
    ? "i32x4.relaxed_trunc_f32x4_s"
    : "i32x4.trunc_sat_f32x4_s";
  const shiftLeft23 = (x: Code): Code => op("i32x4.shl", x, [0x41, 23]);

  const exp = (x: Local): Code => {
    const clamped = keep(clamp(get(x), 87));
    const n = keep(op("f32x4.nearest", op("f32x4.mul", get(clamped), c(Math.LOG2E))));
    const high = keep(nmadd(get(n), c(0.693359375), get(clamped)));
    const r = keep(nmadd(get(n), c(-2.1219444e-4), get(high)));
    const mantissa = keep(madd(op("f32x4.mul", get(r), get(r)), horner(r, expP), get(r)));
    const scale = shiftLeft23(op("i32x4.add", op(truncate, get(n)), module.i32x4(127)));
    return op("f32x4.mul", op("f32x4.add", get(mantissa), c(1)), scale);
  };
  const log = (x: Local): Code => {
    // split so that the mantissa lies in [√½, √2): subtract the pattern of √½ before taking the exponent
    const offset = keep(op("i32x4.sub", get(x), module.i32x4(0x3f3504f3)));
    const exponent = keep(op("i32x4.shr_s", get(offset), [0x41, 23]));
    const n = keep(op("f32x4.convert_i32x4_s", get(exponent)));
    const mantissa = keep(
      op("f32x4.sub", op("i32x4.sub", get(x), shiftLeft23(get(exponent))), c(1)),
    );
    const square = keep(op("f32x4.mul", get(mantissa), get(mantissa)));
    const cubic = keep(
      op("f32x4.mul", op("f32x4.mul", get(square), get(mantissa)), horner(mantissa, logP)),
    );
    const series = keep(op("f32x4.add", get(mantissa), nmadd(c(0.5), get(square), get(cubic))));
    const finite = keep(madd(get(n), c(Math.LN2), get(series)));
    const zeroOrMore = op("f32x4.gt", get(x), c(0));
    return op("v128.bitselect", get(finite), c(Number.NEGATIVE_INFINITY), zeroOrMore);
  };
  const tanh = (x: Local): Code => {
    const clamped = keep(clamp(get(x), 8));
    const square = keep(op("f32x4.mul", get(clamped), get(clamped)));
    return op(
      "f32x4.div",
      op("f32x4.mul", get(clamped), horner(square, tanhP)),
      horner(square, tanhQ),
    );
  };
  const sigmoid = (x: Local): Code => {
    const negative = keep(op("f32x4.neg", get(x)));
    return op("f32x4.div", c(1), op("f32x4.add", exp(negative), c(1)));
  };
  const softplus = (x: Local): Code => {
    const magnitude = keep(op("f32x4.neg", op("f32x4.abs", get(x))));
    const y = keep(exp(magnitude));
    const s = keep(op("f32x4.div", get(y), op("f32x4.add", get(y), c(2))));
    const square = keep(op("f32x4.mul", get(s), get(s)));
    const tail = op("f32x4.mul", op("f32x4.add", get(s), get(s)), horner(square, log1pP));
    return op("f32x4.add", op("f32x4.pmax", get(x), c(0)), tail);
  };
  const gauss = (x: Local): Local =>
    keep(exp(keep(op("f32x4.mul", op("f32x4.mul", get(x), get(x)), c(-0.5)))));
  const normCdf = (x: Local): Code => {
    const t = keep(op("f32x4.div", c(1), madd(op("f32x4.abs", get(x)), c(0.4), c(1))));
    const tail = keep(op("f32x4.mul", get(gauss(x)), horner(t, normCdfP)));
    return op(
      "v128.bitselect",
      op("f32x4.sub", c(1), get(tail)),
      get(tail),
      op("f32x4.gt", get(x), c(0)),
    );
  };
  const normPdf = (x: Local): Code => op("f32x4.mul", get(gauss(x)), c(1 / Math.sqrt(2 * Math.PI)));
  const whenPositive = (condition: Code, a: Code, b: Code): Code =>
    op("v128.bitselect", a, b, op("f32x4.gt", condition, c(0)));
  return {
    constant: c,
    keep,
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
