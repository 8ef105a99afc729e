/**
 * State that lives in the address: `sectionState("compare", { expiry: integer(0), models: list([...]) })` gives a
 * signal for each name, and a deep link restores them all.
 *
 * Only values that differ from their defaults are written. A link without parameters keeps what the reader had; a
 * link with some sets those and puts the others back to their defaults. What cannot be read is the default.
 */
import { effect, type Signal, signal, untracked } from "@preact/signals";
import { replaceParams, route } from "./router.ts";

/** How a value is written in an address; `read` answers null to what it does not understand. */
export interface Codec<T> {
  readonly fallback: T;
  read(text: string): T | null;
  write(value: T): string;
}

export const number = (fallback: number, min = -Infinity, max = Infinity): Codec<number> => ({
  fallback,
  read: (t) => (t.trim() !== "" && Number(t) >= min && Number(t) <= max ? Number(t) : null),
  write: (v) => String(Number(v.toPrecision(10))),
});

export const flag = (fallback: boolean): Codec<boolean> => ({
  fallback,
  read: (t) => (t === "1" ? true : t === "0" ? false : null),
  write: (v) => (v ? "1" : "0"),
});

/** One of several words. */
export const choice = <T extends string>(options: readonly T[], fallback: T): Codec<T> => ({
  fallback,
  read: (t) => options.find((option) => option === t) ?? null,
  write: (v) => v,
});

/** Several words of a list. */
export const list = <T extends string>(
  options: readonly T[],
  fallback: readonly T[],
): Codec<readonly T[]> => ({
  fallback,
  read: (t) => options.filter((option) => t.split(".").includes(option)),
  write: (v) => v.join("."),
});

type Codecs<T> = { readonly [K in keyof T]: Codec<T[K]> };
type Signals<T> = { readonly [K in keyof T]: Signal<T[K]> };

/** Signals bound to the address while the section, or one of several that share them, is shown. Call once, at the top
 * of a module. */
export function sectionState<T extends Record<string, unknown>>(
  section: string | readonly string[],
  codecs: Codecs<T>,
): Signals<T> {
  const entries = Object.entries(codecs as Record<string, Codec<unknown>>).map(([name, codec]) => ({
    name,
    codec,
    value: signal<unknown>(codec.fallback),
  }));
  const isOwn = (shown: string): boolean =>
    typeof section === "string" ? shown === section : section.includes(shown);
  effect(() => {
    const { section: shown, params } = route.value;
    if (!isOwn(shown) || params.size === 0) return;
    untracked(() => {
      for (const { name, codec, value } of entries) {
        const given = params.get(name);
        value.value = given === null ? codec.fallback : (codec.read(given) ?? codec.fallback);
      }
    });
  });
  effect(() => {
    const isShown = isOwn(route.value.section);
    const texts = entries.map(({ name, codec, value }): [string, string | null] => {
      const written = codec.write(value.value);
      return [name, written === codec.write(codec.fallback) ? null : written];
    });
    if (isShown) replaceParams(Object.fromEntries(texts));
  });
  return Object.fromEntries(entries.map(({ name, value }) => [name, value])) as Signals<T>;
}
