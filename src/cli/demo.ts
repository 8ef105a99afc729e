/**
 * `volterra demo`: the whole way from quotes to report on an embedded chain, without a file or a network.
 */
import type { Command } from "commander";
import { clean, openBytes } from "../market/index.ts";
import { daxAsOf, daxCsv, daxHalfSpreadVol } from "./examples/dax2002.ts";
import { addFitFlags, type FitFlags, fitVerb } from "./fit.ts";
import type { CliIo } from "./io.ts";

/** Adds the verb. */
export function addDemoVerb(program: Command, io: CliIo, finish: (code: number) => void): void {
  addFitFlags(program.command("demo"), "volterra-demo")
    .description("fit an embedded example (DAX options, 5 July 2002) and write its files")
    .action(async (flags: FitFlags) => {
      io.stderr(
        `Example: DAX implied volatilities of 5 July 2002 (QuantLib test suite), with an assumed half spread of ${100 * daxHalfSpreadVol} vol points.\n`,
      );
      finish(await fitVerb(await demoChain(), flags, io));
    });
}

/** The embedded chain. */
export async function demoChain() {
  const bytes = new TextEncoder().encode(daxCsv());
  const quoteSet = await openBytes("DAX 2002-07-05 (embedded)", [bytes], {
    format: { price: "vol", underlying: "DAX", asOf: daxAsOf },
  });
  const cleaned = clean(quoteSet, {});
  return {
    loaded: { ...cleaned, source: quoteSet.source, rawFingerprint: quoteSet.fingerprint },
    name: "dax-2002-07-05",
  };
}
