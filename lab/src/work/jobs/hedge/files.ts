/** Policy files and desk configurations, as `volterra hedge` reads and writes them. */
import {
  configFingerprint,
  decodePolicy,
  encodePolicy,
  isPolicyText,
  noMarketData,
  readHedgeConfig,
} from "volterra/hedging";
import type { Job } from "../../protocol.ts";
import { deskOf, type HedgeTask } from "./desk.ts";
import type { TrainHedgeOutput } from "./train.ts";

/** A file: a configuration to train, or a policy that is trained. */
export interface HedgeFile {
  readonly name: string;
  readonly config: unknown;
  readonly trained: TrainHedgeOutput | null;
}

export const readHedgeFile: Job<{ readonly file: File }, HedgeFile> = async ({ file }) => {
  const { name } = file;
  if (file.size > largestFile) {
    throw new Error(
      `${name}: expected a policy file or a hedge configuration, got ${Math.round(file.size / 1e6)} MB. \`volterra hedge train\` writes policy files of a few hundred KB.`,
    );
  }
  const text = await file.text();
  if (!isPolicyText(text)) {
    return { name, config: readHedgeConfig(text, name), trained: null };
  }
  const { config, theta, training } = await decodePolicy(text, name);
  const { status, iterations, seconds, history, risk, standardError } = training;
  const trained = {
    theta,
    status,
    iterations,
    seconds,
    history: [...history],
    risk,
    standardError,
  };
  return { name, config, trained };
};

const largestFile = 5e6;

export const writeHedgeFile: Job<
  { readonly task: HedgeTask; readonly trained: TrainHedgeOutput },
  string
> = async ({ task, trained }) => {
  const { config, preparation } = deskOf(task);
  const { theta, status, iterations, seconds, history, risk, standardError } = trained;
  return encodePolicy({
    config,
    fingerprint: await configFingerprint(config),
    seed: config.seed,
    data: noMarketData,
    preparation,
    theta,
    training: {
      status,
      iterations,
      seconds,
      history: Float64Array.from(history),
      risk,
      standardError,
    },
  });
};
