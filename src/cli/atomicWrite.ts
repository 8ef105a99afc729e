/**
 * Files that are there whole or not at all: written beside their place under another name, then renamed.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../num/errors.ts";

/** Writes a file in one piece, and the folders above it where they are absent.
 *
 * Throws  InputError when the place cannot be written to
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, content);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${path}: expected a place to write to, got ${why}. Choose another with --out.`,
    );
  }
}
