/** `volterra hedge explain POLICY`: the trade that a trained policy makes in a state, and why. */
import type { Command } from "commander";
import { wasmBackend } from "../../backend/wasm/index.ts";
import { explainPolicy, policyMaps } from "../../hedging/index.ts";
import { countFlag } from "../chainSource.ts";
import { UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { explainText } from "./explainText.ts";
import { loadPolicy } from "./loadHedge.ts";
import { addStateFlags, type StateFlags, stateOf } from "./stateFlags.ts";

interface ExplainFlags extends StateFlags {
  readonly paths?: number;
  readonly threads?: number;
  readonly maps?: boolean;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addHedgeExplain(hedge: Command, io: CliIo): void {
  addStateFlags(hedge.command("explain <policy>"))
    .description("the trade that a trained policy makes in a state of the market, and why")
    .option("--paths <count>", "paths of each of eight sets, a multiple of 64", countFlag)
    .option("--threads <count>", "threads", countFlag)
    .option(
      "--maps",
      "with --json: positions over spot and volatility, time left, previous position",
    )
    .option("--json", "print one JSON document")
    .action(async (path: string, flags: ExplainFlags) => explainVerb(path, flags, io));
}

async function explainVerb(path: string, flags: ExplainFlags, io: CliIo): Promise<void> {
  const { paths } = flags;
  if (paths !== undefined && !(paths >= 64 && paths % 64 === 0)) {
    throw new UsageError(`--paths: expected a multiple of 64, got ${paths}. 8192 is the default.`);
  }
  const loaded = await loadPolicy(path, flags, `hedge explain`);
  const { desk, policy: file, threads } = loaded;
  const { problem, policy } = desk;
  const { spot, day, held, states } = await stateOf(loaded, file.theta, flags);
  const full = {
    years: day / 365,
    values: { spot, ...states },
    held: problem.instruments.map(({ name }) => held[name] ?? 0),
  };
  const found = await explainPolicy(problem, policy, file.theta, wasmBackend, full, {
    threads,
    ...(paths === undefined ? {} : { paths }),
  });
  if (!flags.json) {
    io.stdout(explainText(found));
    return;
  }
  const maps = flags.maps
    ? { maps: await policyMaps(problem, policy, file.theta, wasmBackend, full) }
    : {};
  printJson(io, { ...found, ...maps });
}
