/**
 * The five classes of error that Volterra throws.
 *
 * Grammar of every message: **where: expected …, got … . Fix.**
 * Failing to converge is a status in a result, never an exception.
 */

/** The caller's data or argument is wrong; the message names the field, row or flag. */
export class InputError extends Error {
  override readonly name: string = "InputError";
}

/** Array sizes or axes do not fit together; the message prints the axis names. */
export class ShapeError extends Error {
  override readonly name: string = "ShapeError";
}

/** A valid request that this build or platform cannot carry out. */
export class UnsupportedError extends Error {
  override readonly name: string = "UnsupportedError";
}

/** Arithmetic broke down; `last` holds the last usable iterate when there is one. */
export class NumericalError extends Error {
  override readonly name: string = "NumericalError";
  readonly last: unknown;
  constructor(message: string, last?: unknown) {
    super(message);
    this.last = last;
  }
}

/** A bug of ours: the text begins `internal:`. */
export class InternalError extends Error {
  override readonly name: string = "InternalError";
  constructor(message: string) {
    super(`internal: ${message}`);
  }
}
