/** The text of a model file, as `volterra fit` writes and reads it. The library is loaded when it is asked for. */
import type { FittedModel } from "volterra/calibrate";

export async function encodeModelFile(model: FittedModel): Promise<string> {
  const { encodeModel } = await import("volterra/calibrate");
  return encodeModel(model);
}
