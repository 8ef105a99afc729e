/** Checks that all payoffs share. */
import { InputError } from "../num/errors.ts";

/** Throws an InputError unless every value is a finite number above 0. */
export function requirePositive(where: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError(`${where}: expected ${name} > 0, got ${value}.`);
    }
  }
}

/** Throws an InputError unless fixings increase, lie after 0 and not beyond the expiry, and there are at least `least`. */
export function requireFixings(
  where: string,
  fixings: readonly number[],
  expiryYears: number,
  least = 1,
): void {
  if (fixings.length < least) {
    throw new InputError(
      `${where}: expected at least ${least} fixings, got ${fixings.length}. Give years of fixings.`,
    );
  }
  fixings.forEach((years, i) => {
    const after = i === 0 ? 0 : fixings[i - 1];
    if (!(years > after && years <= expiryYears * (1 + 1e-12))) {
      throw new InputError(
        `${where}: expected fixings[${i}] in (${after}, ${expiryYears}], got ${years}. Sort them; none is after the expiry.`,
      );
    }
  });
}

/** Throws an InputError unless the type is call or put. */
export function requireType(where: string, type: string): void {
  if (type !== "call" && type !== "put") {
    throw new InputError(`${where}: expected type "call" or "put", got ${JSON.stringify(type)}.`);
  }
}
