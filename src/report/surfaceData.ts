/** What the page's script draws: the block of JSON between htmlReport.ts and client/surface3d.ts. */
import { expiryIndex, type ReportData } from "./reportData.ts";

/** The element that holds the block, and the one that the surface is drawn in. */
export const surfaceDataId = "surface-data";
export const surfaceHostId = "surface3d";

/** Units as in ReportData. */
export interface SurfaceData {
  readonly logMoneyness: readonly number[];
  readonly years: readonly number[];
  /** [years][logMoneyness]; null where there is nothing to show. */
  readonly vol: readonly (readonly (number | null)[])[];
  /** [quote] (ln(K/F), years, mid volatility) */
  readonly quotes: readonly (readonly [number, number, number])[];
}

/** Rounded: a pixel is about 1/500 of the picture. */
const short = (value: number): number => Number(value.toPrecision(5));

export function surfaceData({ surfaceGrid, quotes, document }: ReportData): SurfaceData {
  return {
    logMoneyness: surfaceGrid.logMoneyness.map(short),
    years: surfaceGrid.years.map(short),
    vol: surfaceGrid.vol.map((row) => row.map((v) => (Number.isFinite(v) ? short(v) : null))),
    quotes: quotes.map((q) => [
      short(q.logMoneyness),
      short(document.expiries[expiryIndex(document, q.expiryMs)].yearsToExpiry),
      short(q.midVol),
    ]),
  };
}
