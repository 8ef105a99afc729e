/**
 * A loopback server of the built lab: files of one folder, with the headers that let a page share memory with its
 * workers, or without them. It answers this machine alone, and names no file outside the folder.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import sirv from "sirv";

/** Cross-origin isolation: with both headers a page may use SharedArrayBuffer. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

export interface LabServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface LabServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly isolated?: boolean;
}

/** Serves a folder.
 *
 * Throws  the system's error when the port is taken
 */
export async function serveLab(folder: string, options: LabServerOptions): Promise<LabServer> {
  const files = sirv(folder, {
    etag: true,
    setHeaders: (response, path) => {
      const isNamedByContent = path.startsWith("/assets/");
      response.setHeader(
        "Cache-Control",
        isNamedByContent ? "public, max-age=31536000, immutable" : "no-cache",
      );
      if (options.isolated === false) return;
      for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    },
  });
  const server = createServer((request, response) => {
    files(request, response, () => {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("not found\n");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
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
