/**
 * Log-moneyness k = ln(K/F) to full relative accuracy.
 *
 * Near the money the quotient K/F rounds to 1 ± ε and its logarithm loses ε/|k|; the difference
 * K - F is exact there (Sterbenz), so log1p of it keeps every digit.
 */

/** ln(strike/forward).
 *
 * Units     strike and forward in the same currency, both positive; trusted
 * Accuracy  relative error below 2 ulp for every pair of doubles
 */
export function logMoneyness(forward: number, strike: number): number {
  const ratio = strike / forward;
  if (ratio > 0.5 && ratio < 2) return Math.log1p((strike - forward) / forward);
  return Math.log(ratio);
}

/** Out-of-the-money price from a price of either type: price minus intrinsic, without double rounding.
 *
 * Units     all in currency; isCall says what `price` is
 */
export function outOfTheMoneyPrice(
  price: number,
  forward: number,
  strike: number,
  isCall: boolean,
): number {
  const high = isCall ? forward : strike;
  const low = isCall ? strike : forward;
  if (high <= low) return price;
  // high - low = difference + error exactly (Dekker's fast two-sum, as high > low >= 0 in size).
  const difference = high - low;
  const error = high - difference - low;
  return price - difference - error;
}
