import { describe, expect, it } from "vitest";
import { makeDesign } from "./design.ts";
import { endOf } from "./ending.ts";
import { learn } from "./learn.ts";
import { impulseResponse } from "./response.ts";
import { spilloverHistory } from "./testHistory.ts";

const settings = {
  members: 6,
  folds: 2,
  ridges: [300],
  skeletonRidges: [30],
  iterations: 20,
  hidden: 4,
  learningCurve: false,
};

/** Direct response of the size of B's moves to a move of A by two deviations. */
async function responseOfB(spill: number) {
  const history = spilloverHistory(1300, 11, spill);
  const design = makeDesign(history);
  const model = await learn(design, settings);
  const ending = endOf(history, design.set);
  const { components } = impulseResponse(model, ending, "A", -0.06, "direct", {
    steps: 2,
    paths: 50,
  });
  return {
    ofB: components[1].logScale.value[0],
    halfWidth: components[1].logScale.halfWidth[0],
    ofA: components[0].logScale,
    total: impulseResponse(model, ending, "A", -0.06, "total", { steps: 2, paths: 200 }),
  };
}

describe("impulseResponse", () => {
  it("finds a planted spillover, with the planted size inside its interval or near it", async () => {
    const { ofB, halfWidth, ofA, total } = await responseOfB(0.4);
    // ln s_B rises by 0.4 · 2 against A standing still
    expect(ofB - halfWidth).toBeGreaterThan(0.2);
    expect(Math.abs(ofB - 0.8)).toBeLessThan(0.35);
    // A itself does not answer
    expect(Math.abs(ofA.value[0])).toBeLessThan(ofA.halfWidth[0] + 0.15);
    // B falls with A by its correlation: 0.6 of A's deviations, in B's own larger ones
    expect(total.components[1].state.value[0]).toBeLessThan(-0.02);
  });

  it("does not claim one that is not there", async () => {
    const { ofB, halfWidth } = await responseOfB(0);
    expect(Math.abs(ofB)).toBeLessThan(Math.max(halfWidth, 0.05));
    expect(Math.abs(ofB)).toBeLessThan(0.15);
  });
});
