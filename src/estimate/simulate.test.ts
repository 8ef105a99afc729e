import { describe, expect, it } from "vitest";
import { correlationFactor } from "./density.ts";
import { makeDesign } from "./design.ts";
import { endOf } from "./ending.ts";
import { featuresOf, featureState } from "./features.ts";
import { learn } from "./learn.ts";
import { decodeLearned, encodeLearned } from "./modelFile.ts";
import { forecasts } from "./predictive.ts";
import { simulate } from "./simulate.ts";
import { hestonHistory, spilloverHistory } from "./testHistory.ts";
import { network, shocksOf } from "./transition.ts";

const quick = {
  members: 2,
  folds: 1,
  ridges: [300],
  iterations: 6,
  hidden: 2,
  learningCurve: false,
};
const history = spilloverHistory(500, 3, 0.4);
const design = makeDesign(history);
const model = await learn(design, quick);
const ending = endOf(history, design.set);

describe("simulate", () => {
  const paths = 20_000;

  it("has over its first step the law that the model forecasts", () => {
    const { states } = simulate(model, ending, { steps: 1, paths, seed: 4 });
    // the row that begins where the history ends: one more state, whatever it is, makes it a row of a design
    const longer = {
      ...history,
      timesMs: Float64Array.from([...history.timesMs, ending.timeMs + history.stepMs]),
      states: Float64Array.from([...history.states, 0, 0]),
    };
    const rows = makeDesign(longer).rows;
    for (const j of [0, 1]) {
      const [law] = forecasts(model, makeDesign(longer), j, rows - 1, rows);
      const moves = states.slice((2 + j) * paths, (3 + j) * paths).map((x) => x - ending.state[j]);
      for (const level of [0.05, 0.5, 0.9]) {
        const share = moves.filter((y) => law.cdf(y) < level).length / paths;
        expect(Math.abs(share - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / paths));
      }
    }
  });

  it("given a move, has the moves of the other that a regression on free paths finds", () => {
    const move = -0.05;
    const given = simulate(model, ending, { steps: 1, paths, seed: 5, condition: { A: move } });
    const free = simulate(model, ending, { steps: 1, paths, seed: 6 });
    const column = ({ states }: typeof free, j: number) =>
      states.slice((2 + j) * paths, (3 + j) * paths).map((x) => x - ending.state[j]);
    expect(Math.max(...column(given, 0).map((x) => Math.abs(x - move)))).toBeLessThan(1e-12);
    const near = [...column(free, 0)].flatMap((a, i) => (Math.abs(a - move) < 0.005 ? [i] : []));
    const others = column(free, 1);
    const sample = near.map((i) => others[i]);
    const mean = (x: readonly number[] | Float64Array) => {
      let sum = 0;
      for (const value of x) sum += value;
      return sum / x.length;
    };
    const average = mean(sample);
    const sd = Math.sqrt(mean(sample.map((x) => (x - average) ** 2)));
    expect(sample.length).toBeGreaterThan(300);
    const slack = 4 * sd * Math.sqrt(1 / sample.length + 1 / paths);
    expect(Math.abs(mean(column(given, 1)) - average)).toBeLessThan(slack + 0.002);
  });

  it("gives the same bits for the same seed, and goes on from a file", async () => {
    const a = simulate(model, ending, { steps: 5, paths: 50, seed: 9 });
    const text = await encodeLearned({ model, ending, dataFingerprint: "x" });
    const file = await decodeLearned(text);
    const b = simulate(file.model, file.ending, { steps: 5, paths: 50, seed: 9 });
    expect(b.states).toEqual(a.states);
    await expect(decodeLearned(text.replace(/"seed":1/, '"seed":2'))).rejects.toThrow(/damaged/);
  });

  it("says what is wrong with a condition", () => {
    expect(() => simulate(model, ending, { condition: { C: 1 } })).toThrow(
      /finite moves of A, B, got C 1/,
    );
    expect(() => simulate(model, ending, { paths: 0 })).toThrow(/paths: expected/);
  });

  it("stays where volatility comes back to, over many steps", async () => {
    const heston = hestonHistory(700, 2, {
      kappa: 8,
      theta: 0.5,
      nu: 1,
      rho: -0.6,
      dt: 1 / 365,
      fine: 1,
    });
    const rows = makeDesign(heston);
    const learned = await learn(rows, quick);
    const many = simulate(learned, endOf(heston, rows.set), { steps: 250, paths: 200, seed: 2 });
    const last = many.states.slice((250 * 2 + 1) * 200, (250 * 2 + 2) * 200).sort();
    // ½ ln 0.5 = −0.35; Heston's stationary deviation of ½ ln v is about 0.2 with these parameters
    expect(Math.abs(last[100] + 0.35)).toBeLessThan(0.15);
    expect(last[190] - last[10]).toBeGreaterThan(0.3);
    expect(last[190] - last[10]).toBeLessThan(1.5);
  });
});

describe("the recursion", () => {
  it("is the same in a simulation as in a design", () => {
    const state = featureState(design.set, ending.memory.slice());
    const out = new Float64Array(featuresOf(design.set).length);
    state.write(ending.inputs, 0, out, 0);
    const net = network(model.shape);
    net.forward(model.members[0], out, 0);
    const { probability } = shocksOf(model.shape, model.members[0]);
    expect(probability.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 14);
    expect(correlationFactor(net.partial, 2, new Float64Array(4))[3]).toBeGreaterThan(0);
  });
});
