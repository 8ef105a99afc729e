/**
 * The module that decides whether fused vectors may be used: every elementwise op with its derivatives, sums over
 * paths, and the kernels of dense layers and Jacobians with ragged tiles. All of its results are compared bit by bit.
 */
import { supportsRelaxedSimd } from "./compile.ts";
import type { Code } from "./encode.ts";
import { contractFunction } from "./contract.ts";
import { denseKernels } from "./dense.ts";
import { binaryAdjoint, binaryValue, unaryAdjoint, unaryValue } from "./elementwise.ts";
import { call, countedLoop, get, i32 } from "./instructions.ts";
import {
  type FunctionBuilder,
  type ModuleBuilder,
  moduleBuilder,
  poolAddress,
} from "./moduleBuilder.ts";
import { blockPaths, rowBytes } from "./schedule.ts";
import { each, load, read, type Vector, vectorBytes } from "./vector.ts";
import { vectorMath } from "./vectorMath.ts";

const inputs = 7;
const outputs = 9;
const inputRows = 16;
const inputAddress = 16384;
const row = (index: number): number => inputAddress + index * rowBytes;
const outputAddress = row(inputRows);
const memoryPages = 3;

/** Runs the check's module, compiled for an engine that fuses (`wide`) or not; everything that it computed.
 *
 * Shape   → [32-bit pattern]
 */
export function fusionCheckResults(wide: boolean): Int32Array {
  const builder = moduleBuilder(supportsRelaxedSimd(), wide);
  let next = outputAddress;
  const take = (rows: number): number => {
    const at = next;
    next += rows * rowBytes;
    return at;
  };
  const elementwise = builder.define("elementwise", [], (f) => emitElementwise(builder, f, take));
  const calls = [call(elementwise), kernelCalls(builder, take)];
  builder.define("run", [], (f) => f.emit(calls), true);
  const memory = new WebAssembly.Memory({ initial: memoryPages, maximum: memoryPages });
  new Int32Array(memory.buffer, poolAddress, builder.pool().length).set(builder.pool());
  fillInputs(new Float32Array(memory.buffer, inputAddress, inputRows * blockPaths));
  const bytes = builder.bytes({ shared: false, initialPages: 1, maximumPages: memoryPages });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  (instance.exports.run as () => void)();
  return new Int32Array(memory.buffer, outputAddress, (next - outputAddress) / 4);
}

/** Numbers between −3 and 3 in no order, zeros among them. */
function fillInputs(values: Float32Array): void {
  values.forEach((_, i) => {
    values[i] = i % 13 === 0 ? 0 : 3 * Math.sin(12.9898 * (i + 1) ** 1.5);
  });
}

/** Every op and every derivative rule on two rows, one row of results each; sums of some of them. */
function emitElementwise(
  module: ModuleBuilder,
  f: FunctionBuilder,
  take: (rows: number) => number,
): void {
  const body: Code[] = [];
  const math = vectorMath(module, f, (code) => body.push(code));
  const at = f.local("i32");
  const [a, b, g] = [0, 1, 2].map((i) => math.keep(load(get(at), row(i))));
  const positive = math.keep(math.madd(read(a), read(a), math.constant(0.25)));
  const sums = [math.variable(), math.variable()];
  const start: Code[] = [];
  const result = (value: Vector): void => math.store(get(at), value, take(1));
  for (const [name, value] of Object.entries(unaryValue)) {
    const x = ["log", "sqrt", "reciprocal"].includes(name) ? positive : a;
    const y = math.keep(value(math, x));
    result(read(y));
    result(unaryAdjoint[name as keyof typeof unaryAdjoint].rule(math, g, x, y));
  }
  for (const [name, value] of Object.entries(binaryValue)) {
    const second = name === "div" ? positive : b;
    const y = math.keep(value(read(a), read(second)));
    const adjoint = binaryAdjoint[name as keyof typeof binaryAdjoint];
    result(read(y));
    result(adjoint.a(math, g, a, second, y));
    result(adjoint.b(math, g, a, second, y));
  }
  result(math.whenPositive(read(a), read(b), read(g)));
  math.assign(sums[0], each("f32x4.add", read(sums[0]), read(b)));
  math.assign(sums[1], math.madd(read(a), read(b), read(sums[1])));
  const loop = body.splice(0);
  sums.forEach((local) => math.assign(local, math.constant(0)));
  start.push(body.splice(0));
  const end = take(1);
  f.emit(
    start,
    countedLoop(at, rowBytes, vectorBytes, loop),
    sums.map((local, i) => math.storeCode(i32(end), local, i * vectorBytes)),
  );
}

/** Calls of the kernels, on the rows of input. */
function kernelCalls(module: ModuleBuilder, take: (rows: number) => number): Code {
  const dense = denseKernels(module);
  const x = i32(row(0));
  const dy = i32(row(inputs));
  const weights = i32(row(3));
  const tanh = { key: "tanh", apply: unaryValue.tanh };
  const accumulators = outputs * (inputs + 1);
  const columns = 6;
  return [
    dense.affine(
      { inputs, outputs, bias: true, epilogue: tanh },
      x,
      i32(take(outputs)),
      weights,
      dy,
      i32(0),
    ),
    dense.affine({ inputs, outputs, bias: false }, x, i32(take(outputs)), weights, dy, i32(0)),
    dense.weightSums(
      inputs,
      outputs,
      x,
      dy,
      i32(take(Math.ceil((accumulators * vectorBytes) / rowBytes))),
    ),
    dense.weightRows(inputs, outputs, x, dy, i32(take(accumulators))),
    call(
      contractFunction(module),
      ...[row(0), rowBytes, 3, row(4), columns, take(1), 8 * 4, take(1)].map(i32),
    ),
  ];
}
