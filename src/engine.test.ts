import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const page = readFileSync(new URL("../docs/engine.md", import.meta.url), "utf8");

test("the snippet of docs/engine.md runs as printed", async () => {
  const [, snippet] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const names = [...snippet.matchAll(/import \{(.*?)\} from "volterra\/engine";\n/g)].flatMap(
    ([, list]) => list.split(",").map((name) => name.trim()),
  );
  const body = snippet
    .replaceAll(/import .*\n/g, "")
    .replace(/console\.log\((.*)\);/, "results.push($1);");
  const engine: Record<string, unknown> = { ...(await import("./engine.ts")) };
  const results: (Float64Array | number)[] = [];
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = new AsyncFunction("results", ...names, body) as (
    ...values: unknown[]
  ) => Promise<void>;
  await run(results, ...names.map((name) => engine[name]));
  const [mean, standardError, params, entries, seen] = results as [
    Float64Array,
    Float64Array,
    number,
    number,
    number,
  ];
  expect(mean).toHaveLength(3);
  expect(standardError.every((error) => error > 0 && error < 0.05)).toBe(true);
  expect(params).toBe(1 + (2 * 8 + 8) + (8 * 2 + 2));
  expect(entries).toBe(3 * params);
  expect(seen).toBe(2 * 1024);
});
