/** What of a batch the store does not have yet. */
import { type Kind, kinds, type RowGroup } from "../kinds.ts";
import type { StoreReader } from "../reader.ts";

type AnyRow = Readonly<Record<string, unknown>>;

/** Groups without the rows that are stored already, and how many were left out.
 *
 * An observation is the same when its key, its time and all its values are. The terms of a contract are the same
 * when the last ones that are stored are equal, whenever that was.
 */
export async function freshRows(
  store: StoreReader,
  groups: readonly RowGroup[],
): Promise<{ groups: RowGroup[]; known: number }> {
  const fresh: RowGroup[] = [];
  let known = 0;
  for (const group of groups) {
    const isTerms = group.kind === "instrument";
    const identity = identityOf(group.kind, !isTerms);
    const times = group.rows.map(({ eventMs }) => eventMs);
    const bounds = isTerms
      ? {}
      : {
          from: times.reduce((a, b) => Math.min(a, b), Infinity),
          to: times.reduce((a, b) => Math.max(a, b), -Infinity) + 1,
        };
    const { venue, underlying } = group;
    const stored = await store.rows(group.kind, { venue, underlying, asOf: Infinity, ...bounds });
    const values = valuesOf(group.kind);
    // Rows come by time, so the last one of a key is the newest.
    const newest = new Map(stored.map((row) => [identity(row), values(row)]));
    const rows = (group.rows as readonly RowGroup["rows"][0][]).filter(
      (row) => newest.get(identity(row)) !== values(row),
    );
    known += group.rows.length - rows.length;
    if (rows.length > 0) fresh.push({ ...group, rows } as RowGroup);
  }
  return { groups: fresh, known };
}

function identityOf(kind: Kind, withTime: boolean): (row: object) => string {
  const columns = [...kinds[kind].key, ...(withTime ? ["eventMs"] : [])];
  return (row) => columns.map((column) => String((row as AnyRow)[column])).join("\n");
}

function valuesOf(kind: Kind): (row: object) => string {
  const columns = Object.keys(kinds[kind].columns);
  return (row) => columns.map((column) => String((row as AnyRow)[column])).join("\n");
}
