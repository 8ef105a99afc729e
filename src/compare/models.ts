/** Every model of the comparison: the classical ones and the neural SDE. */
import { neuralSde } from "../calibrate/index.ts";
import { classicalModels, type Model } from "../models/index.ts";
import { InputError } from "../num/errors.ts";

/** In the order of the tables, the neural SDE last. */
export const allModels: readonly Model[] = [...classicalModels, neuralSde];

/** Models by name, in the order of `among`; all of them when no name is given.
 *
 * Throws  InputError for an unknown name, with a list of the known ones
 */
export function modelsNamed(
  names: readonly string[] | undefined,
  among: readonly Model[] = allModels,
): readonly Model[] {
  if (names === undefined) return among;
  const known = among.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined || names.length === 0) {
    throw new InputError(
      `models: expected names among ${known.join(", ")}, got ${unknown === undefined ? "none" : `"${unknown}"`}. Separate them by commas.`,
    );
  }
  return among.filter(({ name }) => names.includes(name));
}
