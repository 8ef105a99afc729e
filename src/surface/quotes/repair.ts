/**
 * The smallest change of mids that removes all arbitrage: a linear program.
 *
 *   minimise Σ weight_i |e_i|  subject to  mid_i + e_i ≥ (1 − κ_i)⁺  and
 *   mid_i + e_i ≤ the chord of any two prices of the same or later expiries around κ_i, or any one at or below κ_i
 *
 * where the forward, c(0) = 1, is a price too. By ceiling.ts these are all the constraints there are: their optimum is that
 * of the program with a call curve for every expiry on the union of all strikes (its slow twin is in repair.test.ts).
 * There are too many to write down and few that matter: the program starts with neighbours, and the hull names what
 * its solution still breaks, until nothing is.
 *
 * A vertex leaves unmoved quotes unmoved to the last bit; what rounding leaves (1e-16 to 1e-10) is removed afterwards by
 * putting moved quotes on the hull.
 *
 * Source  Cohen, Reisinger & Wang (2020), Detecting and repairing arbitrage in traded option prices (the same optimum)
 */
import { NumericalError } from "../../num/errors.ts";
import { linearProgram, type LinearRow } from "../linearProgram.ts";
import { byExpiry, type CallExpiry, type CallQuote } from "./callQuotes.ts";
import { ceilingBreaches } from "./ceiling.ts";
import {
  findQuoteArbitrage,
  type QuoteArbitrage,
  quoteArbitrageDefaults,
} from "./quoteArbitrage.ts";

export interface RepairOptions {
  /** What is summed: moves in units of F, or in half spreads of each quote. */
  readonly measure?: "forward" | "half-spread";
  /** As in `findQuoteArbitrage`. */
  readonly tolerance?: number;
}

export const repairDefaults = {
  measure: "forward",
  tolerance: quoteArbitrageDefaults.tolerance,
} as const;

/** Half spreads below this share of the forward count as this, so that no weight is infinite. */
const halfSpreadFloor = 1e-7;

export interface QuoteRepair {
  /** [quote] in the order given; the very same object where a quote was not moved. Moved quotes keep their spread. */
  readonly quotes: readonly CallQuote[];
  /** [quote] repaired mid − mid, units of F. */
  readonly moves: Float64Array;
  /** Number of quotes with a move. */
  readonly moved: number;
  /** Σ |move|, units of F. */
  readonly totalMove: number;
  /** Largest |move| over its quote's half spread. */
  readonly largestHalfSpreads: number;
  /** What was wrong before. */
  readonly found: readonly QuoteArbitrage[];
}

/** Moves mids as little as possible until no arbitrage is left.
 *
 * Units     per unit of forward
 * Accuracy  Σ weight |move| within 1e-8 of the optimum; the result has no arbitrage above `tolerance`
 * Throws    InputError as `byExpiry`; NumericalError when the solver gives up
 */
export async function repairQuotes(
  quotes: readonly CallQuote[],
  options: RepairOptions = {},
): Promise<QuoteRepair> {
  const { measure, tolerance } = { ...repairDefaults, ...options };
  const found = findQuoteArbitrage(quotes, { tolerance });
  const mids = Float64Array.from(quotes, (quote) => quote.mid);
  if (found.length === 0) return repairResult(quotes, mids, found);
  const weights = quotes.map((quote) =>
    measure === "forward" ? 1 : 1 / Math.max((quote.ask - quote.bid) / 2, halfSpreadFloor),
  );
  const expiries = byExpiry(quotes);
  const solved = await solveRepair(expiries, mids, weights);
  return repairResult(quotes, settle(expiries, mids, solved, tolerance), found);
}

/** Breaches smaller than this are left to `settle`, units of F. */
const cutTolerance = 1e-10;

/** The program's mids. */
async function solveRepair(
  expiries: readonly CallExpiry[],
  mids: Float64Array,
  weights: readonly number[],
): Promise<Float64Array> {
  const program = linearProgram();
  const scale = Math.max(...weights);
  const moneyness = new Float64Array(mids.length);
  for (const { quotes } of expiries)
    for (const quote of quotes) moneyness[quote.index] = quote.moneyness;
  // columns 2i and 2i + 1: what quote i is raised and lowered by; price ≥ intrinsic is in their bounds
  mids.forEach((mid, i) => {
    const room = mid - Math.max(1 - moneyness[i], 0);
    program.column(weights[i] / scale, Math.max(-room, 0));
    program.column(weights[i] / scale, 0, Math.max(room, 0));
  });
  const cover = ({ sold, bought }: Cover): LinearRow => coverRow(sold, bought, mids, moneyness);
  for (const neighbours of neighbourCovers(expiries)) {
    const { lower, upper, terms } = cover(neighbours);
    program.row(lower, upper, terms);
  }
  const priceOf = (values: Float64Array) =>
    mids.map((mid, i) => mid + (values[2 * i] - values[2 * i + 1]));
  const { values } = await program.solve("repairQuotes", (solution) => {
    const prices = priceOf(solution);
    return ceilingBreaches(expiries, prices, prices, cutTolerance).map(cover);
  });
  return priceOf(values);
}

/** A quote, and those of the same or later expiries whose chord it may not exceed; −1 is the forward. */
interface Cover {
  readonly sold: number;
  readonly bought: readonly number[];
}

/** price(sold) ≤ chord of price(bought), in the columns of the program. */
function coverRow(
  sold: number,
  bought: readonly number[],
  mids: Float64Array,
  moneyness: Float64Array,
): LinearRow {
  const [a, b] = bought;
  const from = a === -1 ? 0 : moneyness[a];
  const share = b === undefined ? 0 : (moneyness[sold] - from) / (moneyness[b] - from);
  const terms: [number, number][] = [
    [2 * sold, 1],
    [2 * sold + 1, -1],
  ];
  let room = -mids[sold];
  bought.forEach((index, side) => {
    const weight = side === 0 ? 1 - share : share;
    room += weight * (index === -1 ? 1 : mids[index]);
    if (index !== -1) terms.push([2 * index, -weight], [2 * index + 1, weight]);
  });
  return { lower: -Infinity, upper: room, terms };
}

/** The covers that are sure to be needed: neighbours within each expiry. */
function neighbourCovers(expiries: readonly CallExpiry[]): Cover[] {
  return expiries.flatMap(({ quotes }) =>
    quotes.flatMap(({ index }, i): Cover[] => {
      const before = i === 0 ? -1 : quotes[i - 1].index;
      const after = quotes[i + 1];
      const monotone = { sold: index, bought: [before] };
      if (after === undefined) return [monotone];
      return [monotone, { sold: index, bought: [before, after.index] }];
    }),
  );
}

/** Moves below this are the solver's rounding: the quote stays. */
const negligibleMove = 1e-11;
const settleRounds = 50;

/** Mids without the solver's residue: first by moving moved quotes alone, and if that does not end, all of them. */
function settle(
  expiries: readonly CallExpiry[],
  mids: Float64Array,
  solved: Float64Array,
  tolerance: number,
): Float64Array {
  const kept = solved.map((value, i) =>
    Math.abs(value - mids[i]) < negligibleMove ? mids[i] : value,
  );
  const aim = tolerance / 4;
  for (const anyQuote of [false, true]) {
    for (let round = 0; round < settleRounds; round++) {
      raiseToIntrinsic(expiries, kept);
      const breaches = ceilingBreaches(expiries, kept, kept, aim);
      if (breaches.length === 0) return kept;
      for (const { sold, bought, size } of breaches) {
        if (anyQuote || kept[sold] !== mids[sold]) kept[sold] -= size;
        else for (const i of bought) if (i >= 0 && kept[i] !== mids[i]) kept[i] += size;
      }
    }
  }
  throw new NumericalError(
    `repairQuotes: expected arbitrage to vanish within ${settleRounds} passes after the linear program, got some left. Raise tolerance above ${tolerance}.`,
    kept,
  );
}

function raiseToIntrinsic(expiries: readonly CallExpiry[], prices: Float64Array): void {
  for (const { quotes } of expiries) {
    for (const { index, moneyness } of quotes) {
      const floor = Math.max(1 - moneyness, 0);
      if (prices[index] < floor) prices[index] = floor;
    }
  }
}

function repairResult(
  quotes: readonly CallQuote[],
  repaired: Float64Array,
  found: readonly QuoteArbitrage[],
): QuoteRepair {
  const moves = repaired.map((price, i) => price - quotes[i].mid);
  const sizes = moves.map(Math.abs);
  return {
    quotes: quotes.map((quote, i) =>
      moves[i] === 0
        ? quote
        : { ...quote, mid: repaired[i], bid: quote.bid + moves[i], ask: quote.ask + moves[i] },
    ),
    moves,
    moved: moves.reduce((count, move) => count + (move === 0 ? 0 : 1), 0),
    totalMove: sizes.reduce((sum, size) => sum + size, 0),
    largestHalfSpreads: sizes.reduce((worst, size, i) => {
      if (size === 0) return worst;
      const half = (quotes[i].ask - quotes[i].bid) / 2;
      return Math.max(worst, size / Math.max(half, halfSpreadFloor));
    }, 0),
    found,
  };
}
