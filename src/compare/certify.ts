/**
 * The certificate of a fitted surface: the auditor at every expiry, at two dates in each gap and halfway to the first,
 * with the grid and the tolerance of `volterra fit`; and once more only where there are quotes.
 */
import type { Chain } from "../market/index.ts";
import { audit, type AuditFailure, type ModelSurface } from "../surface/index.ts";
import type { CompareCertificate } from "./compareDocument.ts";

/** Dates looked at between two expiries. */
const datesBetween = 2;
/** Broken relations that the document lists. */
const listedFailures = 5;
/** Strikes of the audit between the outermost quotes. */
const strikesAtQuotes = 81;

/** Audits a surface for a chain. */
export function certify(surface: ModelSurface, chain: Chain): CompareCertificate {
  const years = chain.expiries.map(({ yearsToExpiry }) => yearsToExpiry);
  const certificate = audit(surface, { years: auditedDates(years) });
  const { worstButterfly, worstCalendar, tolerance, checked, failures } = certificate;
  return {
    pass: certificate.pass,
    worstButterfly,
    worstCalendar,
    tolerance,
    dates: checked.dates,
    strikesPerDate: checked.strikesPerDate,
    failures: failures.slice(0, listedFailures).map(failureText),
    passAtQuotes: passesAtQuotes(surface, chain, tolerance),
  };
}

/** Half the first date, every date, and `datesBetween` in each gap. */
function auditedDates(years: readonly number[]): number[] {
  return years.flatMap((t, i) => {
    if (i === 0) return [t / 2, t];
    const between = Array.from(
      { length: datesBetween },
      (_, n) => years[i - 1] + ((t - years[i - 1]) * (n + 1)) / (datesBetween + 1),
    );
    return [...between, t];
  });
}

/** Each expiry's butterfly between its outermost quotes; calendars where two neighbours both have quotes. */
function passesAtQuotes(surface: ModelSurface, chain: Chain, tolerance: number): boolean {
  return chain.expiries.every(({ quotes, yearsToExpiry }, i) => {
    const [low, high] = [quotes[0].logMoneyness, quotes[quotes.length - 1].logMoneyness];
    if (!(high > low)) return true;
    const own = audit(surface, {
      years: [yearsToExpiry],
      logMoneyness: spaced(low, high),
      tolerance,
    });
    const earlier = chain.expiries[i - 1];
    if (!holds(own.failures)) return false;
    if (earlier === undefined) return true;
    const from = Math.max(low, earlier.quotes[0].logMoneyness);
    const to = Math.min(high, earlier.quotes[earlier.quotes.length - 1].logMoneyness);
    if (!(to > from)) return true;
    return holds(
      audit(surface, {
        years: [earlier.yearsToExpiry, yearsToExpiry],
        logMoneyness: spaced(from, to),
        tolerance,
      }).failures,
    );
  });
}

/** Lee's bound speaks about the ends of the strikes, which between quotes are no wings. */
const holds = (failures: readonly AuditFailure[]): boolean =>
  failures.every(({ relation }) => relation === "wing");

const spaced = (from: number, to: number): number[] =>
  Array.from(
    { length: strikesAtQuotes },
    (_, i) => from + ((to - from) * i) / (strikesAtQuotes - 1),
  );

function failureText({ relation, k, years, value, points }: AuditFailure): string {
  const more = points > 1 ? ` (and ${points - 1} more there)` : "";
  return `${relation} ${value.toExponential(1)} at k ${k.toFixed(3)}, ${(365 * years).toFixed(1)} days${more}`;
}
