/** The figures on the page of strengths and limits are those of the documents. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { limits, strengths } from "../../lab/src/sections/limits/figures.ts";

const plain = (text: string): string => text.replace(/\s+/g, " ").replaceAll("**", "");

describe.each([...strengths, ...limits])("$title", ({ figures }) => {
  test("has a figure", () => expect(figures.length).toBeGreaterThan(0));
  test.each([...figures])("$text $label", ({ text, document, passage }) => {
    const words = plain(readFileSync(new URL(`../../docs/${document}`, import.meta.url), "utf8"));
    expect(passage).toContain(text);
    expect(
      words.includes(passage),
      `docs/${document} no longer says "${passage}". Write what it says into lab/src/sections/limits/figures.ts.`,
    ).toBe(true);
  });
});
