/**
 * The meaning of every elementwise op on one float64 number: the definition that constant folding,
 * the reference interpreter and the tests of every backend share.
 *
 * normCdf: Φ(x) by its Taylor series about 0 for |x| < 3 (Marsaglia 2004, "Evaluating the normal
 * distribution", eq. for Φ − ½) and by the continued fraction of Mills' ratio in the tails
 * (Abramowitz & Stegun 26.2.14), so that the relative error stays near 1e-14 on both sides.
 */
import type { BinaryOp, UnaryOp } from "./node.ts";

const INVERSE_SQRT_TWO_PI = 0.3989422804014327;

/** Density of the standard normal. */
export function normDensity(x: number): number {
  return INVERSE_SQRT_TWO_PI * Math.exp(-0.5 * x * x);
}

function seriesAboutZero(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return sum;
}

function millsRatio(x: number): number {
  let tail = x;
  for (let k = 120; k >= 1; k--) tail = x + k / tail;
  return 1 / tail;
}

/** Standard normal distribution function. */
export function normCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (Math.abs(x) < 3) return 0.5 + normDensity(x) * seriesAboutZero(x);
  const tail = normDensity(x) * millsRatio(Math.abs(x));
  return x < 0 ? tail : 1 - tail;
}

/** 1/(1+e^{-x}) without overflow on either side. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** Value of each op of one argument. */
export const unaryValue: { readonly [K in UnaryOp]: (x: number) => number } = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  sigmoid: logistic,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  silu: (x) => x * logistic(x),
  normCdf,
  abs: Math.abs,
  reciprocal: (x) => 1 / x,
  square: (x) => x * x,
};

/** Value of each op of two arguments. */
export const binaryValue: { readonly [K in BinaryOp]: (x: number, y: number) => number } = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  max: Math.max,
  min: Math.min,
};

/** Value of select: b where the condition is positive, c otherwise (also when the condition is NaN). */
export function selectValue(a: number, b: number, c: number): number {
  return a > 0 ? b : c;
}
