import { beforeAll, describe, expect, test } from "vitest";
import { wasmBackend } from "../../backend/wasm/index.ts";
import {
  deskProblem,
  type HedgeStudy,
  measureDesk,
  readHedgeConfig,
  startTraining,
  studyDesk,
} from "../../hedging/index.ts";
import { unbalanced } from "../testHtml.ts";
import { hedgeReport } from "./hedgeReport.ts";
import {
  comparisonSentence,
  frictionSentence,
  optionPriceSentences,
  oracleSentence,
} from "./verdict.ts";

const hostileName = `<img src=x onerror="alert('1')">&co`;
const config = readHedgeConfig(
  JSON.stringify({
    version: 1,
    name: hostileName,
    market: { kind: "black-scholes", spot: 100, vol: 0.2 },
    position: [{ type: "call", quantity: -1, strike: "100%", days: 5 }],
    instruments: [{ kind: "spot", costs: [{ kind: "proportional", share: 0.001 }] }],
    risk: { kind: "entropic", aversion: 1 },
    policy: { kind: "band", hidden: 4 },
    evaluation: { paths: 2048, sets: 2 },
  }),
);

let study: HedgeStudy;
let html: string;
beforeAll(async () => {
  const desk = deskProblem(config);
  const { theta } = startTraining(desk.problem, desk.policy, { seed: 1 });
  const task = { config, desk, theta, fingerprint: "0123456789abcdef" };
  const document = await measureDesk(task, wasmBackend);
  study = await studyDesk(task, document, [3, 2.5, 2.4], wasmBackend);
  html = hedgeReport(study, { "Time of the training": "1.0 s" }, "version: 1");
});

describe("the report of a hedge", () => {
  test.each([
    "The policy, the baselines, the optimum",
    "Profit",
    "Cost and risk",
    "What the policy does",
    "A few paths",
    "Training",
    "Settings",
  ])("has the section %s, which its navigation reaches", (heading) => {
    const id = new RegExp(`<h2 id="([a-z]+)">${heading}</h2>`).exec(html)?.[1];
    expect(html).toContain(`href="#${id}"`);
  });

  test("closes every tag in order, escapes every name, asks for nothing from elsewhere", () => {
    expect(unbalanced(html)).toEqual([]);
    expect(html).not.toContain("<img");
    expect(html).not.toMatch(/(?:src|href)="(?!#)/);
    expect(html).not.toContain("NaN");
    expect(html).not.toContain("undefined");
  });

  test("is the same bytes for the same study", () =>
    expect(hedgeReport(study, { "Time of the training": "1.0 s" }, "version: 1")).toBe(html));
});

test("a market with learned prices and an arbitrage has a section with their errors", () => {
  const document = {
    ...study.document,
    nothing: {
      risk: -2.5,
      standardError: 0.1,
      arbitrage: { gain: 3.25, standardError: 0.2, isArbitrage: true },
      before: null,
    },
    skippedBaselines: [{ name: "delta-vega", reason: "there is no option" }],
    optionPrices: [
      {
        strike: 110,
        days: 60,
        price: 4.5,
        monteCarlo: 4.25,
        monteCarloError: 0.125,
        error: [{ day: 1, rms: 0.375, noise: 0.0625 }],
        drift: [{ day: 1, value: -0.75, standardError: 0.25 }],
      },
    ],
  };
  const page = hedgeReport({ ...study, document });
  expect(unbalanced(page)).toEqual([]);
  expect(page).toContain('href="#market"');
  for (const text of ["110 at 60 days", "4.25 ± 0.125", "0.375 (noise 0.0625)", "−0.75 ± 0.25"]) {
    expect(page).toContain(text);
  }
  expect(page).toContain("statistical arbitrage: trading without a position is worth 3.25");
  expect(page).toContain("Not compared: delta-vega (there is no option).");
  expect(optionPriceSentences(document)[0]).toContain("(2.0 s.e. apart)");
  expect(html).not.toContain('href="#market"');
});

describe("a study", () => {
  test("has histograms whose shares sum to 1, and quantiles that grow", () => {
    expect(study.profits.map(({ name }) => name)).toContain("no hedge");
    for (const { shares, edges, quantiles } of study.profits) {
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(edges).toHaveLength(shares.length + 1);
      const values = quantiles.map(([, profit]) => profit);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
  });

  test("has profits whose mean is what the costs took, within four standard errors", () => {
    const { policy, fairValue } = study.document;
    const error = policy.standardDeviation / Math.sqrt(2 * 2048);
    expect(Math.abs(policy.mean - fairValue - policy.cost)).toBeLessThan(4 * error);
  });

  test("has a frontier on which Whalley-Wilmott pays more for less risk", () => {
    const found = study.frontier.find(({ name }) => name === "Whalley-Wilmott");
    const costs = found?.points.map(({ cost }) => cost) ?? [];
    expect(costs).toHaveLength(5);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
  });

  test("has risks that grow with the costs", () => {
    for (const { points } of study.costScales) {
      const risks = points.map(({ risk }) => risk);
      expect(risks).toEqual(risks.toSorted((a, b) => a - b));
    }
  });

  test("shows paths whose costs are those of their trades", () => {
    for (const path of study.paths) {
      const [{ position, price }] = path.instruments;
      path.cost.forEach((cost, date) => {
        const trade = position[date] - (date === 0 ? 0 : position[date - 1]);
        // float32 inside
        expect(cost).toBeCloseTo(0.001 * Math.abs(trade) * price[date], 5);
      });
    }
  });

  test("has a map of trades that are 0 inside the band", () => {
    const trades = study.maps.find(({ title }) => title.startsWith("Trade"));
    const all = trades?.values.flat() ?? [];
    expect(all.some((trade) => Math.abs(trade) < 1e-6)).toBe(true);
    expect(all.some((trade) => trade > 0.01)).toBe(true);
    expect(all.some((trade) => trade < -0.01)).toBe(true);
  });
});

describe("sentences", () => {
  test("say what the frictions cost: price = fair value + costs + charge for risk", () => {
    const { policy, fairValue } = study.document;
    const text = frictionSentence(study.document);
    const numbers = [...text.matchAll(/[−\d][\d.]*/g)].map(([own]) =>
      Number(own.replace("−", "-")),
    );
    expect(numbers[0]).toBeCloseTo(policy.cost, 3);
    expect(text).toContain(`fair value of ${fairValue.toFixed(4).slice(0, 5)}`);
  });

  test("never claim a difference that is noise", () => {
    const { document } = study;
    const [first] = document.baselines;
    const near = { ...first, risk: document.policy.risk + 0.5 * document.policy.standardError };
    const sentence = comparisonSentence({ ...document, baselines: [near] });
    expect(sentence).toContain("within two standard errors");
    const far = { ...first, risk: document.policy.risk - 1 };
    expect(comparisonSentence({ ...document, baselines: [far] })).toContain("above that of");
  });

  test("give the gap where the oracle covers the hedge, and the reason where not", () => {
    expect(oracleSentence(study.document)).toMatch(/% above the exact optimum/);
    const none = { ...study.document, oracle: null, oracleHint: "the market is heston" };
    expect(oracleSentence(none)).toContain("the market is heston");
  });
});
