/** The same market calm, after a crash, or with few quotes. */
import { type Scenario, scenarioChain } from "volterra/compare";
import { chainOf, marketOf } from "../../market/labChain.ts";
import type { LabMarket } from "../../market/labMarket.ts";
import type { Job } from "../protocol.ts";

export interface ScenarioInput {
  readonly market: LabMarket;
  readonly scenario: Scenario;
}

export const applyScenario: Job<ScenarioInput, LabMarket> = ({ market, scenario }) => {
  if (scenario === "liquid") return market;
  const { fitted, measured } = scenarioChain(chainOf(market), scenario);
  const seen = new Set(fitted.expiries.flatMap(({ quotes }) => quotes.map((q) => q.instrument)));
  return marketOf(measured, market.about, (instrument) => !seen.has(instrument));
};
