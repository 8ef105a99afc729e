import { describe, expect, it } from "vitest";
import { philoxNormals, philoxUniforms } from "../../random/normals.ts";
import { makeDesign } from "../design.ts";
import { learn } from "../learn.ts";
import { forecasts } from "../predictive.ts";
import { switchingHistory } from "../testHistory.ts";
import { monitor } from "./monitor.ts";
import { recalibrate } from "./recalibrate.ts";
import { compareRetraining } from "./retraining.ts";

const quick = {
  members: 1,
  folds: 1,
  ridges: [300],
  iterations: 6,
  hidden: 2,
  learningCurve: false,
};

describe("monitor", () => {
  it("raises false alarms at the rate it was asked for, on other noise than it was set with", () => {
    const rate = 1 / 200;
    const watch = monitor(2, { falseAlarmRate: rate });
    const steps = 40_000;
    const u = philoxUniforms(99, 0, 2 * steps);
    let alarms = 0;
    for (let t = 0; t < steps; t++)
      if (watch.push(u.subarray(2 * t, 2 * t + 2)) !== null) alarms += 1;
    const expected = rate * steps;
    // alarms are nearly a Poisson count; the threshold itself was found on as many
    expect(Math.abs(alarms - expected)).toBeLessThan(4 * Math.sqrt(2 * expected));
  });

  it("names the component, the kind of change and when it began", () => {
    const watch = monitor(2);
    const z = philoxNormals(5, 0, 400);
    const cdf = (x: number): number => 1 / (1 + Math.exp(-1.702 * x));
    let found = null;
    for (let t = 0; t < 200 && found === null; t++) {
      const wild = t >= 100 ? 2.5 : 0.9;
      found = watch.push(Float64Array.of(cdf(0.9 * z[2 * t]), cdf(wild * z[2 * t + 1])));
    }
    expect(found?.component).toBe(1);
    expect(found?.type).toBe("larger moves");
    expect(Math.abs((found?.since ?? 0) - 100)).toBeLessThanOrEqual(6);
  });

  it("refuses a rate out of range", () => {
    expect(() => monitor(1, { falseAlarmRate: 1 })).toThrow(/from 1e-5 to 0.1, got 1/);
  });
});

describe("a switch of regimes", () => {
  const at = 800;

  it("is found within 15 steps on average, and a stationary market raises few alarms", async () => {
    const delays: number[] = [];
    let early = 0;
    for (const seed of [1, 2, 3, 4]) {
      const design = makeDesign(switchingHistory(1000, seed, at, 0.02, 0.045));
      const trainTo = 500;
      const model = await learn(design, { ...quick, to: trainTo });
      const laws = forecasts(model, design, 0, trainTo, design.rows);
      const watch = monitor(1);
      const change = design.rows - (1000 - at);
      for (let row = trainTo; row < design.rows; row++) {
        const alarm = watch.push(Float64Array.of(laws[row - trainTo].cdf(design.moves[row])));
        if (alarm === null) continue;
        if (row < change) early += 1;
        else {
          delays.push(row - change);
          break;
        }
      }
    }
    expect(delays.length).toBe(4);
    expect(delays.reduce((sum, x) => sum + x, 0) / 4).toBeLessThan(15);
    // 4 × 200 steps at 1/1000; a learned model is not the true one, so twice that and four deviations
    expect(early).toBeLessThanOrEqual(2 + Math.ceil(4 * Math.sqrt(1.6)));
  });

  it("makes retraining worth its while, with reasons, and warm recalibration learns the new level", async () => {
    const design = makeDesign(switchingHistory(1400, 3, 700, 0.02, 0.05));
    const { first, policies } = await compareRetraining(design, {
      testFrom: 500,
      windowSteps: 300,
      everySteps: 100,
      learn: quick,
    });
    const [fixed, scheduled, alarmed] = policies;
    expect(fixed.decisions).toEqual([]);
    expect(scheduled.decisions.length).toBeGreaterThan(3);
    for (const { reason } of scheduled.decisions) {
      expect(reason).toMatch(/100 steps since.*nats a step.*(takes over|stays)$/);
    }
    expect(
      alarmed.decisions.some(
        ({ switched, reason }) => switched && /larger moves in S/.test(reason),
      ),
    ).toBe(true);
    expect(alarmed.gain?.mean).toBeGreaterThan(0.01);
    const warm = await recalibrate(first, design, { from: 800, to: 1100 });
    const sdOf = (model: typeof first) => {
      const [law] = forecasts(model, design, 0, 1200, 1201);
      return (law.quantile(0.84) - law.quantile(0.16)) / 2;
    };
    expect(Math.abs(sdOf(warm) - 0.05)).toBeLessThan(Math.abs(sdOf(first) - 0.05) + 0.003);
    expect(Math.abs(Math.log(sdOf(warm) / 0.05))).toBeLessThan(0.25);
  });
});
