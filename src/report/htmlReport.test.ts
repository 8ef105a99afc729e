import { describe, expect, test } from "vitest";
import { htmlReport } from "./htmlReport.ts";
import { unbalanced } from "./testHtml.ts";
import { hostileName, testReport } from "./testReport.ts";
import { verdictSentence } from "./verdict.ts";

describe("a report", () => {
  const html = htmlReport(testReport, "console.log('</script>')");
  const visible = html.replace(/<style>[\s\S]*?<\/style>/, "");

  test.each([
    "Smiles",
    "Volatility surface",
    "Residuals",
    "What the network learned",
    "Convergence",
    "Arbitrage certificate",
    "Data and cleaning",
    "Settings",
  ])("has the section %s, which its navigation reaches", (heading) => {
    const id = new RegExp(`<h2 id="([a-z]+)">${heading}</h2>`).exec(html)?.[1];
    expect(html).toContain(`href="#${id}"`);
  });

  test("closes every tag in order", () => {
    expect(unbalanced(html)).toEqual([]);
    expect(unbalanced("<p><b></p></b>")).not.toEqual([]);
  });

  test.each([
    ["share inside", "66.7 %"],
    ["root mean square error", "1.38 vp"],
    ["worst quote", "<dt>Worst quote, half spreads</dt><dd>−2.4<"],
    ["time", "1 min 23 s"],
    ["path steps", "8.12 G path steps"],
    ["forward", "102.25"],
    ["check with fresh noise", "0.123"],
    ["check on twice the steps", "0.234"],
    ["points that were audited", "4,321"],
    ["worst butterfly", "3e-12"],
    ["seed", '<td class="text long">17</td>'],
    ["setting", "chain.csv"],
    ["result file", "out/a.model.json"],
    ["date", "2026-02-26 16:45 UTC"],
  ])("prints the %s", (_, text) => expect(visible).toContain(text));

  test("counts dropped quotes by reason and lists them", () => {
    expect(visible).toMatch(/zero bid<\/th><td>2<\/td><td>22\.2 %/);
    expect(visible).toMatch(/crossed<\/th><td>1<\/td><td>11\.1 %/);
    expect(visible).toContain("D-1, D-2 &#60;b&#62;");
  });

  test("marks the quotes that the model misses, and no others", () => {
    const smiles = /<h2 id="smiles">[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";
    const plots = smiles.slice(smiles.indexOf("<figure>"));
    expect(plots.match(/class="quote missed"/g)).toHaveLength(2);
    expect(plots.match(/class="quote"/g)).toHaveLength(4);
  });

  test("colours ratios evenly about 1: up to ×1.2 means down to ×0.83", () => {
    const learned = /<h2 id="learned">[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";
    expect(learned).toContain(">×0.83<");
    expect(learned).toContain(">×1.20<");
  });

  test("escapes names everywhere", () => {
    expect(html).not.toContain(hostileName);
    expect(html).not.toContain("<img");
    expect(visible).toContain("A&#38;B &#60;index&#62;");
  });

  test("asks the network for nothing", () => {
    expect(html).not.toMatch(/\b(src|href)="(?!#)|@import|url\(|https?:/);
  });

  test("names every figure and every table for screen readers", () => {
    const drawings = html.match(/<svg [^>]*>/g) ?? [];
    expect(drawings.length).toBeGreaterThan(8);
    expect(drawings.filter((tag) => !/aria-label="[^"]+"|aria-hidden/.test(tag))).toEqual([]);
    expect(html.match(/<figure>/g)).toHaveLength(html.match(/<figcaption>/g)?.length ?? 0);
    expect((html.match(/<table[^>]*>/g) ?? []).every((tag) => tag.includes("aria-label"))).toBe(
      true,
    );
    expect(html.match(/<th scope="(col|row)"/g)?.length).toBe(html.match(/<th\b/g)?.length);
  });

  test("draws no number that is not finite", () => {
    expect(visible.replace(/<script[\s\S]*<\/script>/, "")).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("is the same every time", () => {
    expect(htmlReport(testReport, "console.log('</script>')")).toBe(html);
  });
});

describe("the script in a report", () => {
  test("cannot end early, nor can its data", () => {
    const html = htmlReport(testReport, "a = '</script><!--'; b = '</SCRIPT>'");
    expect(html.match(/<\/script>/gi)).toHaveLength(2);
    expect(html).toContain("a = '<\\/script><\\!--'; b = '<\\/SCRIPT>'");
  });

  test("finds the surface as JSON with null where there is nothing to show", () => {
    const html = htmlReport(testReport, ";");
    const block = /<script type="application\/json" id="surface-data">(.*?)<\/script>/.exec(html);
    const data = JSON.parse(block?.[1] ?? "") as { vol: unknown; quotes: unknown[] };
    expect(data.vol).toEqual([
      [0.22, 0.21, null],
      [0.23, 0.22, 0.21],
    ]);
    expect(data.quotes[5]).toEqual([0.1, 0.33, 0.21]);
  });

  test("is optional: without it the heat map stands alone", () => {
    const html = htmlReport(testReport);
    expect(html).not.toContain("<script");
    expect(html).not.toContain('<div id="surface3d"');
    expect(html).toContain("Surface as a heat map");
  });
});

describe("the verdict", () => {
  test("says how many quotes are inside and that the surface is free of arbitrage", () => {
    expect(verdictSentence(testReport.document)).toBe(
      "The fit converged: the model is inside the bid-ask spread of 66.7 % of 6 quotes, with an RMSE of 1.38 vol points; the surface is free of static arbitrage wherever it was audited (tolerance 1e-8 of the forward).",
    );
  });

  test("does not hide a failed audit, and its relations are listed", () => {
    const { document } = testReport;
    const failures = [
      { relation: "calendar" as const, value: -2e-4, k: 0.125, years: 0.2, points: 3 },
    ];
    const details = {
      ...document.certificate.details,
      pass: false,
      worstCalendar: -2e-4,
      failures,
    };
    const broken = {
      ...document,
      certificate: { ...document.certificate, pass: false, worstCalendar: -2e-4, details },
    };
    const html = htmlReport({ ...testReport, document: broken });
    expect(verdictSentence(broken)).toContain("FAILS its arbitrage audit");
    expect(html).toContain('class="verdict bad"');
    expect(html.match(/✗ broken/g)).toHaveLength(1);
    expect(html).toMatch(/calendar<\/th><td>0\.1250<\/td><td>0\.2000<\/td><td>−2e-4<\/td><td>3</);
  });
});

test("a report of a fit without history, maps or drops is still whole", () => {
  const { document } = testReport;
  const html = htmlReport({
    ...testReport,
    document: { ...document, quotes: { ...document.quotes, dropped: [] } },
    history: [],
    maps: [],
    settings: {},
  });
  expect(unbalanced(html)).toEqual([]);
  expect(html).not.toContain("What the network learned");
  expect(html).not.toMatch(/NaN|Infinity/);
});
