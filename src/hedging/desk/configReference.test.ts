import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configReference } from "./index.ts";

test("the reference in the docs is what the schema says", () => {
  const docs = readFileSync(new URL("../../../docs/hedging-desk.md", import.meta.url), "utf8");
  const shown = /<!-- reference -->\n([^]*?)<!-- end of reference -->/.exec(docs)?.[1].trim();
  // volterra hedge schema --markdown
  expect(shown).toBe(configReference().trim());
});
