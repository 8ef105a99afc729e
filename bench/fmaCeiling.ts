/**
 * How many multiply-adds a second one core does in WebAssembly: independent accumulators, no memory traffic.
 */
import { type Code } from "../src/backend/wasm/encode.ts";
import {
  countedLoop,
  get,
  i32,
  op,
  set,
  v128Load,
  v128Store,
} from "../src/backend/wasm/instructions.ts";
import { fusesHalves } from "../src/backend/wasm/fusion.ts";
import { moduleBuilder } from "../src/backend/wasm/moduleBuilder.ts";
import { supportsRelaxedSimd } from "../src/backend/wasm/compile.ts";

/** Best of twenty windows, GFLOP/s (a multiply-add counts two, four lanes). */
export async function fmaCeiling(): Promise<number> {
  const relaxed = supportsRelaxedSimd();
  const builder = moduleBuilder(relaxed);
  // as many as hide the latency and still fit sixteen registers
  const accumulators = (await fusesHalves()) ? 16 : 12;
  const rounds = 200_000;
  builder.define(
    "run",
    [],
    (f) => {
      const sums = Array.from({ length: accumulators }, () => f.local("v128"));
      const x = f.local("v128");
      const counter = f.local("i32");
      const step = (sum: Code): Code =>
        relaxed
          ? op("f32x4.relaxed_madd", sum, get(x), get(x))
          : op("f32x4.add", op("f32x4.mul", sum, get(x)), get(x));
      f.emit(set(x, v128Load(i32(64))));
      f.emit(
        countedLoop(
          counter,
          rounds,
          1,
          sums.map((sum) => set(sum, step(get(sum)))),
        ),
      );
      f.emit(sums.map((sum, i) => v128Store(i32(128 + 16 * i), get(sum))));
    },
    true,
  );
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  new Float32Array(memory.buffer, 64, 4).fill(0.5);
  const module = new WebAssembly.Module(
    builder.bytes({ shared: false, initialPages: 1, maximumPages: 1 }),
  );
  const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    run: () => void;
  };
  let best = 0;
  for (let window = 0; window < 20; window += 1) {
    const start = performance.now();
    for (let i = 0; i < 5; i += 1) run();
    best = Math.max(best, (5 * rounds * accumulators * 8) / (performance.now() - start) / 1e6);
  }
  return best;
}
