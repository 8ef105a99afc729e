/** Float64 arrays as base64 text of their little-endian bytes: exact, and the same in Node and browsers. */
import { InputError } from "./errors.ts";

const CHUNK = 0x8000;

/** Base64 of the little-endian bytes of `values`. */
export function encodeFloat64(values: Float64Array): string {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat64(8 * i, value, true));
  let text = "";
  for (let i = 0; i < bytes.length; i += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  }
  return btoa(text);
}

/** Inverse of `encodeFloat64`.
 *
 * Throws  InputError when `text` is not base64 of a whole number of float64
 */
export function decodeFloat64(text: string, field = "float64 array"): Float64Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new InputError(
      `${field}: expected base64 text, got ${JSON.stringify(text.slice(0, 20))}…. Save the file again.`,
    );
  }
  if (binary.length % 8 !== 0) {
    throw new InputError(
      `${field}: expected a multiple of 8 bytes, got ${binary.length}. Save the file again.`,
    );
  }
  const view = new DataView(Uint8Array.from(binary, (c) => c.charCodeAt(0)).buffer);
  return Float64Array.from({ length: binary.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}
