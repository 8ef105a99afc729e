/**
 * Dense linear algebra for least squares: Gram matrices, Cholesky factors and products with vectors.
 *
 *   gramOfRows A = A Aᵀ      gramOfColumns A = Aᵀ A      A = L Lᵀ,  A x = b  by  L y = b,  Lᵀ x = y
 *
 * Matrices are row-major Float64Array. The Gram matrices and the factor spend their time in one kernel:
 * the eight dot products of two rows with four rows, which loads each number once for several
 * multiplications. The factor is left-looking (Golub and Van Loan, Matrix Computations, 4th ed.,
 * section 4.2), four columns at a time. Sums run in a fixed order: the same bits on every run.
 */
import { ShapeError } from "./errors.ts";

/** Rows of the left operand and of the right operand that the kernel takes at once. */
const LEFT = 2;
const RIGHT = 4;

function checkSize(where: string, array: Float64Array, axes: string, expected: number): void {
  if (array.length !== expected) {
    throw new ShapeError(
      `${where}: ${axes}: expected ${expected} elements, got ${array.length}. Check the dimensions given.`,
    );
  }
}

/** Dot products of rows i, i+1 of `a` with rows j … j+3 of `b`, over columns 0 … length-1.
 *
 * Shape   a [last + 1 rows][stride], b alike → out [2][4]
 * Rows past `last` are read as row `last`, so that callers need no special code at the edge.
 */
function dotRows(
  out: Float64Array,
  a: Float64Array,
  stride: number,
  rows: { readonly i: number; readonly j: number; readonly last: number },
  length: number,
): void {
  const { i, j, last } = rows;
  let x0 = i * stride;
  let x1 = Math.min(i + 1, last) * stride;
  let y0 = j * stride;
  let y1 = Math.min(j + 1, last) * stride;
  let y2 = Math.min(j + 2, last) * stride;
  let y3 = Math.min(j + 3, last) * stride;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (let k = 0; k < length; k++) {
    const u = a[x0++];
    const v = a[x1++];
    const p = a[y0++];
    const q = a[y1++];
    const r = a[y2++];
    const s = a[y3++];
    s00 += u * p;
    s01 += u * q;
    s02 += u * r;
    s03 += u * s;
    s10 += v * p;
    s11 += v * q;
    s12 += v * r;
    s13 += v * s;
  }
  out[0] = s00;
  out[1] = s01;
  out[2] = s02;
  out[3] = s03;
  out[4] = s10;
  out[5] = s11;
  out[6] = s12;
  out[7] = s13;
}

/** A Aᵀ.
 *
 * Shape   a [rows][columns] → [rows][rows], both triangles
 * Throws  ShapeError when a does not have rows · columns elements
 */
export function gramOfRows(a: Float64Array, rows: number, columns: number): Float64Array {
  checkSize("gramOfRows", a, `a [rows = ${rows}][columns = ${columns}]`, rows * columns);
  const gram = new Float64Array(rows * rows);
  const dots = new Float64Array(LEFT * RIGHT);
  for (let j = 0; j < rows; j += RIGHT) {
    for (let i = j; i < rows; i += LEFT) {
      dotRows(dots, a, columns, { i, j, last: rows - 1 }, columns);
      for (let di = 0; di < LEFT && i + di < rows; di++) {
        for (let dj = 0; dj < RIGHT && j + dj <= i + di; dj++) {
          const value = dots[RIGHT * di + dj];
          gram[(i + di) * rows + j + dj] = value;
          gram[(j + dj) * rows + i + di] = value;
        }
      }
    }
  }
  return gram;
}

/** The transpose of a matrix.
 *
 * Shape   a [rows][columns] → [columns][rows]
 * Throws  ShapeError when a does not have rows · columns elements
 */
export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  checkSize("transpose", a, `a [rows = ${rows}][columns = ${columns}]`, rows * columns);
  const out = new Float64Array(a.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j];
  }
  return out;
}

/** Aᵀ A.
 *
 * Shape   a [rows][columns] → [columns][columns], both triangles
 * Throws  ShapeError when a does not have rows · columns elements
 */
export function gramOfColumns(a: Float64Array, rows: number, columns: number): Float64Array {
  return gramOfRows(transpose(a, rows, columns), columns, rows);
}

/** A x.
 *
 * Shape   a [rows][columns], x [columns] → [rows]
 * Throws  ShapeError when the sizes do not fit
 */
export function matrixTimes(
  a: Float64Array,
  x: Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  checkSize("matrixTimes", a, `a [rows = ${rows}][columns = ${columns}]`, rows * columns);
  checkSize("matrixTimes", x, "x [columns]", columns);
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += a[i * columns + j] * x[j];
    out[i] = sum;
  }
  return out;
}

/** Aᵀ x.
 *
 * Shape   a [rows][columns], x [rows] → [columns]
 * Throws  ShapeError when the sizes do not fit
 */
export function transposeTimes(
  a: Float64Array,
  x: Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  checkSize("transposeTimes", a, `a [rows = ${rows}][columns = ${columns}]`, rows * columns);
  checkSize("transposeTimes", x, "x [rows]", rows);
  const out = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    const factor = x[i];
    for (let j = 0; j < columns; j++) out[j] += a[i * columns + j] * factor;
  }
  return out;
}

/** Finishes columns j0 … j0+3 of row i, whose products with the columns before j0 are subtracted. */
function finishRow(a: Float64Array, n: number, i: number, j0: number): boolean {
  const end = Math.min(j0 + RIGHT, n, i + 1);
  for (let j = j0; j < end; j++) {
    let sum = a[i * n + j];
    for (let k = j0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
    if (i > j) a[i * n + j] = sum / a[j * n + j];
    // Written so that NaN fails too.
    else if (sum > 0 && sum < Number.POSITIVE_INFINITY) a[i * n + j] = Math.sqrt(sum);
    else return false;
  }
  return true;
}

/** Replaces the lower triangle of a symmetric matrix by its Cholesky factor.
 *
 * Shape     a [n][n]; only the lower triangle is read and written
 * Returns   false when a pivot is not positive and finite: not positive definite to working precision
 * Throws    ShapeError when a does not have n · n elements
 */
export function choleskyInPlace(a: Float64Array, n: number): boolean {
  checkSize("choleskyInPlace", a, `a [n = ${n}][n]`, n * n);
  const dots = new Float64Array(LEFT * RIGHT);
  for (let j = 0; j < n; j += RIGHT) {
    for (let i = j; i < n; i += LEFT) {
      dotRows(dots, a, n, { i, j, last: n - 1 }, j);
      for (let di = 0; di < LEFT && i + di < n; di++) {
        for (let dj = 0; dj < RIGHT && j + dj <= i + di; dj++) {
          a[(i + di) * n + j + dj] -= dots[RIGHT * di + dj];
        }
        if (!finishRow(a, n, i + di, j)) return false;
      }
    }
  }
  return true;
}

/** Solves L Lᵀ x = b, in place.
 *
 * Shape   factor [n][n] as `choleskyInPlace` leaves it, b [n] → b, which then holds x
 * Throws  ShapeError when the sizes do not fit
 */
export function choleskySolve(factor: Float64Array, n: number, b: Float64Array): Float64Array {
  checkSize("choleskySolve", factor, `factor [n = ${n}][n]`, n * n);
  checkSize("choleskySolve", b, "b [n]", n);
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * n + k] * b[k];
    b[i] = sum / factor[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    b[i] /= factor[i * n + i];
    // By rows of L, which are contiguous, rather than by its columns.
    for (let k = 0; k < i; k++) b[k] -= factor[i * n + k] * b[i];
  }
  return b;
}

/** The x with A x = b for a symmetric positive definite A; undefined when A is not. Inputs are kept.
 *
 * Shape   a [n][n], b [n] → [n]
 * Throws  ShapeError when the sizes do not fit
 */
export function solvePositiveDefinite(
  a: Float64Array,
  n: number,
  b: Float64Array,
): Float64Array | undefined {
  const factor = a.slice();
  return choleskyInPlace(factor, n) ? choleskySolve(factor, n, b.slice()) : undefined;
}
