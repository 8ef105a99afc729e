import { describe, expect, it } from "vitest";
import { historyOf, spilloverHistory } from "../testHistory.ts";
import { jointGain } from "./jointGain.ts";

const learn = {
  members: 1,
  folds: 1,
  ridges: [30],
  skeletonRidges: [1],
  iterations: 40,
  hidden: 3,
};

describe("jointGain", () => {
  it("sees a spillover that models apart cannot know, coupled or not", async () => {
    const gain = await jointGain(spilloverHistory(1900, 5, 0.5), { testFrom: 1300, learn });
    expect(gain.overApart.mean).toBeGreaterThan(0.15);
    expect(gain.overCoupled.mean).toBeGreaterThan(0.02);
    expect(gain.overCoupled.pValue).toBeLessThan(0.05);
  });

  it("gains nothing over coupled models when only correlation joins the assets", async () => {
    const gain = await jointGain(spilloverHistory(900, 5, 0), { testFrom: 500, learn });
    // −½ ln(1 − 0.6²) = 0.223 nats of correlation are there for both
    expect(gain.overApart.mean).toBeGreaterThan(0.15);
    expect(Math.abs(gain.overCoupled.mean)).toBeLessThan(0.03);
  });

  it("refuses one asset", async () => {
    const history = historyOf(["A"], new Float64Array(200));
    await expect(jointGain(history, { testFrom: 100 })).rejects.toThrow(/two assets, got A/);
  });
});
