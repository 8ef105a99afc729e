/**
 * The WebAssembly binary format, as far as it is needed: integers, sections, and a module with one
 * imported memory and exported functions.
 *
 * Source  WebAssembly Core Specification 2.0, chapter 5 (binary format)
 */

/** Bytes, nested as they were composed; flattened once when the module is written. */
export type Code = number | readonly Code[];

/** Value types of parameters and locals. */
export const valueType = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueType;

/** Unsigned LEB128. */
export function uleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
export function sleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

/** One function of the module. `body` excludes the final `end`. */
export interface FunctionCode {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Code;
  readonly exported: boolean;
}

/** How the module's memory is imported (module "env", name "memory"). */
export interface MemoryImport {
  readonly shared: boolean;
  readonly initialPages: number;
  readonly maximumPages: number;
}

/** The module's bytes.
 *
 * Shape   functions in index order → binary module importing env.memory, exporting the marked functions
 */
export function encodeModule(
  functions: readonly FunctionCode[],
  memory: MemoryImport,
): Uint8Array<ArrayBuffer> {
  const typeKeys: string[] = [];
  const typeOf = functions.map((f) => {
    const key = f.params.join();
    if (!typeKeys.includes(key)) typeKeys.push(key);
    return typeKeys.indexOf(key);
  });
  const types = typeKeys.map((key) => {
    const params = key === "" ? [] : (key.split(",") as ValueType[]);
    return [0x60, uleb(params.length), params.map((t) => valueType[t]), 0];
  });
  const exported = functions.flatMap((f, i) => (f.exported ? [[name(f.name), 0, uleb(i)]] : []));
  const limits = [memory.shared ? 3 : 1, uleb(memory.initialPages), uleb(memory.maximumPages)];
  const out: number[] = [];
  flatten(out, [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, [uleb(types.length), types]),
    section(2, [1, name("env"), name("memory"), 2, limits]),
    section(3, [uleb(typeOf.length), typeOf.map(uleb)]),
    section(7, [uleb(exported.length), exported]),
    section(10, [uleb(functions.length), functions.map(functionBody)]),
  ]);
  return Uint8Array.from(out);
}

function functionBody(f: FunctionCode): Code {
  const runs: { count: number; type: ValueType }[] = [];
  for (const type of f.locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count += 1;
    else runs.push({ count: 1, type });
  }
  const locals = [uleb(runs.length), runs.map((r) => [uleb(r.count), valueType[r.type]])];
  return sized([locals, f.body, 0x0b]);
}

function section(id: number, content: Code): Code {
  return [id, sized(content)];
}

function sized(content: Code): Code {
  const bytes: number[] = [];
  flatten(bytes, content);
  return [uleb(bytes.length), bytes];
}

function name(text: string): Code {
  const bytes = [...new TextEncoder().encode(text)];
  return [uleb(bytes.length), bytes];
}

function flatten(out: number[], code: Code): void {
  if (typeof code === "number") out.push(code);
  else for (const part of code) flatten(out, part);
}
