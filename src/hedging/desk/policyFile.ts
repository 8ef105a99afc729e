/**
 * The policy file: the weights of a trained hedge with all that is needed to use them and to know where they came from.
 *
 *   { "format": "volterra-policy", "version": 2, "sha256": "…", "policy": { … } }
 *
 * Weights are base64 of little-endian float64: what is loaded is bit for bit what was trained. The configuration is whole,
 * with every default filled in, so that a later change of a default changes nothing here. What the market needs beyond it is
 * here too: the contents of its file, the networks of its option prices, the weights that took its drift away.
 */
import { decodeFloat64, encodeFloat64 } from "../../num/base64.ts";
import { decodeSealed, encodeSealed, type Seal, sha256 } from "../../num/sealedJson.ts";
import type { TrainedHedge } from "../train.ts";
import { loadedData, type MarketData, type StoredData, storedData } from "./marketData.ts";
import type { Preparation } from "./prepare.ts";
import type { HedgeConfig } from "./schema.ts";
import {
  loadedPreparation,
  storedPreparation,
  type StoredPreparation,
} from "./storedPreparation.ts";

const seal: Seal = {
  format: "volterra-policy",
  version: 2,
  key: "policy",
  what: "a volterra policy file",
  remake: "`volterra hedge train` writes one.",
};

/** How the training went. */
export interface TrainingRecord {
  readonly status: TrainedHedge["status"];
  /** Iterations done, of those asked for. */
  readonly iterations: number;
  readonly seconds: number;
  /** [iteration] risk on the iteration's own paths, in the market's currency. */
  readonly history: Float64Array;
  /** Risk and its standard error on the paths of the evaluation. */
  readonly risk: number;
  readonly standardError: number;
}

/** A trained policy as it is kept. */
export interface PolicyFile {
  readonly config: HedgeConfig;
  /** Of the configuration and of the files that it names. */
  readonly fingerprint: string;
  readonly seed: number;
  /** Contents of the market's file. */
  readonly data: MarketData;
  /** What was learned of the market. */
  readonly preparation: Preparation;
  /** [param] */
  readonly theta: Float64Array;
  readonly training: TrainingRecord;
}

interface StoredPolicy extends Omit<PolicyFile, "data" | "preparation" | "theta" | "training"> {
  readonly data: StoredData;
  readonly preparation: StoredPreparation;
  readonly theta: string;
  readonly training: Omit<TrainingRecord, "history"> & { readonly history: string };
}

/** Text of the file. */
export function encodePolicy(policy: PolicyFile): Promise<string> {
  const { training } = policy;
  return encodeSealed(seal, {
    ...policy,
    data: storedData(policy.data),
    preparation: storedPreparation(policy.preparation),
    theta: encodeFloat64(policy.theta),
    training: { ...training, history: encodeFloat64(training.history) },
  });
}

/** Reads the file.
 *
 * Throws  InputError when it is no policy file or is damaged; UnsupportedError when it is of another version
 */
export async function decodePolicy(text: string, name = "policy file"): Promise<PolicyFile> {
  const body = (await decodeSealed(seal, text, name)) as StoredPolicy;
  const { theta, training, data, preparation } = body;
  return {
    ...body,
    data: loadedData(data, name),
    preparation: loadedPreparation(preparation, name),
    theta: decodeFloat64(theta, `${name}: theta`),
    training: { ...training, history: decodeFloat64(training.history, `${name}: history`) },
  };
}

/** Is this text a policy file, of whatever version, rather than a configuration? */
export const isPolicyText = (text: string): boolean =>
  /^\s*\{\s*"format"\s*:\s*"volterra-/.test(text);

/** 16 hexadecimal digits that differ when the configuration, or a file that it names, does. */
export async function configFingerprint(
  config: HedgeConfig,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const sums = await Promise.all(
    Object.keys(files)
      .sort()
      .map(async (name) => [name, await sha256(files[name])]),
  );
  return (await sha256(JSON.stringify([config, sums]))).slice(0, 16);
}
