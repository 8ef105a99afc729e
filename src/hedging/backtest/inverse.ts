/**
 * Coin-settled contracts: perpetuals whose size is in dollars, options whose premium and payoff are in coin.
 *
 *   perpetual   n (1/p₀ − 1/p₁) coin when n dollars of it are held from p₀ to p₁
 *   funding     n r h/8 / p coin that a long position pays, r the rate of eight hours
 *   option      max(±(S − K), 0)/S coin at the settlement price S
 *
 * Held with a balance of C coin, n dollars of the perpetual are worth, in dollars, exactly what C + n/p units of a linear
 * asset are: (C + n (1/p₀ − 1/p₁)) p₁ − C p₀ = (C + n/p₀)(p₁ − p₀). Hence a hedge that is counted in units, balance
 * included, is the linear hedge, and a balance that only follows the price asks for no trade.
 *
 * Source  Deribit, contract specifications of inverse perpetuals and options
 */

/** Coin gained by a perpetual position.
 *
 * Units   size in dollars, negative is short; prices in dollars
 */
export const perpetualGain = (size: number, from: number, to: number): number =>
  size * (1 / from - 1 / to);

/** Coin paid as funding by a position: negative when it is received.
 *
 * Units   rate of eight hours as a decimal
 */
export const fundingPaid = (
  size: number,
  price: number,
  ratePer8h: number,
  hours: number,
): number => (size * ratePer8h * hours) / (8 * price);

/** Units of a linear asset that a balance and a perpetual position are together. */
export const exposureUnits = (coin: number, size: number, price: number): number =>
  coin + size / price;

/** Size of the perpetual that makes the exposure `units`, to the nearest contract. */
export function sizeForUnits(
  units: number,
  coin: number,
  price: number,
  contractSize: number,
): number {
  // + 0: no negative zero in documents
  return Math.round(((units - coin) * price) / contractSize) * contractSize + 0;
}

/** Coin that an option pays at delivery. */
export function deliveredCoin(type: "call" | "put", strike: number, settlement: number): number {
  const due = type === "call" ? settlement - strike : strike - settlement;
  return Math.max(0, due) / settlement;
}

/** Fee of delivery in coin per contract: a rate on the coin, capped at a share of what is delivered.
 *
 * Source  Deribit, Fees: 0.015 % of the underlying, never more than 12.5 % of the option's value; none for daily options
 */
export const deliveryFee = (delivered: number, perContract: number, capShare: number): number =>
  Math.min(perContract, capShare * delivered);
