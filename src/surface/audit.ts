/**
 * The auditor: static arbitrage on a dense grid, for any surface that can say its total variance.
 *
 * It looks at prices only, never at how the surface was made. On each date strikes are equally spaced in
 * z = k/s, s the at-the-money total standard deviation; derivatives are divided differences of out-of-the-money
 * prices, so rounding stays near 1e-13 in the units of certificate.ts. Calendar compares neighbouring dates at
 * the strikes of both.
 *
 * Source: Carr & Madan (2005), Gatheral & Jacquier (2014) for butterfly and calendar; Lee (2004) for the wings
 */
import { blackOtm } from "../formulas/index.ts";
import { InputError } from "../num/errors.ts";
import type { AuditFailure, Certificate, Relation, SurfacePoint } from "./certificate.ts";
import type { Surface } from "./surface.ts";

/** Any surface: σ²T at k = ln(K/F) and T in years. */
export interface VarianceFunction {
  totalVariance(k: number, years: number): number;
}

export interface AuditOptions {
  /** Dates, increasing. Default for a Surface: its nodes, and `datesBetween` more in each gap. */
  readonly years?: ArrayLike<number>;
  readonly datesBetween?: number;
  /** Strikes: this many, equally spaced in ±`standardDeviations`. */
  readonly strikes?: number;
  readonly standardDeviations?: number;
  /** Log-moneyness at every date instead, increasing. */
  readonly logMoneyness?: ArrayLike<number>;
  readonly tolerance?: number;
}

export const auditDefaults = {
  datesBetween: 2,
  strikes: 241,
  standardDeviations: 8,
  tolerance: 1e-8,
} as const;

const MAX_FAILURES = 100;

/** Audits a surface.
 *
 * Units     prices in units of the forward
 * Throws    InputError when there are no dates to audit or fewer than three strikes
 * @example  audit({ totalVariance: (k, t) => 0.04 * t }, { years: [0.1, 0.5, 1] }).pass // true
 */
export function audit(
  surface: Surface | VarianceFunction,
  options: AuditOptions = {},
): Certificate {
  const years = auditDates(surface, options);
  const ledger = new Map<Relation, Entry>();
  const failures: AuditFailure[] = [];
  const book = (relation: Relation, value: number, k: number, t: number): void =>
    record(ledger, relation, value, { k, years: t });
  const tolerance = options.tolerance ?? auditDefaults.tolerance;
  let range = { kMin: Infinity, kMax: -Infinity };
  let earlier: DatedPrices | undefined;
  let strikes = 0;
  for (const t of years) {
    const dated = pricesAt(surface, t, options);
    strikes = dated.ks.length;
    range = {
      kMin: Math.min(range.kMin, dated.ks[0]),
      kMax: Math.max(range.kMax, dated.ks[strikes - 1]),
    };
    checkBounds(dated, book);
    checkStrikes(dated, book);
    checkWings(dated, book);
    if (earlier !== undefined) checkCalendar(earlier, dated, book);
    earlier = dated;
    settle(ledger, tolerance, failures);
  }
  return certify(ledger, failures, tolerance, {
    dates: years.length,
    strikesPerDate: strikes,
    range: { ...range, yearsMin: years[0], yearsMax: years[years.length - 1] },
  });
}

/** Smallest value of a relation, and how often it was looked at. */
interface Entry {
  count: number;
  value: number;
  at: SurfacePoint | null;
  /** Negative values at the date being audited. */
  negative: { value: number; at: SurfacePoint }[];
}

type Book = (relation: Relation, value: number, k: number, years: number) => void;

interface DatedPrices {
  readonly years: number;
  readonly ks: Float64Array;
  readonly otm: Float64Array;
  /** At-the-money total standard deviation. */
  readonly deviation: number;
  readonly price: (k: number) => number;
  /** Total variance where the surface defines it, else NaN. */
  readonly variance: (k: number) => number;
}

function isSurface(surface: Surface | VarianceFunction): surface is Surface {
  return "slice" in surface;
}

function auditDates(surface: Surface | VarianceFunction, options: AuditOptions): number[] {
  if (options.years !== undefined && options.years.length > 0) return Array.from(options.years);
  if (!isSurface(surface)) {
    throw new InputError(
      "audit: expected options.years for a surface given as a function, got none. List the dates to audit.",
    );
  }
  const between = options.datesBetween ?? auditDefaults.datesBetween;
  const out: number[] = [];
  // before the first node, dates that fall by halves show the extrapolation to zero
  for (let i = 6; i >= 1; i--) out.push(surface.years[0] * 0.5 ** i);
  surface.years.forEach((t, n) => {
    const from = n === 0 ? t * 0.5 : surface.years[n - 1];
    for (let i = 1; i <= between; i++) out.push(from + ((t - from) * i) / (between + 1));
    out.push(t);
  });
  return out;
}

function pricesAt(
  surface: Surface | VarianceFunction,
  t: number,
  options: AuditOptions,
): DatedPrices {
  let price: (k: number) => number;
  let variance: (k: number) => number;
  if (isSurface(surface)) {
    const slice = surface.slice(t);
    price = (k) => slice.otmPrice(k);
    variance = (k) => (k >= slice.kMin && k <= slice.kMax ? slice.totalVariance(k) : Number.NaN);
  } else {
    variance = (k) => surface.totalVariance(k, t);
    price = (k) => {
      const w = variance(k);
      return w >= 0 ? (w === 0 ? 0 : blackOtm(k, Math.sqrt(w))) : Number.NaN;
    };
  }
  const deviation = Math.sqrt(variance(0));
  const ks =
    options.logMoneyness === undefined
      ? strikesOf(deviation, options)
      : Float64Array.from(options.logMoneyness);
  if (ks.length < 3) {
    throw new InputError(
      `audit: expected at least 3 strikes, got ${ks.length}. Raise strikes or list more logMoneyness.`,
    );
  }
  return { years: t, ks, otm: ks.map(price), deviation, price, variance };
}

function strikesOf(deviation: number, options: AuditOptions): Float64Array {
  const n = options.strikes ?? auditDefaults.strikes;
  const reach =
    (options.standardDeviations ?? auditDefaults.standardDeviations) *
    (deviation > 0 ? deviation : 0.1);
  return Float64Array.from({ length: n }, (_, i) => reach * ((2 * i) / (n - 1) - 1));
}

function checkBounds({ ks, otm, years }: DatedPrices, book: Book): void {
  for (let i = 0; i < ks.length; i++) {
    if (!Number.isFinite(otm[i])) {
      book("defined", Number.NaN, ks[i], years);
      continue;
    }
    const ceiling = ks[i] > 0 ? 1 : Math.exp(ks[i]);
    book("bound", Math.min(otm[i], ceiling - otm[i]), ks[i], years);
  }
}

/** Convexity at every inner strike, slope between neighbours; in puts up to the forward, in calls above. */
function checkStrikes({ ks, otm, years, deviation }: DatedPrices, book: Book): void {
  const scale = deviation * deviation;
  for (let i = 1; i < ks.length; i++) {
    const call = ks[i] > 0;
    const at = (j: number): number =>
      ks[j] > 0 === call ? otm[j] : otm[j] + (call ? -1 : 1) * Math.expm1(ks[j]);
    const width = Math.exp(ks[i - 1]) * Math.expm1(ks[i] - ks[i - 1]);
    const slope = (at(i) - at(i - 1)) / width;
    if (!Number.isFinite(slope)) continue;
    book("vertical", call ? Math.min(-slope, 1 + slope) : Math.min(slope, 1 - slope), ks[i], years);
    if (i + 1 === ks.length) continue;
    const nextWidth = Math.exp(ks[i]) * Math.expm1(ks[i + 1] - ks[i]);
    const curvature = (2 * ((at(i + 1) - at(i)) / nextWidth - slope)) / (width + nextWidth);
    if (Number.isFinite(curvature)) book("butterfly", scale * curvature, ks[i], years);
  }
}

function checkWings({ ks, years, variance }: DatedPrices, book: Book): void {
  for (const side of [-1, 1]) {
    // outermost pair of strikes at which the surface has a variance
    for (let i = side > 0 ? ks.length - 1 : 0; i - side >= 0 && i - side < ks.length; i -= side) {
      const outer = variance(ks[i]);
      const inner = variance(ks[i - side]);
      if (!(Number.isFinite(outer) && Number.isFinite(inner))) continue;
      if (outer < 2 * Math.abs(ks[i])) {
        book("wing", 2 - (outer - inner) / Math.abs(ks[i] - ks[i - side]), ks[i], years);
      }
      break;
    }
  }
}

function checkCalendar(earlier: DatedPrices, later: DatedPrices, book: Book): void {
  for (let i = 0; i < earlier.ks.length; i++) {
    const gain = later.price(earlier.ks[i]) - earlier.otm[i];
    if (Number.isFinite(gain)) book("calendar", gain, earlier.ks[i], later.years);
  }
  for (let i = 0; i < later.ks.length; i++) {
    const gain = later.otm[i] - earlier.price(later.ks[i]);
    if (Number.isFinite(gain)) book("calendar", gain, later.ks[i], later.years);
  }
}

function record(
  ledger: Map<Relation, Entry>,
  relation: Relation,
  value: number,
  at: SurfacePoint,
): void {
  let entry = ledger.get(relation);
  if (entry === undefined) {
    entry = { count: 0, value: Infinity, at: null, negative: [] };
    ledger.set(relation, entry);
  }
  entry.count++;
  if (value < entry.value) Object.assign(entry, { value, at });
  if (!(value >= 0)) entry.negative.push({ value, at });
}

/** Turns a date's negative values into failures, and forgets them. */
function settle(ledger: Map<Relation, Entry>, tolerance: number, failures: AuditFailure[]): void {
  for (const [relation, entry] of ledger) {
    const broken = entry.negative.filter(({ value }) => !(value >= -tolerance));
    entry.negative = [];
    if (broken.length === 0 || failures.length >= MAX_FAILURES) continue;
    const worst = broken.reduce((a, b) => (b.value < a.value ? b : a));
    failures.push({ relation, value: worst.value, ...worst.at, points: broken.length });
  }
}

function certify(
  ledger: ReadonlyMap<Relation, Entry>,
  failures: readonly AuditFailure[],
  tolerance: number,
  grid: { dates: number; strikesPerDate: number; range: Certificate["range"] },
): Certificate {
  const value = (relation: Relation): number => ledger.get(relation)?.value ?? 0;
  const at = (relation: Relation): SurfacePoint | null => ledger.get(relation)?.at ?? null;
  const count = (relation: Relation): number => ledger.get(relation)?.count ?? 0;
  const each = <T>(f: (relation: Relation) => T) => ({
    butterfly: f("butterfly"),
    calendar: f("calendar"),
    vertical: f("vertical"),
    bound: f("bound"),
    wing: f("wing"),
  });
  return {
    pass: failures.length === 0,
    tolerance,
    worstButterfly: value("butterfly"),
    worstCalendar: value("calendar"),
    worstVertical: value("vertical"),
    worstBound: value("bound"),
    worstWing: value("wing"),
    where: each(at),
    checked: { ...each(count), dates: grid.dates, strikesPerDate: grid.strikesPerDate },
    range: grid.range,
    failures,
  };
}
