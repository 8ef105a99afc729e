/**
 * Versioned JSON files with a checksum: what is read is what was written, or the reader says why not.
 *
 *   { "format": "…", "version": 1, "sha256": "…", "<key>": { … } }
 *
 * The checksum is SHA-256 over the text of the body exactly as written, so a flipped byte is found.
 */
import { InputError, UnsupportedError } from "./errors.ts";

/** A kind of file. */
export interface Seal {
  readonly format: string;
  readonly version: number;
  /** Field that holds the body. */
  readonly key: string;
  /** What a person calls the file, and how to make one. */
  readonly what: string;
  readonly remake: string;
}

/** Text of a file. */
export async function encodeSealed(seal: Seal, body: unknown): Promise<string> {
  const text = JSON.stringify(body);
  const { format, version, key } = seal;
  const head = JSON.stringify({ format, version, sha256: await sha256(text) });
  return `${head.slice(0, -1)},${JSON.stringify(key)}:${text}}\n`;
}

/** The body of a file.
 *
 * Throws  InputError when the text is no such file or its checksum does not match;
 *         UnsupportedError when it was written by another version of the format
 */
export async function decodeSealed(seal: Seal, text: string, name: string): Promise<unknown> {
  const { format, version, key, what, remake } = seal;
  const mark = `${JSON.stringify(key)}:`;
  const marker = text.indexOf(mark);
  const document = parse(seal, text, name);
  if (document.format !== format || marker < 0) {
    throw new InputError(`${name}: expected ${what}, got ${shown(document.format)}. ${remake}`);
  }
  if (document.version !== version) {
    throw new UnsupportedError(
      `${name}: expected format version ${version}, got ${shown(document.version)}. ${remake}`,
    );
  }
  const body = text.slice(marker + mark.length, text.lastIndexOf("}"));
  const sum = await sha256(body);
  if (sum !== document.sha256) {
    throw new InputError(
      `${name}: expected checksum ${shown(document.sha256)}, got ${sum}. The file is damaged: restore it. ${remake}`,
    );
  }
  return document[key];
}

/** SHA-256 of UTF-8 text, lower-case hexadecimal. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}

function parse({ what, remake }: Seal, text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // the error below says what was expected; the position inside a damaged file helps nobody
  }
  throw new InputError(
    `${name}: expected ${what} (JSON), got ${shown(text.slice(0, 24))}. The file is damaged or another. ${remake}`,
  );
}

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
