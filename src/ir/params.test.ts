import { describe, expect, test } from "vitest";
import {
  add,
  defineProgram,
  initialiseMlp,
  mlp,
  packParams,
  scalar,
  unpackParams,
  vector,
} from "./index.ts";

const program = defineProgram({
  name: "parameters",
  params: {
    vol: scalar(),
    level: vector(3),
    net: mlp({ inputs: 2, hidden: [5], outputs: 4, activation: "tanh" }),
  },
  factors: 0,
  init: () => ({ x: 0 }),
  step: ({ p, s }) => ({ x: add(s.x, p.net([s.x, p.vol])[3]) }),
  observe: ({ s }) => ({ x: s.x }),
});

describe("packing", () => {
  test("unpack undoes pack for every segment", () => {
    const theta = Float64Array.from({ length: program.paramCount }, (_, i) => i + 0.5);
    expect(packParams(program, unpackParams(program, theta))).toEqual(theta);
  });

  test("parameters stand in the order they were declared in", () => {
    const theta = packParams(program, { level: [1, 2, 3], vol: 7, "net.b1": [4, 5, 6, 8] });
    expect(theta.slice(0, 4)).toEqual(Float64Array.of(7, 1, 2, 3));
    expect(theta.slice(-4)).toEqual(Float64Array.of(4, 5, 6, 8));
    expect(theta).toHaveLength(1 + 3 + (2 * 5 + 5) + (5 * 4 + 4));
  });

  test("only layers of networks may be left out", () => {
    expect(() => packParams(program, { vol: 1 })).toThrow("expected a value of level");
  });

  test("unknown names, wrong lengths and numbers that are not finite are refused by name", () => {
    const rest = { vol: 1, level: [1, 2, 3] };
    expect(() => packParams(program, { ...rest, vols: 1 })).toThrow('got "vols"');
    expect(() => packParams(program, { ...rest, level: [1] })).toThrow("level [3] (3 numbers)");
    expect(() => packParams(program, { ...rest, level: 1 })).toThrow("got one number");
    expect(() => packParams(program, { ...rest, vol: Number.NaN })).toThrow("got NaN at 0");
    expect(() => unpackParams(program, new Float64Array(2))).toThrow("with 43 numbers, got 2");
  });
});

describe("initialiseMlp", () => {
  const theta = () => packParams(program, { vol: 1, level: [1, 2, 3] });

  test("weights fill ±√(6/(inputs+outputs)) evenly and biases are 0", () => {
    const wide = defineProgram({
      name: "wide",
      params: { net: mlp({ inputs: 64, hidden: [64], outputs: 1, activation: "silu" }) },
      factors: 0,
      init: () => ({ x: 0 }),
      step: ({ s }) => s,
      observe: ({ s }) => s,
    });
    const drawn = initialiseMlp(wide, "net", new Float64Array(wide.paramCount), 3);
    const bound = Math.sqrt(6 / 128);
    const weights = drawn.slice(0, 64 * 64);
    const variance = weights.reduce((sum, w) => sum + w * w, 0) / weights.length;
    expect(Math.max(...weights.map(Math.abs))).toBeLessThan(bound);
    // Variance bound²/3; the sampling error of a uniform's variance is bound² √(4/45 / n).
    expect(Math.abs(variance - bound ** 2 / 3)).toBeLessThan(
      4 * bound ** 2 * Math.sqrt(4 / 45 / 4096),
    );
    expect(drawn.slice(64 * 64, 64 * 65)).toEqual(new Float64Array(64));
  });

  test("the same seed gives the same weights, another seed others, and nothing else moves", () => {
    const first = initialiseMlp(program, "net", theta(), 1);
    expect(initialiseMlp(program, "net", theta(), 1)).toEqual(first);
    expect(initialiseMlp(program, "net", theta(), 2)).not.toEqual(first);
    expect(first.slice(0, 4)).toEqual(theta().slice(0, 4));
  });

  test("lastScale 0 silences the output layer only", () => {
    const values = unpackParams(
      program,
      initialiseMlp(program, "net", theta(), 1, { lastScale: 0 }),
    );
    expect((values["net.w1"] as Float64Array).every((w) => w === 0)).toBe(true);
    expect((values["net.w0"] as Float64Array).every((w) => w !== 0)).toBe(true);
  });

  test("a name that is not a network is refused", () => {
    expect(() => initialiseMlp(program, "vol", theta(), 1)).toThrow('got "vol"');
  });
});
