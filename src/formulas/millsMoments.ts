/**
 * Mills ratio R(z) and its first moment m(z) = 1 - z R(z) = -R'(z), by rational minimax forms.
 *
 *   R(z) = N(-z)/φ(z),   m(z) = ∫_0^∞ u exp(-zu - u²/2) du ~ 1/z²   (both positive, decreasing)
 *
 * 1 - zR cancels as 1/z² for large z, so m has its own forms there and R follows from it.
 * The coefficients were fitted for this project at 60 digits by iteratively reweighted linear least
 * squares on Chebyshev nodes; the theoretical errors are 8e-18, 1e-17 and 2e-18. All are positive,
 * so evaluation is stable.
 */

/** R(z) for -1.25 <= z <= 1.25. */
function millsCentre(z: number): number {
  const p =
    ((((((1.332557059735878e-5 * z + 0.0003859501369079822) * z + 0.0050615777054587) * z +
      0.03917172096003239) *
      z +
      0.1937752049139371) *
      z +
      0.6235074632291008) *
      z +
      1.222928208301329) *
      z +
    1.2533141373155003;
  const q =
    (((((((1.3328884094520239e-5 * z + 0.0003858514854520124) * z + 0.00507646425120337) * z +
      0.039540418914700816) *
      z +
      0.19895773613736553) *
      z +
      0.6608809697821393) *
      z +
      1.412647028414128) *
      z +
      1.7736400971768063) *
      z +
    1;
  return p / q;
}

/** m(z) for 1 <= z <= 5. */
function momentMiddle(z: number): number {
  const p =
    (((((0.00012141918130618501 * z + 0.002251449945954817) * z + 0.020300051773441127) * z +
      0.11163658025409805) *
      z +
      0.39560705921178535) *
      z +
      0.8688053233480857) *
      z +
    0.9999999968157164;
  const q =
    (((((((0.00012141876533796249 * z + 0.002251475402465164) * z + 0.020663561775239193) * z +
      0.11840493142991951) *
      z +
      0.4555914837639753) *
      z +
      1.1920971698299994) *
      z +
      2.0552894835516433) *
      z +
      2.1221194298643264) *
      z +
    1;
  return p / q;
}

/** m(z) for z >= 5. */
function momentTail(z: number): number {
  const w = 1 / (z * z);
  const p =
    (((((4955.376358551839 * w + 68978.1265852261) * w + 56731.41863091045) * w +
      14439.544595992305) *
      w +
      1495.7624483653124) *
      w +
      65.58489810896513) *
      w +
    1;
  const q =
    (((((117959.61190278704 * w + 193262.98548935648) * w + 93416.04346715595) * w +
      18575.32255239043) *
      w +
      1686.5171426922645) *
      w +
      68.5848981089651) *
      w +
    1;
  return (w * p) / q;
}

/** m(z) = 1 - z R(z) for z >= -1.25.
 *
 * Accuracy  relative error below 1e-15
 */
export function millsMoment(z: number): number {
  if (z < 1) return 1 - z * millsCentre(z);
  return z < 5 ? momentMiddle(z) : momentTail(z);
}

/** R(z) for z >= -1.25: the fast form of `millsRatio`.
 *
 * Accuracy  relative error below 5e-16
 */
export function millsFrom(z: number): number {
  if (z < 1) return millsCentre(z);
  return (1 - (z < 5 ? momentMiddle(z) : momentTail(z))) / z;
}

/** R(z) when m = millsMoment(z) is already known. */
export function millsGivenMoment(z: number, moment: number): number {
  return z < 1 ? millsCentre(z) : (1 - moment) / z;
}
