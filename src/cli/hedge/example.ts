/** `volterra hedge example` and `volterra hedge schema`: what a configuration looks like, for people and for programs. */
import type { Command } from "commander";
import { configReference, exampleConfig, hedgeConfigJsonSchema } from "../../hedging/index.ts";
import { type CliIo, printJson } from "../io.ts";

/** Adds both verbs. */
export function addHedgeExample(hedge: Command, io: CliIo): void {
  hedge
    .command("example")
    .description("print a documented configuration: a short BTC straddle")
    .action(() => io.stdout(exampleConfig));
  hedge
    .command("schema")
    .description("print the JSON schema of a configuration")
    .option("--markdown", "print it as tables instead")
    .action(({ markdown }: { readonly markdown?: boolean }) => {
      if (markdown) io.stdout(configReference());
      else printJson(io, hedgeConfigJsonSchema());
    });
}
