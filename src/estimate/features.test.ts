import { describe, expect, it } from "vitest";
import { makeDesign } from "./design.ts";
import { featuresOf, featureState } from "./features.ts";
import { historyOf, ouHistory } from "./testHistory.ts";

const set = (names: readonly string[], stepMs = 86_400_000) => ({
  components: historyOf(names, new Float64Array(3 * names.length)).components,
  inputNames: [],
  stepMs,
  halfLives: { scales: [1, 4], trends: [2], gaps: [3] },
});

describe("featureState", () => {
  it("has averages by their definition", () => {
    const one = set(["V.iv"]);
    const names = featuresOf(one).map(({ name }) => name);
    const state = featureState(one);
    const x = [0.1, 0.4, 0.2, 0.5, 0.45];
    x.forEach((value, i) => state.push(i * one.stepMs, Float64Array.of(value), 0));
    const out = new Float64Array(names.length);
    state.write(new Float64Array(0), 0, out, 0);
    const value = (name: string) => out[names.indexOf(name)];
    const moves = x.slice(1).map((v, i) => v - x[i]);
    // half-life 1: weights 1/2; the first moves as plain means
    let variance = 0;
    moves.forEach((r, i) => {
      variance += Math.max(1 / (i + 1), 0.5) * (r * r - variance);
    });
    expect(value("V.iv scale.1")).toBeCloseTo(0.5 * Math.log(variance), 9);
    let level = x[0];
    for (const v of x.slice(1)) level += (1 - 2 ** (-1 / 3)) * (v - level);
    expect(value("V.iv gap.3")).toBeCloseTo(level - 0.45, 12);
    expect(value("V.iv level")).toBe(0.45);
    expect(value("V.iv fall")).toBeLessThan(0);
  });

  it("does not take a move over a gap for a move of one step", () => {
    const one = set(["P"]);
    const [a, b] = [featureState(one), featureState(one)];
    [1, 1.1, 1.05].forEach((x, i) => {
      a.push(i * one.stepMs, Float64Array.of(x), 0);
      b.push(i * one.stepMs, Float64Array.of(x), 0);
    });
    b.push(3 * one.stepMs, Float64Array.of(Number.NaN), 0);
    b.push(4 * one.stepMs, Float64Array.of(9), 0);
    const scale = (state: typeof a) => {
      const out = new Float64Array(featuresOf(one).length);
      state.write(new Float64Array(0), 0, out, 0);
      return out[0];
    };
    expect(scale(b)).toBe(scale(a));
  });

  it("knows the weekday of the step to come", () => {
    const one = set(["P"]);
    const names = featuresOf(one).map(({ name }) => name);
    const state = featureState(one);
    // 1970-01-03 was a Saturday
    state.push(2 * one.stepMs, Float64Array.of(1), 0);
    const out = new Float64Array(names.length);
    state.write(new Float64Array(0), 0, out, 0);
    expect(out[names.indexOf("saturday")]).toBe(1);
    expect(out[names.indexOf("sunday")]).toBe(0);
  });
});

describe("makeDesign", () => {
  it("never looks ahead: rows are the same when the future is cut off", () => {
    const history = ouHistory(300, 4, { kappa: 10, theta: -0.5, eta: 1, dt: 1 / 365 });
    const cut = historyOf(["X.vol"], history.states.slice(0, 200));
    const [a, b] = [makeDesign(history), makeDesign(cut)];
    expect(b.features).toEqual(a.features.slice(0, b.features.length));
    expect(b.moves).toEqual(a.moves.slice(0, b.moves.length));
    expect(b.rows).toBeLessThan(a.rows);
  });

  it("counts the steps that it leaves out", () => {
    const { states } = ouHistory(300, 4, { kappa: 10, theta: -0.5, eta: 1, dt: 1 / 365 });
    states[150] = Number.NaN;
    const inputs = { names: ["M"], values: new Float64Array(300).fill(Number.NaN, 290) };
    const design = makeDesign(historyOf(["X.vol"], states, 86_400_000, inputs));
    expect(design.left).toEqual({ gaps: 2, inputs: 9, warmUp: 96 });
    expect(design.rows).toBe(299 - 2 - 9 - 96);
  });

  it("names the row of a state that is no number", () => {
    const { states } = ouHistory(300, 4, { kappa: 10, theta: -0.5, eta: 1, dt: 1 / 365 });
    states[7] = Number.NEGATIVE_INFINITY;
    expect(() => makeDesign(historyOf(["X.vol"], states))).toThrow(
      /finite X.vol on row 8 \(1970-01-08/,
    );
  });
});
