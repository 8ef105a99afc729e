/** Gathers what a report shows: distributions, frontier, cost scales, policy maps and a few paths. */
import type { Backend } from "../../backend/backend.ts";
import { sampleLosses } from "../evaluate.ts";
import type { Policy } from "../problem.ts";
import type { HedgeDocument } from "./document.ts";
import { costScalesOf, frontierOf } from "./frontier.ts";
import type { MeasureOptions, MeasureTask } from "./measure.ts";
import { policyMaps } from "./maps.ts";
import { histogramOf } from "./profits.ts";
import { shownPaths } from "./shownPaths.ts";
import type { HedgeStudy, ProfitSample } from "./studyDocument.ts";

/** Everything that a report draws of a measured hedge.
 *
 * Cost  about as much as the measurement, at most 65,536 paths for each policy
 */
export async function studyDesk(
  task: MeasureTask,
  document: HedgeDocument,
  history: ArrayLike<number>,
  backend: Backend,
  { threads = 1, onStep }: MeasureOptions = {},
): Promise<HedgeStudy> {
  const { desk, theta, config } = task;
  const { paths, seed } = config.evaluation;
  const profits: ProfitSample[] = [];
  const weightsOf = (policy: Policy) => (policy === desk.policy ? theta : new Float64Array(0));
  for (const { rule, problem } of [
    { rule: desk.policy, problem: desk.problem },
    ...desk.baselines,
  ]) {
    onStep?.(`the profit of ${rule.name}`);
    const options = { paths, sets: 1, seed, threads };
    const sample = await sampleLosses(problem, rule, weightsOf(rule), backend, options);
    profits.push(histogramOf(rule.name, sample, document.fairValue));
  }
  onStep?.("the frontier");
  const frontier = await frontierOf(task, document.fairValue, backend, threads);
  onStep?.("other costs");
  const costScales = await costScalesOf(task, document.fairValue, backend, threads);
  onStep?.("policy maps");
  const maps = await policyMaps(task, backend);
  onStep?.("single paths");
  return {
    document,
    ruleName: desk.rule.name,
    profits,
    ...frontier,
    costScales,
    maps,
    paths: await shownPaths(task, document.fairValue, backend, threads),
    history: Array.from(history),
  };
}
