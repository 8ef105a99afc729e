/**
 * `volterra lab`: serves the built web lab on this machine until Ctrl-C.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError } from "commander";
import { exitCodes } from "./exitCodes.ts";
import type { CliIo } from "./io.ts";
import { type LabServer, serveLab } from "./labServer.ts";

/** Two folders up from src/cli and dist/cli alike. */
const builtLab = fileURLToPath(new URL("../../dist/lab/", import.meta.url));

const defaults = { port: 8017 } as const;

/** Adds the verb. */
export function addLabVerb(program: Command, io: CliIo, finish: (code: number) => void): void {
  program
    .command("lab")
    .description("serve the web lab on this machine: compare models, watch one learn, look inside")
    .option("--port <port>", "port on 127.0.0.1; 0 takes a free one", portFlag, defaults.port)
    .action(async ({ port }: { readonly port: number }) => {
      finish(await labVerb(port, io));
    });
}

function portFlag(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new InvalidArgumentError(`Expected a port from 0 to 65535, got "${text}".`);
  }
  return port;
}

async function labVerb(port: number, io: CliIo): Promise<number> {
  if (!existsSync(`${builtLab}index.html`)) {
    io.stderr(
      "lab: expected the built page in dist/lab, got none. In a checkout run `npm run lab:build`; an installed package has it.\n",
    );
    return exitCodes.failure;
  }
  let server: LabServer;
  try {
    server = await serveLab(builtLab, { port });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    io.stderr(
      `lab: expected port ${port} to be free, got ${why}. Pass --port with another, or 0 for any.\n`,
    );
    return exitCodes.failure;
  }
  io.stdout(`${server.url}\n`);
  io.stderr("Serving the lab to this machine alone. Ctrl-C ends it.\n");
  await new Promise<void>((resolve) => io.onInterrupt?.(resolve));
  await server.close();
  return exitCodes.ok;
}
