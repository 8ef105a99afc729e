/**
 * A loopback server of one page and its scripts, with the headers that allow SharedArrayBuffer or without them.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";

/** A running server; `close` frees its port. */
export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Bundles an entry for browsers; Node's modules stay outside, in chunks that a page never asks for. */
export async function bundleForBrowser(entry: string): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: { entry },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["node:*"],
    outdir: "/",
    write: false,
    logLevel: "error",
  });
  return new Map(outputFiles.map((file) => [`/${file.path.split(/[\\/]/).at(-1)}`, file.text]));
}

/** Serves the scripts and a page that loads `/entry.js`. */
export async function servePage(
  scripts: ReadonlyMap<string, string>,
  options: { readonly isolated: boolean },
): Promise<PageServer> {
  const isolation = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  };
  const page =
    '<!doctype html><title>engine</title><script type="module" src="/entry.js"></script>';
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const body = path === "/" ? page : scripts.get(path);
    response.writeHead(body === undefined ? 404 : 200, {
      "Content-Type": path === "/" ? "text/html" : "text/javascript",
      ...(options.isolated ? isolation : {}),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
