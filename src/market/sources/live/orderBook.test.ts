import { describe, expect, it } from "vitest";
import { InputError } from "../../../num/errors.ts";
import { orderBook } from "./orderBook.ts";

const NAME = "BTC-PERPETUAL";
const T = Date.UTC(2026, 2, 28, 12);
const message = (changes: Readonly<Record<string, unknown>>) => ({
  instrument_name: NAME,
  timestamp: T,
  type: "change",
  bids: [],
  asks: [],
  ...changes,
});
const snapshot = message({
  type: "snapshot",
  change_id: 10,
  bids: [
    ["new", 99, 5],
    ["new", 98, 7],
  ],
  asks: [["new", 101, 3]],
});

describe("an order book", () => {
  it("follows new, changed and deleted levels from its snapshot on", () => {
    const book = orderBook(NAME);
    expect(book.apply(snapshot)).toBe("applied");
    const change = message({
      change_id: 14,
      prev_change_id: 10,
      timestamp: T + 100,
      bids: [
        ["delete", 99, 0],
        ["change", 98, 4],
      ],
      asks: [["new", 100.5, 2]],
    });
    expect(book.apply(change)).toBe("applied");
    expect(book.top(T + 130)).toEqual({
      eventMs: T + 100,
      knownMs: T + 130,
      instrument: NAME,
      bid: 98,
      bidAmount: 4,
      bidDepth: 4,
      ask: 100.5,
      askAmount: 2,
      askDepth: 5,
      changeId: 14,
    });
  });

  it("is unknown from a lost change to the next snapshot", () => {
    const book = orderBook(NAME);
    expect(book.apply(message({ change_id: 9, prev_change_id: 8 }))).toBe("waiting");
    book.apply(snapshot);
    expect(book.apply(message({ change_id: 15, prev_change_id: 14 }))).toBe("gap");
    expect(book.top(T)).toBeNull();
    expect(book.apply(message({ change_id: 16, prev_change_id: 15 }))).toBe("waiting");
    expect(book.top(T)).toBeNull();
    book.apply({ ...snapshot, change_id: 20 });
    expect(book.top(T)).toMatchObject({ bid: 99, ask: 101, changeId: 20 });
  });

  it("takes a change that comes twice once", () => {
    const book = orderBook(NAME);
    book.apply(snapshot);
    const change = message({ change_id: 11, prev_change_id: 10, bids: [["delete", 99, 0]] });
    expect([book.apply(change), book.apply(change)]).toEqual(["applied", "applied"]);
    expect(book.top(T)).toMatchObject({ bid: 98, changeId: 11 });
  });

  it("has no top while it is crossed, and half a top while a side is empty", () => {
    const book = orderBook(NAME);
    book.apply({ ...snapshot, asks: [["new", 98.5, 1]] });
    expect(book.top(T)).toBeNull();
    book.apply({ ...snapshot, asks: [] });
    expect(book.top(T)).toMatchObject({ bid: 99, ask: null, askAmount: null, askDepth: 0 });
  });

  it.each([
    ["another instrument", { instrument_name: "ETH-PERPETUAL" }, /expected its own instrument/],
    ["an unknown type", { type: "reset" }, /expected snapshot or change in type, got "reset"/],
    ["no change_id", { change_id: undefined }, /in change_id, got none/],
    ["a level without amount", { bids: [["new", 99]] }, /in bids.0/],
    ["an unknown action", { bids: [["add", 99, 1]] }, /expected new or change or delete in bids/],
    ["a negative amount", { bids: [["new", 99, -1]] }, /expected at least 0 in bids.0.2, got -1/],
    ["asks that are no list", { asks: {} }, /expected an array in asks/],
  ])("refuses %s, and is unknown then", (_, wrong, complaint) => {
    const book = orderBook(NAME);
    book.apply(snapshot);
    const spoilt = message({ change_id: 11, prev_change_id: 10, ...wrong });
    expect(() => book.apply(spoilt)).toThrow(InputError);
    expect(() => book.apply(spoilt)).toThrow(complaint);
    expect(book.top(T)).toBeNull();
  });
});
