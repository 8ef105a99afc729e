/**
 * `volterra surface MODEL`: asks a fitted surface at a point, or exports it as a grid.
 */
import { readFileSync } from "node:fs";
import { type Command } from "commander";
import { decodeModel, type FittedModel } from "../calibrate/index.ts";
import { parseInstant, yearsBetween } from "../market/index.ts";
import { InputError } from "../num/errors.ts";
import {
  type Surface,
  surfaceCsv,
  surfaceFromJson,
  type SurfaceRow,
  surfaceTable,
} from "../surface/index.ts";
import { writeFileAtomically } from "./atomicWrite.ts";
import { numberFlag } from "./chainSource.ts";
import { UsageError } from "./exitCodes.ts";
import { type CliIo, printJson } from "./io.ts";
import { percent, textTable } from "./textTable.ts";

interface SurfaceFlags {
  readonly strike?: number;
  readonly k?: number;
  readonly years?: number;
  readonly expiry?: string;
  readonly csv?: string;
  readonly json?: boolean;
}

/** Grid of `surfaceGrid`: strikes from −`deviations` to +`deviations` standard deviations of each date. */
const grid = { deviations: 4, perDeviation: 5 } as const;

/** Adds the verb. */
export function addSurfaceVerb(program: Command, io: CliIo): void {
  program
    .command("surface <model>")
    .description("price, volatility, delta and density at a point of a fitted surface, or a grid")
    .option("--strike <price>", "strike, in currency", numberFlag)
    .option("--k <number>", "log-moneyness ln(K/F), in place of the strike", numberFlag)
    .option("--years <years>", "years to expiry (ACT/365)", numberFlag)
    .option("--expiry <time>", "expiry as an ISO 8601 time, in place of the years")
    .option("--csv <file>", "write a grid of strikes and dates")
    .option("--json", "print one JSON document")
    .action(async (path: string, flags: SurfaceFlags) => {
      const model = await readModel(path);
      const surface = surfaceFromJson(model.surface);
      if (flags.strike !== undefined || flags.k !== undefined) {
        const point = pointOf(model, surface, flags);
        if (flags.json) printJson(io, point);
        else io.stdout(pointText(point));
        return;
      }
      if (flags.years !== undefined || flags.expiry !== undefined) {
        throw new UsageError(
          "surface: expected --strike or --k beside the date, got none. Add one.",
        );
      }
      const rows = surfaceGrid(surface);
      if (flags.csv !== undefined) {
        writeFileAtomically(flags.csv, surfaceCsv(rows));
        io.stderr(`Wrote ${rows.length} points to ${flags.csv}\n`);
      }
      if (flags.json) printJson(io, { schemaVersion: 1, underlying: model.underlying, rows });
      else if (flags.csv === undefined) io.stdout(overview(model, surface));
    });
}

/** Reads a model file.
 *
 * Throws  InputError when it cannot be read or is no model file
 */
export async function readModel(path: string): Promise<FittedModel> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`${path}: expected a readable model file, got ${why}. Check the path.`);
  }
  return decodeModel(text, path);
}

/** The surface at its own dates, over strikes that are multiples of each date's standard deviation. */
export function surfaceGrid(surface: Surface): SurfaceRow[] {
  const half = grid.deviations * grid.perDeviation;
  return Array.from(surface.years).flatMap((years) => {
    const s = Math.sqrt(surface.totalVariance(0, years));
    const ks = Array.from({ length: 2 * half + 1 }, (_, i) => (s * (i - half)) / grid.perDeviation);
    return surfaceTable(surface, ks, [years]);
  });
}

/** Everything about one point. */
interface PointAnswer extends SurfaceRow {
  readonly schemaVersion: 1;
  readonly underlying: string;
  readonly forward: number;
  readonly strike: number;
  /** Undiscounted, in currency. */
  readonly callPriceCurrency: number;
  readonly putPriceCurrency: number;
  /** Density of the price itself at the strike, per unit of currency. */
  readonly strikeDensity: number;
}

function pointOf(model: FittedModel, surface: Surface, flags: SurfaceFlags): PointAnswer {
  if (flags.strike !== undefined && flags.k !== undefined) {
    throw new UsageError("surface: expected --strike or --k, got both. Leave one out.");
  }
  const years = yearsOf(model, flags);
  const forward = forwardAt(model, years);
  if (flags.strike !== undefined && !(flags.strike > 0)) {
    throw new InputError(
      `surface: expected a positive strike, got ${flags.strike}. Use --k for log-moneyness.`,
    );
  }
  const k = flags.k ?? Math.log((flags.strike ?? forward) / forward);
  const [row] = surfaceTable(surface, [k], [years]);
  const strike = flags.strike ?? forward * Math.exp(k);
  return {
    schemaVersion: 1,
    underlying: model.underlying,
    forward,
    strike,
    ...row,
    callPriceCurrency: forward * row.callPrice,
    putPriceCurrency: forward * row.putPrice,
    strikeDensity: row.density / strike,
  };
}

function yearsOf(model: FittedModel, flags: SurfaceFlags): number {
  if ((flags.years === undefined) === (flags.expiry === undefined)) {
    throw new UsageError(
      "surface: expected either --years or --expiry beside the strike. Pass one of them.",
    );
  }
  if (flags.years !== undefined) return flags.years;
  const text = flags.expiry ?? "";
  const day = /^\d{4}-?\d{2}-?\d{2}$/.test(text.trim());
  // A bare date means the model's own expiry of that day, where there is one.
  const own = model.expiryMs.find(
    (ms) => new Date(ms).toISOString().slice(0, 10) === text || `${ms}` === text,
  );
  const expiryMs = own !== undefined && day ? own : parseInstant(text);
  if (Number.isNaN(expiryMs)) {
    throw new UsageError(`--expiry: expected an ISO 8601 time, got "${text}". Write 2026-03-27.`);
  }
  return yearsBetween(model.asOfMs, expiryMs);
}

/** Forward of a date: ln F linear between the model's expiries, flat outside them. */
function forwardAt(model: FittedModel, years: number): number {
  const dates = model.expiryMs.map((ms) => yearsBetween(model.asOfMs, ms));
  const right = dates.findIndex((date) => date >= years);
  if (right === -1) return model.forwards[dates.length - 1];
  if (right === 0) return model.forwards[0];
  const share = (years - dates[right - 1]) / (dates[right] - dates[right - 1]);
  return model.forwards[right - 1] ** (1 - share) * model.forwards[right] ** share;
}

function pointText(point: PointAnswer): string {
  const number = (value: number | null): string =>
    value === null ? "beyond the smile" : value.toPrecision(8);
  const rows: readonly (readonly [string, string])[] = [
    ["years", number(point.years)],
    ["forward", number(point.forward)],
    ["strike", number(point.strike)],
    ["k = ln(K/F)", number(point.k)],
    ["implied vol", point.impliedVol === null ? number(null) : percent(point.impliedVol, 4)],
    ["total variance", number(point.totalVariance)],
    ["call (undiscounted)", number(point.callPriceCurrency)],
    ["put (undiscounted)", number(point.putPriceCurrency)],
    ["call / forward", number(point.callPrice)],
    ["put / forward", number(point.putPrice)],
    ["delta (smile moves with F)", number(point.smileDelta)],
    ["delta (Black)", number(point.blackDelta)],
    ["density of ln(S/F)", number(point.density)],
    ["density of S", number(point.strikeDensity)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(28)}${value}\n`).join("");
}

function overview(model: FittedModel, surface: Surface): string {
  const steps = [-2, -1, 0, 1, 2];
  const rows = Array.from(surface.years, (years) => {
    const s = Math.sqrt(surface.totalVariance(0, years));
    return [
      (365 * years).toFixed(1),
      forwardAt(model, years).toPrecision(7),
      ...steps.map((step) => percent(surface.impliedVol(step * s, years), 2)),
    ];
  });
  const header = ["days", "forward", ...steps.map((step) => (step === 0 ? "ATM" : `${step}σ√T`))];
  return `${model.underlying} as of ${new Date(model.asOfMs).toISOString()}: implied volatility by date and strike\n\n${textTable(header, rows)}\n`;
}
