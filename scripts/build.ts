/**
 * `npm run build`: src → dist.
 *
 *   dist/**              JavaScript and declarations of every module (tsc)
 *   dist/browser/engine.js   the engine in one file, for browsers
 *   dist/report/client.js    the report's script in one file, which reports carry inside
 *
 * Ends with a non-zero code at the first error.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const require = createRequire(import.meta.url);

function compile(): void {
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("build: tsc found errors. Mend what it lists above.");
}

async function bundle(entry: string, outfile: string, options: BuildOptions = {}): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    ...options,
  });
}

try {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  compile();
  await bundle("src/report/client/surface3d.ts", "dist/report/client.js", { format: "iife" });
  await bundle("src/engine.ts", "dist/browser/engine.js", { external: ["node:*"] });
  chmodSync(join(root, "dist/cli/main.js"), 0o755);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
