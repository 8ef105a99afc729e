import { describe, expect, test } from "vitest";
import { sleb, uleb } from "./encode.ts";
import type { Code } from "./encode.ts";
import {
  extractLane,
  f32Load,
  f32Store,
  f64Load,
  f64Store,
  i32,
  i32Load,
  type Instruction,
  op,
  v128Load,
  v128Load32Splat,
  v128Store,
  zeroMemory,
} from "./instructions.ts";
import { moduleBuilder } from "./moduleBuilder.ts";

/** Runs code on a page of memory; `code` reads operands at 0, 16, 32 and writes its result at 64. */
function run(code: Code, prepare: (view: DataView) => void): DataView {
  const builder = moduleBuilder(false);
  builder.define("run", [], (f) => f.emit(code), true);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const view = new DataView(memory.buffer);
  prepare(view);
  const module = new WebAssembly.Module(
    builder.bytes({ shared: false, initialPages: 1, maximumPages: 1 }),
  );
  (new WebAssembly.Instance(module, { env: { memory } }).exports.run as () => void)();
  return view;
}

const lanes = [0, 1, 2, 3];
const f32s = (view: DataView, at: number) => lanes.map((i) => view.getFloat32(at + 4 * i, true));
const i32s = (view: DataView, at: number) => lanes.map((i) => view.getInt32(at + 4 * i, true));
const a = [1.5, -2.25, 0, 3e5];
const b = [-1.5, 4, 2.5, -1e-3];

const floats: Readonly<Record<string, (x: number, y: number) => number>> = {
  "f32x4.add": (x, y) => x + y,
  "f32x4.sub": (x, y) => x - y,
  "f32x4.mul": (x, y) => x * y,
  "f32x4.div": (x, y) => x / y,
  "f32x4.pmin": (x, y) => (y < x ? y : x),
  "f32x4.pmax": (x, y) => (x < y ? y : x),
  "f32x4.abs": (x) => Math.abs(x),
  "f32x4.neg": (x) => -x,
  "f32x4.sqrt": (x) => Math.sqrt(x),
  "f32x4.nearest": (x) => (x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
};
const masks: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  "f32x4.lt": (x, y) => x < y,
  "f32x4.gt": (x, y) => x > y,
  "f32x4.ge": (x, y) => x >= y,
};
const unary = new Set(["f32x4.abs", "f32x4.neg", "f32x4.sqrt", "f32x4.nearest"]);

describe("every vector instruction does what its name says", () => {
  const prepare = (view: DataView) =>
    lanes.forEach((i) => {
      view.setFloat32(4 * i, a[i], true);
      view.setFloat32(16 + 4 * i, b[i], true);
    });
  const operands = (name: string) =>
    unary.has(name) ? [v128Load(i32(0))] : [v128Load(i32(0)), v128Load(i32(0), 16)];
  for (const [name, f] of Object.entries(floats)) {
    test(name, () => {
      const view = run(v128Store(i32(64), op(name as Instruction, ...operands(name))), prepare);
      expect(f32s(view, 64)).toEqual(
        lanes.map((i) => Math.fround(f(Math.fround(a[i]), Math.fround(b[i])))),
      );
    });
  }
  for (const [name, f] of Object.entries(masks)) {
    test(name, () => {
      const view = run(v128Store(i32(64), op(name as Instruction, ...operands(name))), prepare);
      expect(i32s(view, 64)).toEqual(lanes.map((i) => (f(a[i], b[i]) ? -1 : 0)));
    });
  }
});

describe("integer and bit instructions", () => {
  const x = [7, -8, 0x3f800000, -1];
  const y = [3, 5, -2, 0x0f0f0f0f];
  const prepare = (view: DataView) =>
    lanes.forEach((i) => {
      view.setInt32(4 * i, x[i], true);
      view.setInt32(16 + 4 * i, y[i], true);
    });
  const both = [v128Load(i32(0)), v128Load(i32(0), 16)];
  const cases: Readonly<Record<string, readonly [Code, (p: number, q: number) => number]>> = {
    "i32x4.add": [op("i32x4.add", ...both), (p, q) => (p + q) | 0],
    "i32x4.sub": [op("i32x4.sub", ...both), (p, q) => (p - q) | 0],
    "i32x4.shl": [op("i32x4.shl", both[0], i32(23)), (p) => p << 23],
    "i32x4.shr_s": [op("i32x4.shr_s", both[0], i32(23)), (p) => p >> 23],
    "v128.and": [op("v128.and", ...both), (p, q) => p & q],
    "v128.or": [op("v128.or", ...both), (p, q) => p | q],
    "v128.xor": [op("v128.xor", ...both), (p, q) => p ^ q],
    "i32x4.splat": [op("i32x4.splat", i32(-5)), () => -5],
    "v128.andnot": [op("v128.andnot", ...both), (p, q) => p & ~q],
    "v128.bitselect": [
      op("v128.bitselect", both[0], both[1], v128Load(i32(0))),
      (p, q) => (p & p) | (q & ~p),
    ],
  };
  for (const [name, [code, f]] of Object.entries(cases)) {
    test(name, () => {
      expect(i32s(run(v128Store(i32(64), code), prepare), 64)).toEqual(
        lanes.map((i) => f(x[i], y[i])),
      );
    });
  }
  test("conversions between lanes of integers and floats", () => {
    const toFloat = run(v128Store(i32(64), op("f32x4.convert_i32x4_s", both[1])), prepare);
    expect(f32s(toFloat, 64)).toEqual(y.map(Math.fround));
    const back = run(
      v128Store(i32(64), op("i32x4.trunc_sat_f32x4_s", op("f32x4.convert_i32x4_s", both[0]))),
      prepare,
    );
    expect(i32s(back, 64)).toEqual(x);
  });
});

describe("memory and scalars", () => {
  test("loads, stores and lanes address what they say", () => {
    const prepare = (view: DataView) => {
      lanes.forEach((i) => {
        view.setFloat32(4 * i, a[i], true);
      });
      view.setFloat64(24, 0.1, true);
    };
    const view = run(
      [
        v128Store(i32(64), v128Load32Splat(i32(0), 4)),
        f32Store(i32(80), op("f32.add", extractLane(v128Load(i32(0)), 3), f32Load(i32(0)))),
        f64Store(
          i32(88),
          op("f64.add", f64Load(i32(24)), op("f64.promote_f32", f32Load(i32(0), 4))),
        ),
        v128Store(i32(96), op("f32x4.splat", f32Load(i32(0)))),
      ],
      prepare,
    );
    expect(f32s(view, 64)).toEqual([-2.25, -2.25, -2.25, -2.25]);
    expect(view.getFloat32(80, true)).toBe(300001.5);
    expect(view.getFloat64(88, true)).toBe(0.1 - 2.25);
    expect(f32s(view, 96)).toEqual([1.5, 1.5, 1.5, 1.5]);
  });
  test("zeroMemory clears exactly the bytes it is given", () => {
    const view = run(zeroMemory(i32(65), i32(2)), (v) => v.setInt32(64, -1, true));
    expect(view.getUint32(64, true)).toBe(0xff0000ff);
  });
  test("32-bit arithmetic wraps and compares without sign", () => {
    const word = (code: Code) =>
      run([i32(64), code, 0x36, 2, 0], (v) => v.setInt32(0, -1, true)).getInt32(64, true);
    const minusOne = i32Load(i32(0));
    expect(word(op("i32.add", minusOne, i32(3)))).toBe(2);
    expect(word(op("i32.sub", minusOne, i32(3)))).toBe(-4);
    expect(word(op("i32.mul", minusOne, i32(3)))).toBe(-3);
    expect(word(op("i32.and", minusOne, i32(6)))).toBe(6);
    expect(word(op("i32.xor", minusOne, i32(6)))).toBe(~6);
    expect(word(op("i32.shr_u", minusOne, i32(28)))).toBe(15);
    expect(word(op("i32.shl", minusOne, i32(4)))).toBe(-16);
    expect(word(op("i32.eq", minusOne, i32(-1)))).toBe(1);
    expect(word(op("i32.ne", minusOne, i32(-1)))).toBe(0);
    expect(word(op("i32.eqz", minusOne))).toBe(0);
    expect(word(op("i32.lt_u", i32(1), minusOne))).toBe(1);
  });
});

test("LEB128 codes the numbers of the specification's examples and the ends of the range", () => {
  expect(uleb(624485)).toEqual([0xe5, 0x8e, 0x26]);
  expect(uleb(0)).toEqual([0]);
  expect(uleb(0xffffffff)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
  expect(sleb(-123456)).toEqual([0xc0, 0xbb, 0x78]);
  expect(sleb(63)).toEqual([63]);
  expect(sleb(64)).toEqual([0xc0, 0]);
  expect(sleb(-64)).toEqual([0x40]);
});
