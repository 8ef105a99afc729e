/**
 * Exit codes of the command line, and which error means which.
 *
 * Errors that a user can act on are printed as their message alone; only an internal error shows its stack.
 */
import { InternalError, InputError, ShapeError } from "../num/errors.ts";
import { NetworkError } from "../market/index.ts";

/** What a process of `volterra` ends with. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  badData: 3,
  /** A surface whose certificate does not pass. */
  gateFailed: 4,
  network: 5,
  interrupted: 130,
} as const;

/** One of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A flag or an argument is wrong. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** Exit code of an error. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof NetworkError) return exitCodes.network;
  if (error instanceof InputError || error instanceof ShapeError) return exitCodes.badData;
  return exitCodes.failure;
}

/** What to print about an error: its message, and its stack where the fault is ours. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof InternalError ? (error.stack ?? error.message) : error.message;
}
