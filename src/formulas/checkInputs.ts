/** The door of every closed form: one check, one message grammar. */
import { InputError } from "../num/errors.ts";

function refuse(where: string, name: string, wanted: string, value: number): never {
  throw new InputError(`${where}: expected ${name} ${wanted}, got ${value}. Check the quote.`);
}

/** Throws InputError unless `value` is positive and finite. */
export function requirePositive(where: string, name: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    refuse(where, name, "to be positive and finite", value);
  }
}

/** Throws InputError unless `value` is zero or positive, and finite. */
export function requireNonNegative(where: string, name: string, value: number): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    refuse(where, name, "to be non-negative and finite", value);
  }
}

/** Throws InputError unless `value` is a finite number. */
export function requireFinite(where: string, name: string, value: number): void {
  if (!Number.isFinite(value)) refuse(where, name, "to be finite", value);
}
