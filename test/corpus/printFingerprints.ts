/**
 * Prints, for every program of the corpus and some random ones, hashes of all that the WebAssembly backend computes:
 * one JSON document, to compare processes that run on different settings.
 *
 * `node --no-liftoff test/corpus/printFingerprints.ts [RANDOM]`, RANDOM random programs, 30 by default.
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { fusesHalves } from "../../src/backend/wasm/fusion.ts";
import { wasmBackend } from "../../src/backend/wasm/index.ts";
import { type CorpusEntry, corpus, corpusNoise } from "./programs.ts";
import { randomProgram } from "./random.ts";

const hash = (values: ArrayLike<number>): string =>
  createHash("sha256")
    .update(new Uint8Array(Float64Array.from(values).buffer))
    .digest("hex")
    .slice(0, 16);

async function fingerprint({ program, makePlan, theta }: CorpusEntry): Promise<string[]> {
  const plan = makePlan(128);
  const runner = await wasmBackend.prepare(program, plan, { threads: 1 });
  runner.setNoise(corpusNoise(program, plan));
  const results = [hash(runner.observations(theta))];
  if (program.row !== undefined) {
    const { mean, standardError, gradient } = runner.gradient(theta, (means) =>
      means.map((_, row) => 1 + 0.5 * row),
    );
    results.push(hash(mean), hash(standardError), hash(gradient));
    if (!program.row.nodes.some((node) => node.op === "dense"))
      results.push(hash(runner.jacobian(theta).jacobian));
  }
  runner.free();
  return results;
}

const random = fc.sample(randomProgram, { numRuns: Number(process.argv[2] ?? 30), seed: 11 });
const fingerprints: Record<string, string[]> = {};
for (const entry of corpus) fingerprints[entry.program.name] = await fingerprint(entry);
for (const [i, entry] of random.entries()) fingerprints[`random ${i}`] = await fingerprint(entry);
console.log(JSON.stringify({ fuses: await fusesHalves(), fingerprints }));
