import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  // parts of the lab are tested without a browser: they name the library as its users do
  resolve: {
    alias: [
      { find: /^volterra\/engine$/, replacement: source("engine.ts") },
      { find: /^volterra\/([a-z]+)$/, replacement: source("$1/index.ts") },
    ],
  },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // a page on a busy machine takes its time; what is waited for still has to come
    expect: { poll: { timeout: 15_000 } },
    pool: "forks",
    maxWorkers: 2,
  },
});
