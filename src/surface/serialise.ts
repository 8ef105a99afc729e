/** Surfaces as JSON: laws as base64 of float64, so that a reloaded surface gives the same bits. */
import { decodeFloat64, encodeFloat64 } from "../num/base64.ts";
import { InputError, UnsupportedError } from "../num/errors.ts";
import { surfaceOf, type Surface } from "./surface.ts";

const FORMAT = "volterra-surface";
const VERSION = 1;

/** Plain data for JSON.stringify. */
export interface SurfaceJson {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** [node] base64. */
  readonly years: string;
  readonly forwardErrors: string;
  /** [node] lattice steps, base64. */
  readonly steps: string;
  /** [node] lattice index of the first atom, and number of atoms. */
  readonly first: readonly number[];
  readonly atoms: readonly number[];
  /** [node][atom] probabilities, base64. */
  readonly mass: string;
}

/** The surface as plain data. */
export function surfaceToJson(surface: Surface): SurfaceJson {
  const { years, measures, forwardErrors } = surface.parts;
  const atoms = measures.map((m) => m.mass.length);
  const mass = new Float64Array(atoms.reduce((a, b) => a + b, 0));
  let at = 0;
  for (const measure of measures) {
    mass.set(measure.mass, at);
    at += measure.mass.length;
  }
  return {
    format: FORMAT,
    version: VERSION,
    years: encodeFloat64(years),
    forwardErrors: encodeFloat64(forwardErrors),
    steps: encodeFloat64(Float64Array.from(measures, (m) => m.step)),
    first: measures.map((m) => m.first),
    atoms,
    mass: encodeFloat64(mass),
  };
}

/** The surface from plain data.
 *
 * Throws  InputError when the data are not a surface; UnsupportedError for another version
 */
export function surfaceFromJson(data: unknown): Surface {
  const json = checkShape(data);
  const years = decodeFloat64(json.years, "surface: years");
  const steps = decodeFloat64(json.steps, "surface: steps");
  const forwardErrors = decodeFloat64(json.forwardErrors, "surface: forwardErrors");
  const mass = decodeFloat64(json.mass, "surface: mass");
  const nodes = json.atoms.length;
  const total = json.atoms.reduce((a, b) => a + b, 0);
  const lengths = [years.length, steps.length, forwardErrors.length, json.first.length];
  if (nodes === 0 || lengths.some((n) => n !== nodes) || total !== mass.length) {
    throw new InputError(
      `surface: expected ${nodes} nodes and ${total} atoms, got lengths ${lengths.join(", ")} and ${mass.length} atoms. The document is damaged: write it again.`,
    );
  }
  let at = 0;
  const measures = json.atoms.map((count, n) => {
    at += count;
    return { step: steps[n], first: json.first[n], mass: mass.slice(at - count, at) };
  });
  return surfaceOf({ years, measures, forwardErrors });
}

function checkShape(data: unknown): SurfaceJson {
  const json = (typeof data === "object" && data !== null ? data : {}) as Partial<SurfaceJson>;
  if (json.format !== FORMAT) {
    throw new InputError(
      `surface: expected a document of format ${FORMAT}, got ${JSON.stringify(json.format) ?? "none"}. Pass what surfaceToJson returned.`,
    );
  }
  if (json.version !== VERSION) {
    throw new UnsupportedError(
      `surface: expected version ${VERSION}, got ${JSON.stringify(json.version)}. Build the surface again with this version of volterra.`,
    );
  }
  const isList = (v: unknown): boolean => Array.isArray(v) && v.every((n) => Number.isInteger(n));
  const texts = [json.years, json.steps, json.forwardErrors, json.mass];
  if (texts.some((t) => typeof t !== "string") || !isList(json.first) || !isList(json.atoms)) {
    throw new InputError(
      "surface: expected base64 fields years, steps, forwardErrors, mass and integer lists first, atoms, got other types. The document is damaged: write it again.",
    );
  }
  return json as SurfaceJson;
}
