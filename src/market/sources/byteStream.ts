/**
 * Byte streams: through gunzip to text, with the web platform's means only.
 */
import { InputError } from "../../num/errors.ts";

/** Bytes, decompressed when they begin as gzip does.
 *
 * Throws  InputError when the compressed data are damaged
 */
export async function* decompressed(
  source: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const pieces = iterate(bytes);
  const first = await nextNonEmpty(pieces);
  if (first === null) return;
  const all = prepend(first, pieces);
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* all;
    return;
  }
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await all.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
    },
  });
  const inflated = stream.pipeThrough(new DecompressionStream("gzip"));
  try {
    for await (const piece of inflated) yield piece;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${source}: expected whole gzip data, got a damaged file (${why}). Download it again.`,
    );
  }
}

/** Kind of a file by its first bytes, and the bytes from the start.
 *
 * Throws  InputError when it is empty, an image or another binary file
 */
export async function recognise(
  source: string,
  pieces: AsyncGenerator<Uint8Array>,
): Promise<{ kind: "csv" | "json" | "parquet"; pieces: AsyncIterable<Uint8Array> }> {
  const first = await nextNonEmpty(pieces);
  if (first === null) {
    throw new InputError(
      `${source}: expected option quotes, got an empty file. Check the download.`,
    );
  }
  return { kind: kindOf(source, first), pieces: prepend(first, pieces) };
}

/** UTF-8 text of the pieces, up to `limit` bytes.
 *
 * Throws  InputError above the limit and on bytes that are not UTF-8
 */
export async function* decodedText(
  source: string,
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let total = 0;
  for await (const piece of pieces) {
    total += piece.length;
    if (total > limit) throw tooLarge(source, limit);
    let text: string;
    try {
      text = decoder.decode(piece, { stream: true });
    } catch {
      throw new InputError(
        `${source}: expected UTF-8 text, got other bytes near byte ${total}. Convert the file.`,
      );
    }
    yield text;
  }
}

/** All pieces in one array. */
export async function wholeBytes(
  source: string,
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const kept: Uint8Array[] = [];
  let total = 0;
  for await (const piece of pieces) {
    total += piece.length;
    if (total > limit) throw tooLarge(source, limit);
    kept.push(piece);
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of kept) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function tooLarge(source: string, limit: number): InputError {
  return new InputError(
    `${source}: expected at most ${Math.round(limit / 1e6)} MB uncompressed, got more. One option chain is far smaller: split the file by snapshot or underlying.`,
  );
}

/** All pieces as text.
 *
 * Throws  InputError above the limit and on bytes that are not UTF-8
 */
export async function wholeText(
  source: string,
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<string> {
  const parts: string[] = [];
  for await (const text of decodedText(source, pieces, limit)) parts.push(text);
  return parts.join("");
}

function kindOf(source: string, head: Uint8Array): "csv" | "json" | "parquet" {
  if (head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31)
    return "parquet";
  const sample = head.subarray(0, 4096);
  if (sample[0] === 0x89 && sample[1] === 0x50 && sample[2] === 0x4e && sample[3] === 0x47) {
    throw new InputError(
      `${source}: expected option quotes, got a PNG image. Pass a CSV, JSON or Parquet file.`,
    );
  }
  if (sample.includes(0)) {
    throw new InputError(
      `${source}: expected text or Parquet, got a binary file. Pass a CSV, JSON or Parquet file.`,
    );
  }
  const start = new TextDecoder().decode(sample).trimStart();
  if (start === "") {
    throw new InputError(
      `${source}: expected option quotes, got only white space. Check the download.`,
    );
  }
  // The 2021 file's header begins with a bracket too: [QUOTE_UNIXTIME].
  return /^(\{|\[\s*[[{\]])/.test(start) ? "json" : "csv";
}

async function* iterate(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* bytes;
}

async function nextNonEmpty(pieces: AsyncGenerator<Uint8Array>): Promise<Uint8Array | null> {
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return null;
    if (next.value.length > 0) return next.value;
  }
}

async function* prepend(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
