/**
 * Short fingerprints of quotes: say whether two fits saw the same data. They are no signatures.
 *
 * Two 32-bit FNV-1a hashes with different offsets over one canonical line per quote, in a fixed order,
 * so row order does not matter.
 */
import type { Chain } from "./chain.ts";
import type { RawQuote } from "./quote.ts";

const PRIME = 0x01000193;

/** 16 hexadecimal digits over what a fit to this chain can see: quotes, forwards, times. */
export function fingerprint(chain: Chain): string {
  const lines = chain.expiries.flatMap((expiry) =>
    expiry.quotes.map(
      (q) =>
        `${expiry.expiryMs}|${expiry.forward}|${expiry.discount}|${q.type}|${q.strike}|${q.bidVol}|${q.askVol}|${q.weight}`,
    ),
  );
  return hashOf([`${chain.underlying}|${chain.asOfMs}`, ...lines]);
}

/** 16 hexadecimal digits over every field of raw quotes that cleaning can depend on. */
export function rawFingerprint(quotes: readonly RawQuote[]): string {
  const lines = quotes.map(
    (q) =>
      `${q.underlying}|${q.type}|${q.strike}|${q.expiryMs}|${q.asOfMs}|${q.unit}|${q.bid}|${q.ask}|${q.mark}|${q.forward}|${q.discount}`,
  );
  return hashOf(lines.sort());
}

function hashOf(lines: readonly string[]): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (const line of lines) {
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      a = Math.imul(a ^ code, PRIME);
      b = Math.imul(b ^ (code + 0x9e) ^ (a >>> 15), PRIME);
    }
    a = Math.imul(a ^ 10, PRIME);
    b = Math.imul(b ^ 10, PRIME);
  }
  return hex(a) + hex(b);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
