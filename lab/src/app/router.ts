/**
 * Addresses: `#/compare?expiry=2&models=svi`. Everything after the hash, so that any static host serves every page.
 *
 * `route` follows the address. Going to a section makes a history entry; the state of a section replaces the entry
 * it has (urlState.ts), so that Back leaves a section and does not undo a slider.
 */
import { signal } from "@preact/signals";

export interface Route {
  /** Empty for the front page. */
  readonly section: string;
  readonly params: URLSearchParams;
}

function readRoute(): Route {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { section: path, params: new URLSearchParams(query ?? "") };
}

/** Where the reader is. */
export const route = signal<Route>(readRoute());

addEventListener("hashchange", () => {
  route.value = readRoute();
});

/** Address of a section, for links. */
export function hrefOf(section: string, params?: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(params).toString();
  return query === "" ? `#/${section}` : `#/${section}?${query}`;
}

/** Writes a part of the present section's state into its address: texts by name, null to remove one. */
export function replaceParams(part: Readonly<Record<string, string | null>>): void {
  const { section, params } = readRoute();
  for (const [name, text] of Object.entries(part)) {
    if (text === null) params.delete(name);
    else params.set(name, text);
  }
  const query = params.toString();
  history.replaceState(null, "", query === "" ? `#/${section}` : `#/${section}?${query}`);
}
