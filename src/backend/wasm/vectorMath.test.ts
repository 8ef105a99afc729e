import { describe, expect, test } from "vitest";
import { logistic, unaryValue } from "../../ir/scalar.ts";
import { normCdf } from "../../num/normal.ts";
import { get, i32, op } from "./instructions.ts";
import { moduleBuilder, poolAddress } from "./moduleBuilder.ts";
import { supportsRelaxedSimd } from "./compile.ts";
import { load, read, type Vector, type VectorLocal } from "./vector.ts";
import { type VectorMath, vectorMath } from "./vectorMath.ts";

const input = 16384;
const output = 32768;

/** Runs a vector function on float32 values, eight at a time. */
function evaluate(
  relaxed: boolean,
  value: (m: VectorMath, x: VectorLocal) => Vector,
  xs: readonly number[],
): number[] {
  const builder = moduleBuilder(relaxed);
  builder.define(
    "run",
    ["i32"],
    (f) => {
      const [offset] = f.params;
      const math = vectorMath(builder, f, (code) => f.emit(code));
      const x = math.keep(load(op("i32.add", get(offset), i32(input))));
      math.store(op("i32.add", get(offset), i32(output)), read(math.keep(value(math, x))));
    },
    true,
  );
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const module = new WebAssembly.Module(
    builder.bytes({ shared: false, initialPages: 1, maximumPages: 1 }),
  );
  const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    run: (offset: number) => void;
  };
  new Int32Array(memory.buffer, poolAddress, builder.pool().length).set(builder.pool());
  const padded = [...xs, ...Array.from({ length: 7 }, () => 0)].slice(
    0,
    Math.ceil(xs.length / 8) * 8,
  );
  new Float32Array(memory.buffer, input, padded.length).set(padded);
  for (let i = 0; i < padded.length; i += 8) run(4 * i);
  return Array.from(new Float32Array(memory.buffer, output, xs.length));
}

const range = (from: number, to: number, count = 2000): number[] =>
  Array.from({ length: count }, (_, i) => Math.fround(from + ((to - from) * i) / (count - 1)));

const worst = (
  xs: readonly number[],
  ys: readonly number[],
  f: (x: number) => number,
  error: (y: number, e: number) => number,
) => xs.reduce((most, x, i) => Math.max(most, error(ys[i], f(x))), 0);
const absolute = (y: number, e: number) => Math.abs(y - e);
const relative = (y: number, e: number) => Math.abs(y / e - 1);

describe.each(supportsRelaxedSimd() ? [true, false] : [false])(
  "elementary functions on eight lanes, relaxed SIMD %s",
  (relaxed) => {
    const cases: readonly (readonly [
      string,
      (m: VectorMath, x: VectorLocal) => Vector,
      (x: number) => number,
      readonly [number, number],
      typeof absolute,
      number,
    ])[] = [
      ["exp is within 3e-7 of itself", (m, x) => m.exp(x), Math.exp, [-80, 80], relative, 3e-7],
      ["log is within 3e-7 away from 1", (m, x) => m.log(x), Math.log, [2, 1e6], relative, 3e-7],
      ["log is within 1e-7 near 1", (m, x) => m.log(x), Math.log, [0.5, 1.5], absolute, 1e-7],
      [
        "log of tiny numbers is within 3e-7",
        (m, x) => m.log(x),
        Math.log,
        [1e-30, 1e-20],
        relative,
        3e-7,
      ],
      ["tanh is within 7e-7", (m, x) => m.tanh(x), Math.tanh, [-12, 12], absolute, 7e-7],
      [
        "sigmoid is within 3e-7 of itself",
        (m, x) => m.sigmoid(x),
        logistic,
        [-60, 60],
        relative,
        5e-7,
      ],
      [
        "softplus is within 3e-7 of itself",
        (m, x) => m.softplus(x),
        unaryValue.softplus,
        [-60, 60],
        relative,
        5e-7,
      ],
      ["normCdf is within 2e-7", (m, x) => m.normCdf(x), normCdf, [-8, 8], absolute, 2e-7],
      [
        "normCdf keeps its relative accuracy in the left tail",
        (m, x) => m.normCdf(x),
        normCdf,
        [-10, -1],
        relative,
        1e-5,
      ],
      [
        "normPdf is within 2e-7",
        (m, x) => m.normPdf(x),
        (x) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI),
        [-6, 6],
        absolute,
        2e-7,
      ],
    ];
    for (const [name, vector, scalar, [from, to], error, bound] of cases) {
      test(name, () => {
        const xs = range(from, to);
        expect(worst(xs, evaluate(relaxed, vector, xs), scalar, error)).toBeLessThan(bound);
      });
    }

    test("functions take their limits at the ends", () => {
      expect(evaluate(relaxed, (m, x) => m.tanh(x), [100, -100]).map((y) => Math.round(y))).toEqual(
        [1, -1],
      );
      expect(evaluate(relaxed, (m, x) => m.normCdf(x), [40, -40])).toEqual(
        [1, 0].map((y) => expect.closeTo(y, 7)),
      );
      expect(evaluate(relaxed, (m, x) => m.log(x), [0])).toEqual([Number.NEGATIVE_INFINITY]);
    });
  },
);
