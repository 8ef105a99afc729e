/**
 * The benches by name: `npm run bench` lists them, `npm run bench -- heston …` runs bench/heston.ts with what follows.
 *
 * Each bench says in its first comment what it measures and what it wants to be given.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const names = readdirSync(here("."))
  .filter((file) => file.endsWith(".ts") && file !== "run.ts")
  .map((file) => file.slice(0, -3));

/** First sentence of a bench's comment; undefined for a part of other benches. */
function about(name: string): string | undefined {
  const text = readFileSync(here(`${name}.ts`), "utf8");
  if (!/\bprocess\.argv\b|\bconsole\.log\b/.test(text)) return undefined;
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1].replace(/\n \*/g, " ") ?? "";
  return /^.*?\.(?=\s|$)/.exec(comment.replace(/\s+/g, " ").trim())?.[0] ?? "";
}

const [name, ...rest] = process.argv.slice(2);
if (name === undefined) {
  for (const bench of names) {
    const text = about(bench);
    if (text !== undefined) console.log(`${bench.padEnd(15)} ${text}`);
  }
} else if (names.includes(name)) {
  const { status } = spawnSync(process.execPath, [here(`${name}.ts`), ...rest], {
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} else {
  console.error(`bench: expected one of ${names.join(", ")}, got "${name}". Name one of them.`);
  process.exitCode = 2;
}
