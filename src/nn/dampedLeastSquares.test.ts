import { describe, expect, it } from "vitest";
import { solvePositiveDefinite } from "../num/linearAlgebra.ts";
import { philoxNormals } from "../random/normals.ts";
import { dampedSystem } from "./dampedLeastSquares.ts";
import { pseudoHuberLoss } from "./robustLoss.ts";

/** The step by its definition, in primal form with plain loops. */
function definedStep(
  r: Float64Array,
  jacobian: Float64Array,
  scale: Float64Array,
  damping: number,
  weight: (r: number) => number,
): Float64Array {
  const n = r.length;
  const p = scale.length;
  const matrix = new Float64Array(p * p);
  const right = new Float64Array(p);
  let trace = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < p; k++) {
      const jik = jacobian[i * p + k] * scale[k];
      right[k] -= weight(r[i]) * jik * r[i];
      for (let l = 0; l < p; l++) {
        matrix[k * p + l] += weight(r[i]) * jik * jacobian[i * p + l] * scale[l];
      }
      trace += weight(r[i]) * jik * jik;
    }
  }
  for (let k = 0; k < p; k++) matrix[k * p + k] += (damping * trace) / Math.min(n, p);
  const solved = solvePositiveDefinite(matrix, p, right) as Float64Array;
  return solved.map((s, k) => s * scale[k]);
}

describe("dampedSystem", () => {
  it.each([
    [12, 5, "primal"],
    [5, 12, "dual"],
    [7, 7, "primal"],
  ] as const)("gives the defined step with %i residuals and %i parameters (%s)", (n, p, form) => {
    const residuals = philoxNormals(1, 0, n);
    const jacobian = philoxNormals(2, 0, n * p);
    const scale = philoxNormals(3, 0, p).map(Math.exp);
    const system = dampedSystem({ residuals, jacobian, scale, loss: pseudoHuberLoss(0.7) });
    expect(system.form).toBe(form);
    for (const damping of [1e-3, 1, 50]) {
      const weight = (r: number) => 1 / Math.sqrt(1 + (r / 0.7) ** 2);
      const expected = definedStep(residuals, jacobian, scale, damping, weight);
      const found = system.stepFor(damping)?.step as Float64Array;
      found.forEach((s, k) => expect(Math.abs(s - expected[k])).toBeLessThan(1e-11));
    }
  });

  it("predicts the fall of a linear problem exactly", () => {
    const n = 9;
    const p = 4;
    const residuals = philoxNormals(5, 0, n);
    const jacobian = philoxNormals(6, 0, n * p);
    const found = dampedSystem({ residuals, jacobian }).stepFor(0.3);
    if (found === undefined) throw new Error("no step");
    const after = residuals.map((r, i) =>
      found.step.reduce((sum, s, k) => sum + jacobian[i * p + k] * s, r),
    );
    const half = (v: Float64Array) => 0.5 * v.reduce((sum, x) => sum + x * x, 0);
    expect(found.predictedDecrease).toBeCloseTo(half(residuals) - half(after), 12);
  });

  it("takes shorter steps the more it is damped", () => {
    const system = dampedSystem({
      residuals: philoxNormals(1, 0, 6),
      jacobian: philoxNormals(2, 0, 60),
    });
    const norms = [1e-6, 1e-3, 1, 1e3].map((damping) => system.stepFor(damping)?.scaledNorm ?? 0);
    norms.slice(1).forEach((norm, i) => expect(norm).toBeLessThan(norms[i]));
  });

  it("has no step when every row is flat, and a zero cosine at a stationary point", () => {
    const residuals = Float64Array.of(0, 2);
    expect(dampedSystem({ residuals, jacobian: new Float64Array(4) }).stepFor(1)).toBeUndefined();
    expect(dampedSystem({ residuals, jacobian: Float64Array.of(3, 0) }).gradientCosine).toBe(0);
    expect(dampedSystem({ residuals, jacobian: Float64Array.of(0, 3) }).gradientCosine).toBe(1);
  });

  it("refuses a Jacobian that does not fit the residuals", () => {
    const residuals = new Float64Array(2);
    expect(() => dampedSystem({ residuals, jacobian: new Float64Array(5) })).toThrow(
      /expected a multiple of 2 elements, got 5/,
    );
  });
});
