/**
 * `volterra demo`: the whole way from quotes to report on an embedded chain, without a file or a network.
 */
import { type Command, Option } from "commander";
import { wasmBackend } from "../backend/wasm/index.ts";
import { syntheticChain, syntheticChainCsv } from "../calibrate/index.ts";
import { clean, daxAsOf, daxCsv, daxHalfSpreadVol, openBytes } from "../market/index.ts";
import { addFitFlags, type FitFlags, fitVerb } from "./fit.ts";
import type { CliIo } from "./io.ts";

/** An embedded chain: its text, and what must be said about it. */
interface Example {
  readonly about: string;
  readonly name: string;
  readonly underlying: string;
  readonly asOf: string;
  readonly csv: () => string | Promise<string>;
}

const examples = {
  dax: {
    about: `DAX implied volatilities of 5 July 2002 (QuantLib test suite), with an assumed half spread of ${100 * daxHalfSpreadVol} vol points.`,
    name: "dax-2002-07-05",
    underlying: "DAX",
    asOf: daxAsOf,
    csv: daxCsv,
  },
  btc: {
    about: "a SYNTHETIC BTC-like chain made by this project's own simulator; not market data.",
    name: "btc-synthetic",
    underlying: syntheticChain.underlying,
    asOf: syntheticChain.asOf,
    csv: () => syntheticChainCsv(wasmBackend),
  },
} as const satisfies Readonly<Record<string, Example>>;

type ExampleName = keyof typeof examples;

/** Adds the verb. */
export function addDemoVerb(program: Command, io: CliIo, finish: (code: number) => void): void {
  const choice = new Option("--example <name>", "which chain")
    .choices(Object.keys(examples))
    .default("dax");
  addFitFlags(program.command("demo"), "volterra-demo")
    .description(
      "fit an embedded example (DAX options, 5 July 2002, or a synthetic BTC-like chain) and write its files",
    )
    .addOption(choice)
    .action(async (flags: FitFlags & { readonly example: ExampleName }) => {
      io.stderr(`Example: ${examples[flags.example].about}\n`);
      finish(await fitVerb(await demoChain(flags.example), flags, io));
    });
}

/** The embedded chain. */
export async function demoChain(example: ExampleName = "dax") {
  const { name, underlying, asOf, csv } = examples[example];
  const bytes = new TextEncoder().encode(await csv());
  const quoteSet = await openBytes(`${name} (embedded)`, [bytes], {
    format: { price: "vol", underlying, asOf },
  });
  const cleaned = clean(quoteSet, {});
  return {
    loaded: { ...cleaned, source: quoteSet.source, rawFingerprint: quoteSet.fingerprint },
    name,
  };
}
