/**
 * The price of one smoothed atom, tabulated: what most of a surface's arithmetic is about.
 *
 * An atom at a, seen from the strike k at a distance of x = (a − k)/h kernel widths, is worth e^a c(x) as a call and
 * e^a p(x) as a put,
 *
 *   c(x) = N(x + h/2) − e^{−hx} N(x − h/2),      c' = h (N(x + h/2) − c),    c'' = h (φ(x + h/2) − c'), …
 *   p(x) = e^{−hx} N(h/2 − x) − N(−x − h/2),     p' = −h (N(−x − h/2) + p),  p'' = h (φ(x + h/2) − p'), …
 *
 * Functions of x alone for a given kernel, so Taylor polynomials about the middles of short intervals serve every atom
 * and strike. Atoms of a lattice whose spacing is h lie at the same place of their intervals, one kernel width apart.
 *
 * Accuracy  1e-13 h
 */
import { normCdf } from "../num/normal.ts";

/** Kernel widths on either side beyond which an atom is worth its intrinsic value. */
export const atomWindow = 9;
/** Intervals in a kernel width. */
const perWidth = 16;
const degree = 6;
const INVERSE_ROOT_TWO_PI = 0.3989422804014327;
/** One interval more on either side: a window's ends may round outwards. */
const intervals = 2 * (atomWindow + 1) * perWidth;

/** Polynomial coefficients [interval][power] of c (side 1) or p (side −1). */
export function atomTable(kernel: number, side: 1 | -1): Float64Array {
  const table = new Float64Array(intervals * (degree + 1));
  const h = kernel;
  for (let n = 0; n < intervals; n++) {
    const x = (n + 0.5) / perWidth - (atomWindow + 1);
    const upper = normCdf(side * (x + h / 2));
    const lower = Math.exp(-h * x) * normCdf(side * (x - h / 2));
    const value = side * (upper - lower);
    const at = n * (degree + 1);
    table[at] = value;
    // side = 1: h (N − c); side = −1: −h (N + p)
    let derivative = side * h * upper - h * value;
    // derivatives of φ(u): (−1)^m He_m(u) φ(u)
    const u = x + h / 2;
    let gauss = INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * u * u);
    let before = 0;
    let factorial = 1;
    for (let power = 1; power <= degree; power++) {
      factorial *= power;
      table[at + power] = derivative / factorial;
      derivative = h * (gauss - derivative);
      const following = -u * gauss - (power - 1) * before;
      before = gauss;
      gauss = following;
    }
  }
  return table;
}

/** Σ value[i] c(x + i − first) over first ≤ i < end; p for a table of puts. */
export function atomSum(
  table: Float64Array,
  value: Float64Array,
  first: number,
  end: number,
  x: number,
): number {
  const place = (x + atomWindow + 1) * perWidth;
  const interval = Math.floor(place);
  const t = (place - interval - 0.5) / perWidth;
  let sum = 0;
  let at = interval * (degree + 1);
  for (let i = first; i < end; i++) {
    const tail = table[at + 4] + t * (table[at + 5] + t * table[at + 6]);
    const head =
      table[at] + t * (table[at + 1] + t * (table[at + 2] + t * (table[at + 3] + t * tail)));
    sum += value[i] * head;
    at += perWidth * (degree + 1);
  }
  return sum;
}
