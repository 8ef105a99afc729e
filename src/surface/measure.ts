/**
 * A risk-neutral law on a lattice of log-moneyness, smoothed by a lognormal kernel.
 *
 *   S/F = e^{a_i} · e^{hZ − h²/2} with probability q_i,   a_i = (first + i)·step,  h = step,  Z ~ N(0, 1)
 *   C(k) = Σ_i q_i Black(forward e^{a_i}, strike e^k, variance h²)
 *
 * With q ≥ 0, Σq = 1 and Σ q e^{a} = 1 these prices are convex and decreasing in strike, bounded and smooth
 * (infinitely differentiable), whatever q is. A kernel as wide as the lattice hides the lattice: the ripple of
 * the density is e^{−2π²} ≈ 3e-9 of it (Poisson summation).
 *
 * Order in time is a matter of the atoms: if the lattice call prices Σ q_i (e^{a_i} − K)⁺ of one law are above
 * those of another at the lattice's own strikes, then so are the smoothed prices at every strike, because
 * C(K) = E[ e^Y c(K e^{−Y}) ], with c piecewise linear between lattice strikes. See calendar.ts.
 */

/** Atoms on the lattice. */
export interface LatticeMeasure {
  /** Spacing of the lattice and standard deviation of the kernel, in log-moneyness. */
  readonly step: number;
  /** Lattice index of the first atom; its place is first · step. */
  readonly first: number;
  /** [atom] probabilities. */
  readonly mass: Float64Array;
}

/** Tilts q by e^{θa} and scales it so that Σq = 1 and Σ q e^a = 1.
 *
 * Throws  nothing; the caller guarantees mass on both sides of 0
 */
export function toMartingale(measure: LatticeMeasure): LatticeMeasure {
  const { step, first, mass } = measure;
  const q = new Float64Array(mass.length);
  let theta = 0;
  let total = 1;
  // Newton on Σ q e^{θa}(e^a − 1) = 0, which increases in θ; the root is within Monte Carlo error of 0
  for (let iteration = 0; iteration < 30; iteration++) {
    let value = 0;
    let slope = 0;
    total = 0;
    for (let i = 0; i < q.length; i++) {
      const a = (first + i) * step;
      q[i] = mass[i] * Math.exp(theta * a);
      const excess = q[i] * Math.expm1(a);
      total += q[i];
      value += excess;
      slope += a * excess;
    }
    if (Math.abs(value) <= 1e-16 * total || slope === 0) break;
    theta -= value / slope;
  }
  return { step, first, mass: q.map((m) => m / total) };
}

/** Without the atoms at both ends beyond which options are worth less than `price` (units of F). */
export function trim(measure: LatticeMeasure, price: number): LatticeMeasure {
  const { step, first, mass } = measure;
  const up = Math.expm1(step);
  let end = mass.length;
  for (let value = 0, tail = 0; end > 1; end--) {
    // value of the call struck one atom below, by the recursion of lattice prices
    tail += mass[end - 1];
    value += tail * Math.exp((first + end - 2) * step) * up;
    if (value > price) break;
  }
  let start = 0;
  for (let value = 0, tail = 0; start < end - 1; start++) {
    tail += mass[start];
    value += tail * Math.exp((first + start) * step) * up;
    if (value > price) break;
  }
  return { step, first: first + start, mass: mass.slice(start, end) };
}
