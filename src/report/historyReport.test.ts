import { describe, expect, it } from "vitest";
import { spilloverHistory } from "../estimate/testHistory.ts";
import {
  endOf,
  impulseResponse,
  learn,
  makeDesign,
  simulate,
  walkForward,
} from "../estimate/index.ts";
import { historyReport } from "./historyReport.ts";

const history = spilloverHistory(500, 3, 0.4);
const design = makeDesign(history);
const quick = {
  members: 3,
  folds: 1,
  ridges: [300],
  skeletonRidges: [30],
  iterations: 8,
  hidden: 2,
};
const walk = await walkForward(design, { testFrom: 300, learn: quick });
const model = await learn(design, quick);
const ending = endOf(history, design.set);
const data = {
  model,
  walk,
  gain: null,
  paths: simulate(model, ending, { steps: 10, paths: 100 }),
  responses: [impulseResponse(model, ending, "A", -0.1, "total", { steps: 3, paths: 20 })],
  sources: ["a.csv", "b<.csv"],
};
const page = historyReport(data);

describe("historyReport", () => {
  it("holds the scores of the model and of every baseline, and says what they mean", () => {
    for (const { component, model: own, baselines, best } of walk.components) {
      expect(page).toContain(own.logScore.toFixed(4).replace("-", "−"));
      for (const { name } of baselines) expect(page).toContain(name);
      expect(page).toMatch(
        new RegExp(`${component}: (better than|worse than|no better or worse than) `),
      );
      expect(page).toContain(best ?? "none");
    }
  });

  it("has a figure with a text alternative for each component, path and response", () => {
    for (const title of [
      "A: quantiles of the transforms",
      "B: gain added up",
      "Learning curve",
      "B from here",
      "A to B, total",
    ]) {
      expect(page).toContain(title);
    }
    expect(page.match(/<svg/g)?.length).toBe(2 * 2 + 1 + 2 + 1);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page).toContain("b&#60;.csv");
  });

  it("says that nothing was measured when nothing was", () => {
    const bare = historyReport({ ...data, walk: null, responses: [] });
    expect(bare).toContain("Not measured out of sample");
    expect(bare).not.toContain('href="#scores"');
  });

  it("is the same bytes for the same data", () => expect(historyReport(data)).toBe(page));
});
