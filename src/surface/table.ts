/** A surface as rows, for CSV and JSON. */
import type { Surface } from "./surface.ts";

/** One point of the table. Strike and prices are per unit of the date's forward, undiscounted. */
export interface SurfaceRow {
  readonly years: number;
  /** ln(K/F). */
  readonly k: number;
  readonly strikeOverForward: number;
  readonly callPrice: number;
  readonly putPrice: number;
  /** Density of ln(S/F). */
  readonly density: number;
  /** Null beyond the ends of the smile, where an option is worth less than 1e-14 of the forward. */
  readonly impliedVol: number | null;
  readonly totalVariance: number | null;
  readonly smileDelta: number | null;
  readonly blackDelta: number | null;
}

/** Names of the columns, in order. */
export const surfaceColumns = [
  "years",
  "k",
  "strikeOverForward",
  "impliedVol",
  "totalVariance",
  "callPrice",
  "putPrice",
  "smileDelta",
  "blackDelta",
  "density",
] as const satisfies readonly (keyof SurfaceRow)[];

/** Rows by date, then by strike.
 *
 * Shape   ks [strike], years [date] → [date · strike] rows
 * Throws  InputError when a date is outside the surface's domain
 */
export function surfaceTable(
  surface: Surface,
  ks: ArrayLike<number>,
  years: ArrayLike<number>,
): SurfaceRow[] {
  return Array.from(years).flatMap((t) => {
    const slice = surface.slice(t);
    return Array.from(ks, (k) => {
      const hasVol = k >= slice.kMin && k <= slice.kMax;
      const delta = hasVol ? slice.delta(k) : null;
      return {
        years: t,
        k,
        strikeOverForward: Math.exp(k),
        callPrice: slice.callPrice(k),
        putPrice: slice.putPrice(k),
        density: slice.density(k),
        impliedVol: hasVol ? slice.impliedVol(k) : null,
        totalVariance: hasVol ? slice.totalVariance(k) : null,
        smileDelta: delta?.smile ?? null,
        blackDelta: delta?.black ?? null,
      };
    });
  });
}

/** The rows as CSV with a header; empty fields where a value is null. */
export function surfaceCsv(rows: readonly SurfaceRow[]): string {
  const lines = rows.map((row) => surfaceColumns.map((column) => row[column] ?? "").join(","));
  return `${[surfaceColumns.join(","), ...lines].join("\n")}\n`;
}
