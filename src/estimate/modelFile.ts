/**
 * The file of a learned model with the end of its history: sealed JSON, numbers as base64 of little-endian float64.
 */
import { InputError } from "../num/errors.ts";
import { decodeFloat64, encodeFloat64 } from "../num/base64.ts";
import { decodeSealed, encodeSealed, type Seal } from "../num/sealedJson.ts";
import type { Ending } from "./ending.ts";
import type { LearnedModel } from "./learn.ts";
import { layoutOf, type Shape } from "./transition.ts";

const seal: Seal = {
  format: "volterra-history-model",
  version: 1,
  key: "model",
  what: "a model learned from history",
  remake: "Pass the file that `volterra learn --out` wrote.",
};

/** What the file holds. */
export interface LearnedFile {
  readonly model: LearnedModel;
  /** where simulations begin */
  readonly ending: Ending;
  /** fingerprint of the history it was learned from */
  readonly dataFingerprint: string;
}

/** The same with every float64 array as text. */
type Encoded<T> = T extends Float64Array
  ? string
  : T extends readonly (infer U)[]
    ? readonly Encoded<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Encoded<T[K]> }
      : T;

interface Stored {
  readonly model: Omit<LearnedModel, "shape" | "members"> & {
    readonly shape: Omit<Shape, "featureMean" | "featureSd" | "moveSd"> &
      Encoded<Pick<Shape, "featureMean" | "featureSd" | "moveSd">>;
    readonly members: readonly string[];
  };
  readonly ending: Encoded<Ending>;
  readonly dataFingerprint: string;
}

/** Text of the file. */
export function encodeLearned({ model, ending, dataFingerprint }: LearnedFile): Promise<string> {
  const { shape, members } = model;
  const stored: Stored = {
    dataFingerprint,
    model: {
      ...model,
      shape: {
        ...shape,
        featureMean: encodeFloat64(shape.featureMean),
        featureSd: encodeFloat64(shape.featureSd),
        moveSd: encodeFloat64(shape.moveSd),
      },
      members: members.map(encodeFloat64),
    },
    ending: {
      memory: encodeFloat64(ending.memory),
      state: encodeFloat64(ending.state),
      inputs: encodeFloat64(ending.inputs),
      timeMs: ending.timeMs,
    },
  };
  return encodeSealed(seal, stored);
}

/** Reads a file.
 *
 * Throws  InputError when the text is no such file, is damaged, or its parameters do not fit its shape;
 *         UnsupportedError when another version of the format wrote it
 */
export async function decodeLearned(text: string, name = "model file"): Promise<LearnedFile> {
  const stored = (await decodeSealed(seal, text, name)) as Stored;
  const array = (field: string, value: string) => decodeFloat64(value, `${name}: ${field}`);
  const { shape: written } = stored.model;
  const shape: Shape = {
    ...written,
    featureMean: array("featureMean", written.featureMean),
    featureSd: array("featureSd", written.featureSd),
    moveSd: array("moveSd", written.moveSd),
  };
  const members = stored.model.members.map((member, m) => array(`member ${m}`, member));
  const { size } = layoutOf(shape);
  const bad = members.findIndex((member) => member.length !== size);
  if (bad >= 0) {
    throw new InputError(
      `${name}: expected ${size} parameters of member ${bad}, got ${members[bad].length}. ${seal.remake}`,
    );
  }
  const { memory, state, inputs, timeMs } = stored.ending;
  return {
    model: { ...stored.model, shape, members },
    ending: {
      memory: array("memory", memory),
      state: array("state", state),
      inputs: array("inputs", inputs),
      timeMs,
    },
    dataFingerprint: stored.dataFingerprint,
  };
}
