/**
 * Jumps of the neural SDE (Merton 1976), with a law of its own in every expiry interval, summed in the payoff.
 *
 * In interval j jumps arrive at rate λ e^{a_j − t/τ}, with sizes ln J ~ N(m + m_j, δ² e^{2 d_j}). Days of
 * news differ: a short interval's smile is made of what can happen in it, which diffusions are too slow for.
 *
 * With Λ_j the expected jumps of interval j, an option at the end of interval e sees
 *
 *   no jump                 e^{−Λ},                 Λ = Σ_{j≤e} Λ_j
 *   one, in interval e      e^{−Λ} Λ_e              its own size
 *   one, in an earlier one  e^{−Λ} Σ_{j<e} Λ_j      the Gaussian with the mean and variance of the mixture of sizes
 *   more                    the rest                two such sizes of any interval, likewise
 *
 * Each moves (x_p, w_p) to (x_p + shift − ln g, w_p + variance), g = Σ q e^{shift} over the four: E[S_T] = F exactly.
 */
import {
  abs,
  add,
  div,
  exp,
  type Expr,
  log,
  mul,
  neg,
  type Num,
  type Program,
  segmentNamed,
  select,
  square,
  sub,
  sum,
} from "../ir/index.ts";

/** What the jumps need to know of a configuration. */
export interface JumpStructure {
  /** [expiry] ends of the intervals. */
  readonly yearsToExpiry: readonly number[];
  /** Jumps that a payoff counts: 0, 1 or 2. */
  readonly maxJumps: number;
  readonly jumpDecayYears: number;
}

/** Parameters of the jump law; tables [interval]. */
export interface JumpParams {
  readonly logJumps: Expr;
  readonly jumpMean: Expr;
  readonly logJumpStdDev: Expr;
  readonly jumpRates: JumpTable;
  readonly jumpMeans: JumpTable;
  readonly jumpSizes: JumpTable;
}

interface JumpTable {
  element(i: number): Expr;
}

/** What a row says about its expiry: its index. */
export interface JumpRow {
  readonly interval: Expr;
}

/** A table's mean of 1 is a jump of about this much: the size of a move that the search should find natural. */
const meanUnit = 0.05;

/** No smaller sum of rates is divided by. */
const tiny = 1e-12;

/** Expected jumps of an interval at rate e^{−t/τ}. */
function intervalWeight({ jumpDecayYears }: JumpStructure, from: number, to: number): number {
  return jumpDecayYears * (Math.exp(-from / jumpDecayYears) - Math.exp(-to / jumpDecayYears));
}

/** One way in which an expiry's jumps can turn out: probability, change of x before compensation, of w. */
interface Outcome<T> {
  readonly probability: T;
  readonly shift: T;
  readonly variance: T;
}

/** Price of an option as the mean over the numbers of jumps; all weights are uniform values. */
export function jumpMixture(
  structure: JumpStructure,
  p: JumpParams,
  row: JumpRow,
  o: { readonly x: Expr; readonly w: Expr },
  option: (x: Num, w: Num) => Expr,
): Expr {
  const outcomes = outcomesOf(structure, p, row);
  const growth = sum(...outcomes.map((k) => mul(k.probability, exp(k.shift))));
  const compensated = sub(o.x, log(growth));
  return sum(
    ...outcomes.map((k) =>
      mul(k.probability, option(add(compensated, k.shift), add(o.w, k.variance))),
    ),
  );
}

function outcomesOf(structure: JumpStructure, p: JumpParams, row: JumpRow): Outcome<Num>[] {
  const laws = structure.yearsToExpiry.map((to, j) => {
    const weight = intervalWeight(structure, structure.yearsToExpiry[j - 1] ?? 0, to);
    return {
      isOwn: select(sub(0.5, abs(sub(row.interval, j))), 1, 0),
      isEarlier: select(sub(row.interval, j + 0.5), 1, 0),
      rate: mul(exp(add(p.logJumps, p.jumpRates.element(j))), weight),
      mean: add(p.jumpMean, mul(meanUnit, p.jumpMeans.element(j))),
      variance: square(exp(add(p.logJumpStdDev, p.jumpSizes.element(j)))),
    };
  });
  const ownOf = (f: (law: (typeof laws)[number]) => Expr) =>
    sum(...laws.map((law) => mul(law.isOwn, f(law))));
  const earlierSum = (f: (law: (typeof laws)[number]) => Expr) =>
    sum(...laws.slice(0, -1).map((law) => mul(law.isEarlier, mul(law.rate, f(law)))), 0);
  const own = {
    rate: ownOf((law) => law.rate),
    mean: ownOf((law) => law.mean),
    variance: ownOf((law) => law.variance),
  };
  const rate = sum(...laws.slice(0, -1).map((law) => mul(law.isEarlier, law.rate)), 0);
  const first = earlierSum((law) => law.mean);
  const second = earlierSum((law) => add(square(law.mean), law.variance));
  const total = add(rate, own.rate);
  const none = exp(neg(total));
  const before = gaussian(rate, first, second);
  const outcomes: Outcome<Num>[] = [
    {
      probability: structure.maxJumps > 1 ? none : sub(1, mul(none, total)),
      shift: 0,
      variance: 0,
    },
    outcome(mul(none, own.rate), own.mean, own.variance),
    outcome(mul(none, rate), before.mean, before.variance),
  ];
  if (structure.maxJumps > 1) {
    const any = gaussian(
      total,
      add(first, mul(own.rate, own.mean)),
      add(second, mul(own.rate, add(square(own.mean), own.variance))),
    );
    const more = sub(1, mul(none, add(1, total)));
    outcomes.push(outcome(more, mul(2, any.mean), mul(2, any.variance)));
  }
  return outcomes;
}

/** Mean and variance of the mixture whose rate, first and second moments are summed here. */
function gaussian(rate: Num, first: Num, second: Num) {
  const mass = add(rate, tiny);
  const mean = div(first, mass);
  return { mean, variance: sub(div(second, mass), mul(square(mean), div(rate, mass))) };
}

const outcome = (probability: Num, mean: Num, variance: Num): Outcome<Num> => ({
  probability,
  shift: add(mean, mul(0.5, variance)),
  variance,
});

/** Jumps of one interval: expected number, and mean and variance of ln J. */
export interface JumpLaw {
  readonly rate: number;
  readonly mean: number;
  readonly variance: number;
}

/** The laws of a model's intervals, up to a date: the process itself, of which `jumpTerms` is the sum that prices use.
 *
 * Shape   → [interval up to the one that holds `years`]; none for a model without jumps
 */
export function jumpLaws(
  structure: JumpStructure,
  program: Program,
  theta: Float64Array,
  years = Infinity,
): JumpLaw[] {
  if (structure.maxJumps === 0) return [];
  const at = (name: string, i = 0) => theta[segmentNamed(program, name).offset + i];
  const ends = structure.yearsToExpiry;
  const last = ends.findIndex((end) => end >= years * (1 - 1e-12));
  return ends.slice(0, (last < 0 ? ends.length - 1 : last) + 1).map((end, j) => ({
    rate:
      Math.exp(at("logJumps") + at("jumpRates", j)) *
      intervalWeight(structure, ends[j - 1] ?? 0, Math.min(end, years)),
    mean: at("jumpMean") + meanUnit * at("jumpMeans", j),
    variance: Math.exp(2 * (at("logJumpStdDev") + at("jumpSizes", j))),
  }));
}

/** The jump law of `jumpMixture` in numbers: x_p moves by shift[n] and w_p by variance[n] with probability[n]. */
export interface JumpTerms {
  readonly probability: readonly number[];
  readonly shift: readonly number[];
  readonly variance: readonly number[];
}

/** Terms of the jump mixture of a model at any date up to the last expiry. */
export function jumpTerms(
  structure: JumpStructure,
  program: Program,
  theta: Float64Array,
  years: number,
): JumpTerms {
  if (structure.maxJumps === 0) return { probability: [1], shift: [0], variance: [0] };
  const laws = jumpLaws(structure, program, theta, years);
  const collapse = (own: readonly JumpLaw[]) => {
    const rate = own.reduce((total, law) => total + law.rate, 0);
    const first = own.reduce((total, law) => total + law.rate * law.mean, 0);
    const second = own.reduce((total, law) => total + law.rate * (law.mean ** 2 + law.variance), 0);
    const mean = first / (rate + tiny);
    return { rate, mean, variance: (second - rate * mean * mean) / (rate + tiny) };
  };
  const own = laws[laws.length - 1];
  const before = collapse(laws.slice(0, -1));
  const any = collapse(laws);
  const none = Math.exp(-any.rate);
  const outcomes = [
    {
      probability: structure.maxJumps > 1 ? none : 1 - none * any.rate,
      mean: 0,
      variance: 0,
    },
    { probability: none * own.rate, mean: own.mean, variance: own.variance },
    { probability: none * before.rate, mean: before.mean, variance: before.variance },
  ];
  if (structure.maxJumps > 1) {
    const probability = 1 - none * (1 + any.rate);
    outcomes.push({ probability, mean: 2 * any.mean, variance: 2 * any.variance });
  }
  const probability = outcomes.map((k) => k.probability);
  const drift = outcomes.map((k) => k.mean + 0.5 * k.variance);
  const growth = probability.reduce((sum_, q, n) => sum_ + q * Math.exp(drift[n]), 0);
  return {
    probability,
    shift: drift.map((d) => d - Math.log(growth)),
    variance: outcomes.map((k) => k.variance),
  };
}
