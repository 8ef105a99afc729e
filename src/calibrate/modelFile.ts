/**
 * The model file: one JSON document with a version and a checksum.
 *
 *   { "format": "volterra-model", "version": 3, "sha256": "…", "model": { … } }
 *
 * The checksum is SHA-256 over the text of `model` exactly as written, so a flipped byte is found.
 * Parameters are base64 of little-endian float64: what is loaded is bit for bit what was fitted.
 */
import { decodeFloat64, encodeFloat64 } from "../num/base64.ts";
import { decodeSealed, encodeSealed, type Seal } from "../num/sealedJson.ts";
import type { NeuralSdeConfig } from "../models/neuralSde.ts";
import type { SurfaceJson } from "../surface/index.ts";
import type { FitDocument } from "./fitDocument.ts";

const seal: Seal = {
  format: "volterra-model",
  version: 3,
  key: "model",
  what: "a volterra model file",
  remake: "Pass the .model.json that `volterra fit` of this version wrote.",
};

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
  /** Serialised arbitrage-free surface of the fit. */
  readonly surface: SurfaceJson;
}

/** Text of the model file. */
export const encodeModel = (model: FittedModel): Promise<string> =>
  encodeSealed(seal, { ...model, theta: encodeFloat64(model.theta) });

/** Reads a model file.
 *
 * Throws  InputError when the text is not a model file or its checksum does not match;
 *         UnsupportedError when it was written by another version of the format
 */
export async function decodeModel(text: string, name = "model file"): Promise<FittedModel> {
  const body = await decodeSealed(seal, text, name);
  const model = body as Omit<FittedModel, "theta"> & { theta: string };
  return { ...model, theta: decodeFloat64(model.theta, `${name}: theta`) };
}
