/**
 * The least value of a function of one variable that falls and then rises: golden section.
 *
 * Source  Kiefer (1953), Sequential minimax search for a maximum
 */

/** Where f is least between two ends, to `tolerance`. */
export function goldenSection(
  f: (x: number) => number,
  from: number,
  to: number,
  { tolerance = 1e-10 }: { readonly tolerance?: number } = {},
): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let a = from;
  let b = to;
  let x1 = b - ratio * (b - a);
  let x2 = a + ratio * (b - a);
  let f1 = f(x1);
  let f2 = f(x2);
  while (b - a > tolerance * Math.max(1, Math.abs(a))) {
    if (f1 < f2) {
      b = x2;
      x2 = x1;
      f2 = f1;
      x1 = b - ratio * (b - a);
      f1 = f(x1);
    } else {
      a = x1;
      x1 = x2;
      f1 = f2;
      x2 = a + ratio * (b - a);
      f2 = f(x2);
    }
  }
  return (a + b) / 2;
}
