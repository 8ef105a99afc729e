/**
 * Cholesky factorisation of symmetric positive definite matrices, row-major float64.
 *
 *   A = L Lᵀ,  A x = b  by  L y = b,  Lᵀ x = y
 */

/** Replaces the lower triangle of `a` by its Cholesky factor.
 *
 * Shape    a [n][n], row-major; only the lower triangle is read
 * Returns  false when a pivot is not positive (the matrix is not positive definite to working precision)
 */
export function choleskyInPlace(a: Float64Array, n: number): boolean {
  for (let j = 0; j < n; j++) {
    const rowJ = a.subarray(j * n, j * n + j);
    for (let i = j; i < n; i++) {
      const rowI = a.subarray(i * n, i * n + j);
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= rowI[k] * rowJ[k];
      if (i > j) a[i * n + j] = sum / a[j * n + j];
      else if (sum > 0) a[j * n + j] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Solves L Lᵀ x = b in place.
 *
 * Shape  factor [n][n] as left by `choleskyInPlace`, b [n] → b holds x
 */
export function choleskySolve(factor: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * n + k] * b[k];
    b[i] = sum / factor[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    b[i] /= factor[i * n + i];
    for (let k = 0; k < i; k++) b[k] -= factor[i * n + k] * b[i];
  }
  return b;
}

/** A Aᵀ.
 *
 * Shape  a [rows][columns] → [rows][rows], both triangles
 */
export function gramOfRows(a: Float64Array, rows: number, columns: number): Float64Array {
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    const rowI = a.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j <= i; j++) {
      const rowJ = a.subarray(j * columns, (j + 1) * columns);
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += rowI[k] * rowJ[k];
      gram[i * rows + j] = sum;
      gram[j * rows + i] = sum;
    }
  }
  return gram;
}

/** Aᵀ A.
 *
 * Shape  a [rows][columns] → [columns][columns], both triangles
 */
export function gramOfColumns(a: Float64Array, rows: number, columns: number): Float64Array {
  const gram = new Float64Array(columns * columns);
  for (let r = 0; r < rows; r++) {
    const row = a.subarray(r * columns, (r + 1) * columns);
    for (let i = 0; i < columns; i++) {
      const value = row[i];
      if (value === 0) continue;
      const target = gram.subarray(i * columns, i * columns + i + 1);
      for (let j = 0; j <= i; j++) target[j] += value * row[j];
    }
  }
  for (let i = 0; i < columns; i++)
    for (let j = 0; j < i; j++) gram[j * columns + i] = gram[i * columns + j];
  return gram;
}
