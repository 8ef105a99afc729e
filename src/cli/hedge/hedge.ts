/** `volterra hedge …`: the verbs of hedging. Each is a file of its own in this folder. */
import type { Command } from "commander";
import type { CliIo } from "../io.ts";
import { addHedgeBacktest } from "./backtest.ts";
import { addHedgeEvaluate } from "./evaluate.ts";
import { addHedgeExplain } from "./explain.ts";
import { addHedgeExample } from "./example.ts";
import { addHedgeQuote } from "./quote.ts";
import { addHedgeTrain } from "./train.ts";

/** Adds the verbs. */
export function addHedgeVerbs(program: Command, io: CliIo, finish: (code: number) => void): void {
  const hedge = program
    .command("hedge")
    .description("learn a hedge with real costs, measure it, and say what to trade")
    .addHelpText(
      "after",
      `
Begin with a configuration and a policy:
  volterra hedge example neural-sde > hedge.yaml    or black-scholes, heston, rough-bergomi, history
  volterra hedge train hedge.yaml --out out         out/….policy.json and a report
  volterra hedge quote out/….policy.json --hold perpetual=0.4 --days-left 12`,
    );
  addHedgeTrain(hedge, io, finish);
  addHedgeEvaluate(hedge, io, finish);
  addHedgeQuote(hedge, io, finish);
  addHedgeExplain(hedge, io);
  addHedgeBacktest(hedge, io, finish);
  addHedgeExample(hedge, io);
}
