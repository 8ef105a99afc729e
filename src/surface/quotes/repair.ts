/**
 * The smallest change of mids that removes all arbitrage: a linear program.
 *
 *   minimise Σ weight_i |e_i|  subject to  c_j(κ_i) = mid_i + e_i  for the quotes i of every expiry j,
 *   c_j convex, non-increasing, c_j(0) = 1, slope ≥ −1, c_j ≥ 0,  c_j ≤ c_{j+1}
 *
 * c_j is piecewise linear on 0, the moneyness of all quotes of the expiries j, j + 1, …, and one knot far above. Finer
 * knots change nothing: the greatest admissible curve under given prices bends only at quotes of the same or later
 * expiries (ceiling.ts), and c_j ≤ c_{j+1} at the knots of c_{j+1} implies it between them, since c_j is convex and c_{j+1}
 * linear there. So this is the program on the union of all strikes, {0, all κ, 4 κ_max}, with half of its variables.
 *
 * A vertex leaves unmoved quotes unmoved to the last bit; what rounding leaves (1e-16 to 1e-10) is removed afterwards by
 * putting moved quotes on the hull.
 *
 * Source  Cohen, Reisinger & Wang (2020), Detecting and repairing arbitrage in traded option prices (the same optimum)
 */
import { NumericalError } from "../../num/errors.ts";
import { linearProgram } from "../linearProgram.ts";
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

/** The program's mids. */
async function solveRepair(
  expiries: readonly CallExpiry[],
  mids: Float64Array,
  weights: readonly number[],
): Promise<Float64Array> {
  const program = linearProgram();
  const up = new Int32Array(mids.length);
  const scale = Math.max(...weights);
  const far = 4 * Math.max(...expiries.map(({ quotes }) => quotes[quotes.length - 1].moneyness));
  let later: Map<number, number> | undefined;
  let knots = [far];
  for (const { quotes } of expiries.toReversed()) {
    knots = [...new Set([...knots, ...quotes.map((quote) => quote.moneyness)])].sort(
      (a, b) => a - b,
    );
    const columns = new Map(
      knots.map((knot) => [knot, program.column(0, Math.max(1 - knot, 0), 1)]),
    );
    addShape(program, knots, columns);
    for (const [knot, column] of later ?? []) {
      program.row(0, Infinity, [
        [column, 1],
        [columns.get(knot) ?? 0, -1],
      ]);
    }
    for (const { index, moneyness } of quotes) {
      const weight = weights[index] / scale;
      up[index] = program.column(weight);
      program.column(weight);
      program.row(mids[index], mids[index], [
        [columns.get(moneyness) ?? 0, 1],
        [up[index], -1],
        [up[index] + 1, 1],
      ]);
    }
    later = columns;
  }
  const { values } = await program.solve("repairQuotes");
  return mids.map((mid, i) => mid + (values[up[i]] - values[up[i] + 1]));
}

/** Convex from (0, 1), slope ≥ −1 (by the bounds c ≥ 1 − κ) and non-increasing at the end. */
function addShape(
  program: ReturnType<typeof linearProgram>,
  knots: readonly number[],
  columns: ReadonlyMap<number, number>,
): void {
  const at = knots.map((knot) => columns.get(knot) ?? 0);
  for (let i = 0; i + 1 < knots.length; i++) {
    const before = i === 0 ? 0 : knots[i - 1];
    const [a, b] = [knots[i] - before, knots[i + 1] - knots[i]];
    const [left, right] = [b / (a + b), a / (a + b)];
    if (i === 0) {
      program.row(-left, Infinity, [
        [at[0], -1],
        [at[1], right],
      ]);
    } else {
      program.row(0, Infinity, [
        [at[i - 1], left],
        [at[i], -1],
        [at[i + 1], right],
      ]);
    }
  }
  const last = knots.length - 1;
  if (last > 0) {
    program.row(0, Infinity, [
      [at[last - 1], 1],
      [at[last], -1],
    ]);
  }
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
