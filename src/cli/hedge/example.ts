/** `volterra hedge example` and `volterra hedge schema`: what a configuration looks like, for people and for programs. */
import { Argument, type Command } from "commander";
import { configReference, exampleConfigs, hedgeConfigJsonSchema } from "../../hedging/index.ts";
import { type CliIo, printJson } from "../io.ts";

/** Adds both verbs. */
export function addHedgeExample(hedge: Command, io: CliIo): void {
  hedge
    .command("example")
    .description("print a documented configuration: a short BTC straddle in a market of a kind")
    .addArgument(
      new Argument("[market]", "the kind of market")
        .choices(Object.keys(exampleConfigs))
        .default("black-scholes"),
    )
    .action((market: string) => io.stdout(exampleConfigs[market]));
  hedge
    .command("schema")
    .description("print the JSON schema of a configuration")
    .option("--markdown", "print it as tables instead")
    .action(({ markdown }: { readonly markdown?: boolean }) => {
      if (markdown) io.stdout(configReference());
      else printJson(io, hedgeConfigJsonSchema());
    });
}
