/** A preparation as JSON: arrays as text, bit for bit. */
import { decodeFloat64, encodeFloat64 } from "../../num/base64.ts";
import type { PriceNetwork } from "../optionLesson.ts";
import type { ArbitrageVerdict, NothingReport, Preparation } from "./prepare.ts";

/** A preparation with arrays as text. */
export interface StoredPreparation extends Omit<Preparation, "networks" | "nothing"> {
  readonly networks: readonly (Omit<PriceNetwork, "values"> & {
    readonly values: Readonly<Record<string, string>>;
  })[];
  readonly nothing:
    | (Omit<NothingReport, "before"> & {
        readonly before: (ArbitrageVerdict & { readonly theta: string }) | null;
      })
    | null;
}

/** For a policy file. */
export function storedPreparation({ networks, nothing, ...rest }: Preparation): StoredPreparation {
  const before = nothing?.before ?? null;
  return {
    ...rest,
    networks: networks.map((network) => ({
      ...network,
      values: mapped(network.values, encodeFloat64),
    })),
    nothing:
      nothing === null
        ? null
        : {
            ...nothing,
            before: before === null ? null : { ...before, theta: encodeFloat64(before.theta) },
          },
  };
}

/** Inverse of `storedPreparation`. */
export function loadedPreparation(
  { networks, nothing, ...rest }: StoredPreparation,
  name: string,
): Preparation {
  const numbers = (text: string): Float64Array => decodeFloat64(text, `${name}: preparation`);
  const before = nothing?.before ?? null;
  return {
    ...rest,
    networks: networks.map((network) => ({ ...network, values: mapped(network.values, numbers) })),
    nothing:
      nothing === null
        ? null
        : {
            ...nothing,
            before: before === null ? null : { ...before, theta: numbers(before.theta) },
          },
  };
}

const mapped = <A, B>(
  values: Readonly<Record<string, A>>,
  f: (value: A) => B,
): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, f(value)]));
