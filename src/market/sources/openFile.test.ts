import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { InputError } from "../../num/errors.ts";
import { clean } from "../clean.ts";
import type { TableFormat } from "./genericTable.ts";
import { loadChainFile, type OpenOptions, openBytes, openFile } from "./openFile.ts";

const bytes = (text: string): Uint8Array[] => [new TextEncoder().encode(text)];
const format: TableFormat = { price: "vol", asOf: "2026-01-02T08:00Z", underlying: "X" };
const HEADER = "strike,type,expiry,bid,ask,forward";
const STRIKES = [80, 90, 95, 100, 105, 110, 120];
const ROWS = STRIKES.map((k) => `${k},${k < 100 ? "put" : "call"},2026-02-01,0.59,0.61,100`);
const TABLE = [HEADER, ...ROWS].join("\n");

/** Message of the InputError that reading and cleaning `data` ends in. */
async function refusal(data: Iterable<Uint8Array>, options: OpenOptions = {}): Promise<string> {
  try {
    clean(await openBytes("file.csv", data, options));
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return String(error);
  }
  return "";
}

describe("openBytes", () => {
  it.each([
    ["commas", TABLE],
    ["semicolons", TABLE.replaceAll(",", ";")],
    ["tabs", TABLE.replaceAll(",", "\t")],
    ["Windows line ends", TABLE.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\uFEFF${TABLE}`],
    ["quotation marks", TABLE.replaceAll("put", '"put"')],
    ["blanks around cells and blank lines", `${TABLE.replaceAll(",", " , ")}\n\n`],
  ])("reads a table with %s", async (_, text) => {
    const { chain } = clean(await openBytes("file.csv", bytes(text), { format }));
    expect(chain.expiries[0].quotes.map((q) => q.strike)).toEqual(STRIKES);
  });

  it("gunzips what begins as gzip does, whatever its name", async () => {
    const set = await openBytes("file.csv", [gzipSync(TABLE)], { format });
    expect(set.quotes).toHaveLength(STRIKES.length);
  });

  it("does not depend on how the bytes are cut, even within a letter", async () => {
    const text = TABLE.replaceAll("put", '"put"').replace("forward", "forward,né");
    const [whole] = bytes(text);
    const cut = Array.from(whole, (_, i) => whole.subarray(i, i + 1));
    const set = await openBytes("file.csv", cut, { format });
    expect(set.fingerprint).toBe((await openBytes("file.csv", [whole], { format })).fingerprint);
  });

  it("stops reading an endless table at the row limit", async () => {
    let piecesRead = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield* bytes(`${HEADER},underlying\n`);
      for (;;) {
        piecesRead++;
        yield* bytes(`${ROWS.map((row) => `${row},OTHER`).join("\n")}\n`);
      }
    }
    const reading = openBytes("huge.csv", endless(), { format, underlying: "X", maxRows: 70_000 });
    await expect(reading).rejects.toThrow(/huge.csv: expected one chain of at most 70000 rows/);
    expect(piecesRead).toBe(10_001);
  });

  it("stops at the limit of kept quotes and says what it has seen", async () => {
    const text = `${TABLE}\n${ROWS.join("\n")}`;
    await expect(openBytes("file.csv", bytes(text), { format, maxQuotes: 10 })).rejects.toThrow(
      /at most 10 quotes, got more \(so far X; 2026-01-02\)/,
    );
  });
});

describe("openBytes refuses", () => {
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]);
  it.each<[string, Iterable<Uint8Array>, OpenOptions, RegExp]>([
    ["an empty file", [], {}, /got an empty file/],
    ["an empty piece", [new Uint8Array(0)], {}, /got an empty file/],
    ["white space", bytes(" \n \n"), {}, /got only white space/],
    ["a PNG image", [png], {}, /got a PNG image/],
    ["a gzipped PNG image", [gzipSync(png)], {}, /got a PNG image/],
    ["another binary file", [new Uint8Array([0x7f, 0x45, 0, 1])], {}, /got a binary file/],
    ["half a gzip file", [gzipSync(TABLE).subarray(0, 40)], {}, /damaged file/],
    ["Latin-1 text", [new Uint8Array([0x61, 0x2c, 0xe9, 0x0a])], { format }, /expected UTF-8 text/],
    ["a header without rows", bytes(HEADER), { format }, /got no row that is one/],
    ["an unknown header", bytes("a,b\n1,2"), {}, /known table .* got a, b\. .*unit of its prices/],
    [
      "a missing column",
      bytes(TABLE.replace("strike", "K")),
      { format },
      /expected a column strike/,
    ],
    [
      "a mapped column that is missing",
      bytes(TABLE),
      { format: { ...format, columns: { bid: "Bid IV" } } },
      /expected a column Bid IV, got strike, type/,
    ],
    [
      "an option type",
      bytes(TABLE.replace("call", "straddle")),
      { format },
      /type call or put, got "straddle"/,
    ],
    [
      "a price that is NaN",
      bytes(TABLE.replace("0.59", "NaN")),
      { format },
      /80-P: expected bid .* NaN/,
    ],
    ["a negative price", bytes(TABLE.replace("0.59", "-1")), { format }, /expected bid .* got -1/],
    [
      "text for a price",
      bytes(TABLE.replace("0.59", "abc")),
      { format },
      /expected bid .* got NaN/,
    ],
    ["a strike of zero", bytes(TABLE.replace("80,", "0,")), { format }, /positive strike, got 0/],
    [
      "percent declared as decimal",
      bytes(TABLE.replaceAll("0.59", "59").replaceAll("0.61", "61")),
      { format },
      /look like percent/,
    ],
    [
      "decimal declared as percent",
      bytes(TABLE),
      { format: { ...format, vol: "percent" } },
      /look like decimals/,
    ],
    [
      "only crossed quotes",
      bytes(TABLE.replaceAll("0.59", "0.63")),
      { format },
      /7 of 7 quotes crossed/,
    ],
    [
      "an expired chain",
      bytes(TABLE),
      { format: { ...format, asOf: "2026-03-01" } },
      /all expired/,
    ],
    ["two quotes", bytes([HEADER, ...ROWS.slice(3, 5)].join("\n")), { format }, /2026-02-01 has 2/],
    [
      "duplicates",
      bytes(`${TABLE}\n${ROWS[0].replace("0.59", "0.5")}`),
      { format },
      /one row for the put 80/,
    ],
    ["no as-of time", bytes(TABLE), { format: { price: "vol" } }, /expected a column asOf/],
    [
      "an as-of time that is none",
      bytes(TABLE),
      { format: { ...format, asOf: "noon" } },
      /as-of time/,
    ],
    ["an unclosed quotation mark", bytes(TABLE.replace("put", '"put')), { format }, /expected CSV/],
    ["malformed JSON", bytes('{"result": ['), {}, /expected JSON/],
    ["JSON of another shape", bytes('{"a": 1}'), {}, /expected text in instrument_name/],
    ["an error reply", bytes('{"error": {"code": 11050}}'), {}, /got an error reply .*11050/],
    [
      "JSON over the limit",
      bytes(`[${'{"a":1},'.repeat(100)}{}]`),
      { maxBytes: 100 },
      /at most 0 MB/,
    ],
    ["half a Parquet file", bytes("PAR1 and no more"), { format }, /expected Parquet/],
  ])("%s", async (_, data, options, message) => {
    expect(await refusal(data, options)).toMatch(message);
    expect(await refusal(data, options)).toMatch(
      /^InputError: (clean: )?file\.csv: (X-\S+: )?expected .*, got /,
    );
  });

  it("several underlyings without a choice, and a choice that is not there", async () => {
    const rows = ["BTC", "ETH"].flatMap((name) => ROWS.map((row) => `${row},${name}`));
    const text = [`${HEADER},underlying`, ...rows].join("\n");
    expect(await refusal(bytes(text), { format })).toMatch(
      /expected one underlying, got 2: BTC, ETH/,
    );
    expect(await refusal(bytes(text), { format, underlying: "SOL" })).toMatch(
      /expected quotes on SOL, got BTC, ETH/,
    );
    const set = await openBytes("file.csv", bytes(text), { format, underlying: "eth" });
    expect(set.underlying).toBe("ETH");
  });
});

describe("openFile", () => {
  it("names the path of a file that is not there", async () => {
    await expect(openFile("/no/such/chain.csv")).rejects.toThrow(
      /\/no\/such\/chain.csv: expected a readable file, got ENOENT/,
    );
  });

  it("says of a folder that it is one", async () => {
    await expect(openFile(tmpdir())).rejects.toThrow(/expected a readable file, got EISDIR/);
  });

  it("reads a file from disk and cleans it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "volterra-"));
    try {
      const path = join(folder, "quotes.csv.gz");
      await writeFile(path, gzipSync(TABLE));
      const { chain, source, read, dropped } = await loadChainFile(path, {
        format,
        minDelta: 0.2,
        maxDelta: 0.9,
      });
      expect([source, read]).toEqual(["quotes.csv.gz", STRIKES.length]);
      expect(chain.underlying).toBe("X");
      expect(dropped.map((d) => d.reason)).toEqual(["outside-delta-range", "outside-delta-range"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("Parquet", () => {
  // Written by pyarrow 26: zstd, three row groups, timestamps in µs and ms, a null and a NaN bid;
  // coin prices of a flat 60 % ± 1 % computed with Python's erfc.
  const path = fileURLToPath(new URL("../fixtures/flat60.parquet", import.meta.url));
  const flat: TableFormat = { price: "coin", underlying: "X", columns: { strike: "K" } };

  it("is read through the same columns and units as CSV", async () => {
    const { chain, dropped } = await loadChainFile(path, { format: flat });
    const [expiry] = chain.expiries;
    expect(expiry.yearsToExpiry).toBeCloseTo(30 / 365, 12);
    expect(expiry.quotes.map((q) => q.strike)).toEqual([80, 90, 95, 100, 105, 110, 120, 130]);
    for (const q of expiry.quotes) {
      expect(q.bidVol).toBeCloseTo(0.59, 6);
      expect(q.askVol).toBeCloseTo(0.61, 6);
    }
    expect(dropped.map((d) => d.reason)).toEqual(["missing", "missing", "outside-delta-range"]);
  });

  it("needs the unit of its prices", async () => {
    await expect(openFile(path)).rejects.toThrow(/unit of its prices/);
  });
});
