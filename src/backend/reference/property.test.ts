import fc from "fast-check";
import { expect, test } from "vitest";
import { corpusNoise } from "../../../test/corpus/programs.ts";
import { randomProgram } from "../../../test/corpus/random.ts";
import { gradcheck } from "../../grad/gradcheck.ts";
import type { Graph } from "../../ir/index.ts";
import { checkProgram, nodeInputs } from "../../ir/index.ts";
import { referenceBackend } from "./index.ts";

const paths = 64;

test("Jacobians of random programs agree with central differences", async () => {
  await fc.assert(
    fc.asyncProperty(randomProgram, async ({ program, makePlan, theta }) => {
      const plan = makePlan(paths);
      const runner = await referenceBackend.prepare(program, plan);
      runner.setNoise(corpusNoise(program, plan));
      const { jacobian, mean } = runner.jacobian(theta);
      const weights = mean.map((_, row) => 1 + row);
      const combined = theta.map((_, param) =>
        weights.reduce((sum, w, row) => sum + w * jacobian[row * theta.length + param], 0),
      );
      const loss = (x: Float64Array): number =>
        runner.means(x).mean.reduce((sum, value, row) => sum + weights[row] * value, 0);
      const worst = gradcheck(loss, combined, theta, { directions: 1 });
      expect(worst.relativeError, worst.where).toBeLessThan(1e-6);
      const { gradient } = runner.gradient(theta, () => weights);
      for (const [param, value] of gradient.entries())
        expect(value).toBeCloseTo(combined[param], 10);
    }),
    { numRuns: 30, seed: 20240613 },
  );
});

test("graphs of random programs are checked, without repeats, and hold only what the outputs need", () => {
  fc.assert(
    fc.property(randomProgram, ({ program }) => {
      checkProgram(program);
      for (const graph of [program.init, program.step, program.observe, program.row!]) {
        expect(reachable(graph).size).toBe(graph.nodes.length);
        const keys = graph.nodes.map((node) => JSON.stringify({ ...node, label: undefined }));
        expect(new Set(keys).size).toBe(keys.length);
      }
    }),
    { numRuns: 200, seed: 20240613 },
  );
});

function reachable({ nodes, outputs }: Graph): Set<number> {
  const seen = new Set<number>();
  const pending = [...outputs];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    pending.push(...nodeInputs(nodes[index]));
  }
  return seen;
}
