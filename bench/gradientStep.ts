/**
 * One gradient step of a neural SDE: 8192 paths × 100 steps, networks of width 32 and 16, one and two threads;
 * against plain JavaScript (a scalar float64 interpreter on fewer paths, scaled) and, with `--python PATH`, PyTorch.
 *
 * `node bench/gradientStep.ts [--python PATH] [--width 16] [--threads 1]`, all widths and one and two threads when not named. Answers are compared before anything is timed. Peers take turns with
 * this engine within one run, so that a busy machine slows both; medians and the ratio of medians are printed.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initialiseMlp, pseudoRandomNoise, referenceBackend, wasmBackend } from "../src/engine.ts";
import { fmaCeiling } from "./fmaCeiling.ts";
import { gradientPlan, gradientProgram, steps } from "./gradientProgram.ts";

const paths = 8192;
const rounds = 5;
const flag = (name: string): string | undefined =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined;
const python = flag("--python");
const numbers = (text: string | undefined, all: readonly number[]): readonly number[] =>
  text === undefined ? all : text.split(",").map(Number);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1];

/** Floating-point operations of the dense layers in one step, counted once forward, once again, dX and dW. */
const denseFlop = (width: number): number =>
  4 * 2 * (3 * width + width * width + 4 * width) * paths * steps;

interface Peer {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly seconds: number;
  readonly peakRssMb: number;
  readonly version: string;
}

function runPeer(directory: string, width: number, threads: number): Peer[] {
  const script = new URL("peers/gradientStep.py", import.meta.url).pathname;
  const args = [script, directory, width, paths, threads, 4].map(String);
  const text = execFileSync(python ?? "", args, { encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line) as Peer);
}

const ceiling = await fmaCeiling();
console.log(`multiply-add ceiling of one core in WebAssembly: ${ceiling.toFixed(1)} GFLOP/s`);
for (const width of numbers(flag("--width"), [32, 16])) {
  const program = gradientProgram(width);
  const theta = initialiseMlp(program, "net", new Float64Array(program.paramCount), 3);
  const noise = pseudoRandomNoise({ steps, factors: 2, initialNormals: 0, paths, seed: 5 });
  const directory = mkdtempSync(join(tmpdir(), "volterra-bench-"));
  writeFileSync(join(directory, "theta.f64"), theta);
  writeFileSync(join(directory, "noise.f32"), noise.increments);
  for (const threads of numbers(flag("--threads"), [1, 2])) {
    const runner = await wasmBackend.prepare(program, gradientPlan(paths), { threads });
    runner.setNoise(noise);
    const step = () => runner.gradient(theta, (mean) => mean);
    const { mean, gradient } = step();
    const loss = 0.5 * mean.reduce((sum, m) => sum + m * m, 0);
    const norm = Math.hypot(...gradient);
    const own: number[] = [];
    const peer: Peer[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (let i = 0; i < 4; i += 1) {
        const start = performance.now();
        step();
        own.push((performance.now() - start) / 1000);
      }
      if (python !== undefined) peer.push(...runPeer(directory, width, threads));
    }
    const seconds = median(own);
    const gflops = denseFlop(width) / seconds / 1e9;
    const rss = process.resourceUsage().maxRSS / 1024;
    console.log(
      `width ${width}, ${threads} thread(s): ${(1000 * seconds).toFixed(0)} ms (best ${(1000 * Math.min(...own)).toFixed(0)}), ${((1e9 * seconds) / paths / steps).toFixed(0)} ns per path-step, ${gflops.toFixed(1)} GFLOP/s in dense layers = ${((100 * gflops) / ceiling / threads).toFixed(0)} % of the ceiling per thread, resident ${rss.toFixed(0)} MB`,
    );
    for (const p of peer.slice(0, 1)) {
      console.log(
        `    same answer: loss ${loss.toFixed(7)} / ${p.loss.toFixed(7)}, gradient norm ${norm.toFixed(6)} / ${p.gradientNorm.toFixed(6)}`,
      );
      const theirs = median(peer.map((r) => r.seconds));
      console.log(
        `    PyTorch ${p.version}: ${(1000 * theirs).toFixed(0)} ms, ${peer[0].peakRssMb.toFixed(0)} MB; ratio ${(theirs / seconds).toFixed(2)} in time (of the best of each ${(Math.min(...peer.map((r) => r.seconds)) / Math.min(...own)).toFixed(2)}), ${(peer[0].peakRssMb / rss).toFixed(1)} in memory`,
      );
    }
    runner.free();
  }
  const few = 64;
  const slow = await referenceBackend.prepare(program, gradientPlan(few));
  slow.setNoise(pseudoRandomNoise({ steps, factors: 2, initialNormals: 0, paths: few, seed: 5 }));
  const start = performance.now();
  slow.gradient(theta, (mean) => mean);
  const scaled = ((performance.now() - start) / 1000) * (paths / few);
  console.log(
    `    plain JavaScript (reference interpreter, ${few} paths scaled to ${paths}): ${scaled.toFixed(1)} s`,
  );
}
process.exit(0);
