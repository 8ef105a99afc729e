/** A fitted surface on a grid, from the worker that fitted it. */
import { volAt } from "volterra/compare";
import type { LabMarket } from "../../market/labMarket.ts";
import type { Job } from "../protocol.ts";
import { lastSurfaces } from "./fitModels.ts";

export interface GridInput {
  readonly model: string;
  readonly market: LabMarket;
}

export interface SurfaceGrid {
  /** [row] years */
  readonly years: readonly number[];
  /** [row][column]: each row is stretched over the quotes at its date. */
  readonly k: readonly (readonly number[])[];
  /** [row][column] decimal volatility; NaN where the model has none. */
  readonly vol: readonly (readonly number[])[];
}

const rows = 28;
const columns = 33;

export const surfaceGrid: Job<GridInput, SurfaceGrid | null> = ({ model, market }) => {
  const surface = lastSurfaces.get(model);
  if (surface === undefined) return null;
  const { expiries } = market;
  const [first, last] = [expiries[0], expiries[expiries.length - 1]].map((e) => e.yearsToExpiry);
  const years = Array.from({ length: rows }, (_, i) => {
    const root = Math.sqrt(first) + ((Math.sqrt(last) - Math.sqrt(first)) * i) / (rows - 1);
    return root * root;
  });
  const k = years.map((t) => {
    const [low, high] = reachAt(market, t);
    return Array.from({ length: columns }, (_, i) => low + ((high - low) * i) / (columns - 1));
  });
  return { years, k, vol: k.map((row, i) => row.map((x) => volAt(surface, x, years[i]))) };
};

/** Outermost quotes at a date, in between linear in √T. */
function reachAt({ expiries }: LabMarket, t: number): readonly [number, number] {
  const ends = expiries.map(({ yearsToExpiry, quotes }) => ({
    root: Math.sqrt(yearsToExpiry),
    low: quotes[0].logMoneyness,
    high: quotes[quotes.length - 1].logMoneyness,
  }));
  const root = Math.sqrt(t);
  const i = Math.max(
    1,
    ends.findIndex((end) => end.root >= root - 1e-12),
  );
  if (ends.length === 1) return [ends[0].low, ends[0].high];
  const [a, b] = [ends[i - 1], ends[i]];
  const share = Math.min(1, Math.max(0, (root - a.root) / (b.root - a.root)));
  return [a.low + share * (b.low - a.low), a.high + share * (b.high - a.high)];
}
