/**
 * Deribit instrument names.
 *
 *   BTC-27MAR26-80000-C          inverse: premium in coin
 *   XRP_USDC-27MAR26-2d35-P      linear: premium in USDC; `d` is the decimal point
 */
import { InputError } from "../../num/errors.ts";
import { deribitExpiryMs } from "../dayCount.ts";
import type { OptionType, QuoteUnit } from "../quote.ts";

/** What a name says. */
export interface DeribitInstrument {
  readonly underlying: string;
  readonly expiryMs: number;
  readonly strike: number;
  readonly type: OptionType;
  readonly unit: QuoteUnit;
}

/** Reads an option's name; null when it is the name of something else (a future, a combo).
 *
 * Throws  InputError when it looks like an option and its date is none
 */
export function parseDeribitOption(name: string): DeribitInstrument | null {
  const match = /^([A-Z0-9]+(?:_[A-Z]+)?)-(\d{1,2}[A-Z]{3}\d{2})-(\d+(?:d\d+)?)-([CP])$/.exec(name);
  if (match === null) return null;
  return {
    underlying: match[1],
    expiryMs: deribitExpiryMs(match[2]),
    strike: Number(match[3].replace("d", ".")),
    type: match[4] === "C" ? "call" : "put",
    unit: match[1].includes("_") ? "currency" : "coin",
  };
}

/** Option type as sources write it: call, put, C, P, calls, puts, in any case.
 *
 * Throws  InputError when it is neither
 */
export function optionTypeOf(source: string, text: string): OptionType {
  const letter = /^(c|p|call|put|calls|puts)$/i.exec(text)?.[1][0].toLowerCase();
  if (letter === undefined) {
    throw new InputError(
      `${source}: expected an option type call or put, got "${text}". Check the column.`,
    );
  }
  return letter === "c" ? "call" : "put";
}
