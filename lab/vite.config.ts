/**
 * How the lab is served while it is written (`npm run lab`) and built (`npm run lab:build` → dist/lab).
 *
 * `volterra/…` is the library's source, so that the lab always shows what the library does. The build names every
 * file relative to the page: any static host, at any path, serves it. Both headers below let workers share memory.
 */
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { texFormulas } from "./texFormulas.ts";

const source = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Node's modules are named only in branches that a browser never takes. */
const external = [/^node:/];

/**
 * `import csv from "virtual:synthetic-chain"`: the synthetic chain, made by the library's own simulator when the page
 * is built, for it takes longer than a reader wants to wait.
 */
function syntheticChainModule(): Plugin {
  const id = "virtual:synthetic-chain";
  let csv: Promise<string> | undefined;
  const make = async (): Promise<string> => {
    const { syntheticChainCsv } = await import("../src/calibrate/index.ts");
    const { wasmBackend } = await import("../src/engine.ts");
    return syntheticChainCsv(wasmBackend);
  };
  return {
    name: "synthetic-chain",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: async (source) => {
      if (source !== `\0${id}`) return undefined;
      csv ??= make();
      return `export default ${JSON.stringify(await csv)};`;
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [texFormulas(), syntheticChainModule()],
  resolve: {
    alias: [
      { find: /^volterra$/, replacement: source("index.ts") },
      { find: /^volterra\/engine$/, replacement: source("engine.ts") },
      { find: /^volterra\/([a-z]+)$/, replacement: source("$1/index.ts") },
    ],
  },
  worker: { format: "es", plugins: () => [syntheticChainModule()], rolldownOptions: { external } },
  build: {
    outDir: fileURLToPath(new URL("../dist/lab", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { external },
  },
  server: { host: "127.0.0.1", headers: isolation },
  preview: { host: "127.0.0.1", headers: isolation },
});
