import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../num/errors.ts";
import { csvRows, readCsvText } from "./csv.ts";

/** All rows, the header first. */
function rowsOf(pieces: readonly string[]): string[][] {
  const rows: string[][] = [];
  const reader = csvRows("f.csv", (header) => {
    rows.push([...header]);
    return (cells) => rows.push([...cells]);
  });
  for (const piece of pieces) reader.write(piece);
  reader.end();
  return rows;
}

describe("csvRows", () => {
  it.each([
    [
      "plain cells",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "no line end at the end",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "empty cells, also the last",
      "a,b,c\n,,\n1,,",
      [
        ["a", "b", "c"],
        ["", "", ""],
        ["1", "", ""],
      ],
    ],
    [
      "empty cells beside quoted ones",
      'a,b,c\n"",,""\n"1",,',
      [
        ["a", "b", "c"],
        ["", "", ""],
        ["1", "", ""],
      ],
    ],
    [
      "separators and line ends in quotation marks",
      'a,b\n"1,5","x\ny"',
      [
        ["a", "b"],
        ["1,5", "x\ny"],
      ],
    ],
    [
      "doubled quotation marks",
      'a,b\n"say ""no""",2',
      [
        ["a", "b"],
        ['say "no"', "2"],
      ],
    ],
    [
      "blanks around quotation marks",
      'a,b\n "1" , 2 ',
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "Windows line ends and blank lines",
      'a,b\r\n\r\n"1",2\r\n\r\n',
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "tabs",
      'a\tb\n"1"\t2',
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "semicolons with commas in cells",
      "a;b\n1,5;2",
      [
        ["a", "b"],
        ["1,5", "2"],
      ],
    ],
    [
      "a byte order mark",
      "\uFEFFa,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
  ])("reads %s", (_, text, rows) => {
    expect(rowsOf([text])).toEqual(rows);
    expect(rowsOf([...text])).toEqual(rows);
  });

  it("returns the cells that were written, however the text is cut", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\n", ";"), maxLength: 6 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 6 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), (body, size) => {
        const rows = [["x", "y"], ...body];
        const text = rows
          .map((cells) => cells.map((c) => `"${c.replaceAll('"', '""')}"`).join(","))
          .join("\r\n");
        const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
        expect(rowsOf(pieces)).toEqual(rows.map((cells) => cells.map((c) => c.trim())));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it.each([
    ["never closed", 'a,b\n"1,2\n3,4\n'],
    ["within a cell", 'a,b\n1"2,3\n4"5,6\n'],
    ["followed by text", 'a,b\n"1"2,3\n'],
  ])("refuses a quotation mark that is %s", (_, text) => {
    expect(() => rowsOf([text])).toThrow(InputError);
    expect(() => rowsOf([text])).toThrow(
      /f\.csv: expected CSV, got a quotation mark .* after row 1/,
    );
  });

  it("refuses a record that never ends before it fills memory", () => {
    const reader = csvRows("f.csv", () => () => undefined);
    reader.write('a,b\n"');
    const piece = "x".repeat(1 << 20);
    expect(() => {
      for (let i = 0; i < 20; i++) reader.write(piece);
    }).toThrow(/more than 8 million characters without a line end after row 1/);
  });

  it("refuses a text without a header", () => {
    expect(() => readCsvText("f.csv", "\n \n", () => () => undefined)).toThrow(/CSV header/);
  });
});
