/**
 * Files that survive a crash of the machine: forced to the disk before their name is.
 *
 *   write beside → fsync the file → rename → fsync the folder
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  fstatSync,
  ftruncateSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** Suffix of what is being written; leftovers with it are swept. */
export const UNFINISHED = ".tmp";

/** Forces a file, or a folder's list of names, to the disk. */
function fsyncPath(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } catch (error) {
    // Windows does not let a folder be forced; its renames are already ordered.
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code !== "EPERM" && code !== "EISDIR") throw error;
  } finally {
    closeSync(handle);
  }
}

/** Makes a folder and forces the names of all new folders on the way to it. */
export function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let folder = path; ; folder = dirname(folder)) {
    fsyncPath(dirname(folder));
    if (folder === first || folder === dirname(folder)) return;
  }
}

/** Gives a finished file its name, for good. */
export function publish(unfinished: string, path: string): void {
  fsyncPath(unfinished);
  renameSync(unfinished, path);
  fsyncPath(dirname(path));
}

/** Writes a whole file, for good. */
export function writeDurably(path: string, content: string): void {
  const beside = `${path}.${process.pid}${UNFINISHED}`;
  try {
    const handle = openSync(beside, "w");
    try {
      writeFileSync(handle, content);
    } finally {
      closeSync(handle);
    }
    publish(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Appends to a file and returns when it is on the disk; after a failure the file is as it was. */
export function appendDurably(path: string, content: string): void {
  const handle = openSync(path, "a");
  const { size } = fstatSync(handle);
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } catch (error) {
    ftruncateSync(handle, size);
    throw error;
  } finally {
    closeSync(handle);
  }
}
