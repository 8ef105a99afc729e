/**
 * The meaning of every elementwise op on one float64 number: the definition that constant folding,
 * the reference interpreter and the tests of every backend share.
 */
import { normCdf, normPdf } from "../num/normal.ts";
import type { BinaryOp, UnaryOp } from "./node.ts";

/** Density of the standard normal: the derivative of normCdf. */
export const normDensity = normPdf;

/** 1/(1+e^{-x}) without overflow on either side. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** The nearest whole number; a half goes to the even one. */
function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
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
  round: roundToEven,
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
