/**
 * Short fingerprints of quotes: say whether two fits saw the same data. They are no signatures.
 *
 * Two 32-bit FNV-1a hashes with different offsets over one canonical line per quote, in a fixed order,
 * so row order does not matter.
 */

const PRIME = 0x01000193;

/** 16 hexadecimal digits of the lines, which the caller has put in order. */
export function fingerprintOfLines(lines: readonly string[]): string {
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
