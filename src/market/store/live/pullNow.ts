/** Parts of a pull that say what is now: terms of contracts, chain, futures, index price. */
import { isObject, resultList } from "../../sources/deribitJson.ts";
import { instrumentRow } from "../../sources/deribitRows.ts";
import { summaryRow } from "../../sources/live/liveRows.ts";
import { checked, schemas } from "../../sources/live/schema.ts";
import { mergeGroups, type RowGroup } from "../kinds.ts";
import {
  type Batch,
  indexGroup,
  indexRow,
  type Part,
  type PartContext,
  tryRow,
} from "./pullParts.ts";

/** The parts by name. */
export const nowParts = {
  async *instruments({ currency, ask, refuse }) {
    const { result, at, sentMs } = await ask("get_instruments", { currency, expired: "false" });
    const source = `get_instruments ${currency}`;
    const groups = eachItem(source, result, refuse, (item) => {
      // Combinations and spot pairs are no contracts of their own here.
      if (!isObject(item) || (item.kind !== "option" && item.kind !== "future")) return null;
      const { instrument_name } = checked(source, schemas.instrument, item);
      const underlying = instrument_name.split("-", 1)[0];
      const row = instrumentRow(source, item, sentMs);
      const rows = [{ ...row, knownMs: Math.max(row.knownMs, at.receivedMs) }];
      return { kind: "instrument", venue: at.venue, underlying, rows };
    });
    yield { name: `terms ${currency}`, window: null, groups };
  },
  chain: (context) => summaries(context, "option"),
  futures: (context) => summaries(context, "future"),
  async *index({ currency, ask }) {
    const index_name = `${currency.toLowerCase()}_usd`;
    const { result, at, sentMs } = await ask("get_index_price", { index_name });
    const { index_price } = checked("get_index_price", schemas.indexPrice, result);
    const row = indexRow("INDEX", sentMs, at.receivedMs, index_price, 0);
    const groups = [indexGroup(at.venue, currency, [row])];
    yield { name: `index ${currency}`, window: null, groups };
  },
} satisfies Readonly<Record<string, Part>>;

async function* summaries(
  { currency, ask, refuse }: PartContext,
  kind: "option" | "future",
): AsyncGenerator<Batch> {
  const { result, at } = await ask("get_book_summary_by_currency", { currency, kind });
  const source = `get_book_summary_by_currency ${currency} ${kind}`;
  const groups = eachItem(source, result, refuse, (item) => summaryRow(source, item, at));
  yield { name: `${kind}s ${currency}`, window: null, groups };
}

/** Rows of the items of a reply; items that are not what they should be are refused one by one. */
function eachItem(
  source: string,
  result: unknown,
  refuse: PartContext["refuse"],
  rowOf: (item: unknown) => RowGroup | null,
): RowGroup[] {
  return mergeGroups(
    resultList(source, { result }).flatMap((item) => {
      const group = tryRow(refuse, source, item, () => rowOf(item));
      return group === null ? [] : [group];
    }),
  );
}
