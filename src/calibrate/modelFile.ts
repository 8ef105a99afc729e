/**
 * The model file: one JSON document with a version and a checksum.
 *
 *   { "format": "volterra-model", "version": 3, "sha256": "…", "model": { … } }
 *
 * The checksum is SHA-256 over the text of `model` exactly as written, so a flipped byte is found.
 * Parameters are base64 of little-endian float64: what is loaded is bit for bit what was fitted.
 */
import { decodeFloat64, encodeFloat64 } from "../num/base64.ts";
import { InputError, UnsupportedError } from "../num/errors.ts";
import type { NeuralSdeConfig } from "../models/neuralSde.ts";
import type { SurfaceJson } from "../surface/index.ts";
import type { FitDocument } from "./fitDocument.ts";

const FORMAT = "volterra-model";
const VERSION = 3;

/** A fitted neural SDE with all that is needed to price with it and to know where it came from. */
export interface FittedModel {
  readonly kind: "neural-sde";
  /** Structure: expiries, forwards, grid, network sizes. */
  readonly config: NeuralSdeConfig;
  /** Flat parameter vector, [param]. */
  readonly theta: Float64Array;
  readonly seed: number;
  readonly underlying: string;
  readonly asOfMs: number;
  /** [expiry] ms since 1970, UTC. */
  readonly expiryMs: readonly number[];
  /** [expiry] forward prices in currency. */
  readonly forwards: readonly number[];
  /** Fingerprint of the quotes it was fitted to. */
  readonly dataFingerprint: string;
  /** What the fit reported. */
  readonly fit: FitDocument;
  /** Serialised arbitrage-free surface of the fit . */
  readonly surface: SurfaceJson;
}

/** Text of the model file. */
export async function encodeModel(model: FittedModel): Promise<string> {
  const text = JSON.stringify({ ...model, theta: encodeFloat64(model.theta) });
  const head = JSON.stringify({ format: FORMAT, version: VERSION, sha256: await sha256(text) });
  return `${head.slice(0, -1)},"model":${text}}\n`;
}

/** Reads a model file.
 *
 * Throws  InputError when the text is not a model file or its checksum does not match;
 *         UnsupportedError when it was written by another version of the format
 */
export async function decodeModel(text: string, name = "model file"): Promise<FittedModel> {
  const marker = text.indexOf('"model":');
  const document = parseJson(text, name);
  if (document.format !== FORMAT || marker < 0) {
    throw new InputError(
      `${name}: expected a volterra model file, got ${describe(document.format)}. Pass the .model.json that \`volterra fit\` wrote.`,
    );
  }
  if (document.version !== VERSION) {
    throw new UnsupportedError(
      `${name}: expected format version ${VERSION}, got ${describe(document.version)}. Fit again with this version of volterra.`,
    );
  }
  const body = text.slice(marker + '"model":'.length, text.lastIndexOf("}"));
  const sum = await sha256(body);
  if (sum !== document.sha256) {
    throw new InputError(
      `${name}: expected checksum ${describe(document.sha256)}, got ${sum}. The file is damaged: restore it or fit again.`,
    );
  }
  const model = document.model as Omit<FittedModel, "theta"> & { theta: string };
  return { ...model, theta: decodeFloat64(model.theta, `${name}: theta`) };
}

/** SHA-256 of UTF-8 text, lower-case hexadecimal. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}

function parseJson(text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // the error below says what was expected; the position inside a binary file helps nobody
  }
  throw new InputError(
    `${name}: expected a volterra model file (JSON), got ${describe(text.slice(0, 24))}. Pass the .model.json that \`volterra fit\` wrote.`,
  );
}

function describe(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
