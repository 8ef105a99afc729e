/** `volterra hedge explain POLICY`: the trade that a trained policy makes in a state, and why. */
import type { Command } from "commander";
import { wasmBackend } from "../../backend/wasm/index.ts";
import { explainPolicy, policyMaps, stateAtVol } from "../../hedging/index.ts";
import { countFlag, numberFlag } from "../chainSource.ts";
import { UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { explainText } from "./explainText.ts";
import { loadHedge } from "./loadHedge.ts";

interface ExplainFlags {
  readonly spot?: number;
  readonly vol?: number;
  readonly days?: number;
  readonly position?: readonly number[];
  readonly paths?: number;
  readonly threads?: number;
  readonly maps?: boolean;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addHedgeExplain(hedge: Command, io: CliIo): void {
  hedge
    .command("explain <policy>")
    .description("the trade that a trained policy makes in a state of the market, and why")
    .option(
      "--spot <price>",
      "price of the underlying (default: that of the configuration)",
      numberFlag,
    )
    .option(
      "--vol <vol>",
      "Black's volatility to the horizon, decimal (default: the market's)",
      numberFlag,
    )
    .option("--days <days>", "days left to the horizon (default: all)", numberFlag)
    .option(
      "--position <units>",
      "what is held of each instrument, with commas between (default: nothing)",
      listFlag,
    )
    .option("--paths <count>", "paths of each of eight sets, a multiple of 64", countFlag)
    .option("--threads <count>", "threads", countFlag)
    .option(
      "--maps",
      "with --json: positions over spot and volatility, time left, previous position",
    )
    .option("--json", "print one JSON document")
    .action(async (path: string, flags: ExplainFlags) => explainVerb(path, flags, io));
}

const listFlag = (text: string): readonly number[] => text.split(",").map(numberFlag);

async function explainVerb(path: string, flags: ExplainFlags, io: CliIo): Promise<void> {
  const { desk, policy: file, threads } = await loadHedge(path, { threads: flags.threads });
  if (file === undefined) {
    throw new UsageError(
      `hedge explain: expected a policy file, got the configuration ${path}. Make one with \`volterra hedge train\`.`,
    );
  }
  const { problem, policy } = desk;
  const { horizonYears, instruments } = problem;
  const { days, spot, vol, paths } = flags;
  const horizon = 365 * horizonYears;
  if (days !== undefined && !(days > 0 && days <= horizon * (1 + 1e-9))) {
    throw new UsageError(
      `--days: expected days left in (0, ${horizon.toFixed(2)}], got ${days}. The policy was trained for ${horizon.toFixed(2)} days.`,
    );
  }
  for (const [name, value] of [
    ["--spot", spot],
    ["--vol", vol],
  ] as const) {
    if (value !== undefined && !(value > 0)) {
      throw new UsageError(`${name}: expected a number > 0, got ${value}. Correct it.`);
    }
  }
  if (paths !== undefined && !(paths >= 64 && paths % 64 === 0)) {
    throw new UsageError(`--paths: expected a multiple of 64, got ${paths}. 8192 is the default.`);
  }
  const held = flags.position ?? instruments.map(() => 0);
  if (held.length !== instruments.length) {
    throw new UsageError(
      `--position: expected a number for each of ${instruments.map(({ name }) => name).join(", ")}, got ${held.length}. Put commas between.`,
    );
  }
  const years = days === undefined ? 0 : Math.max(0, horizonYears - days / 365);
  const told: Readonly<Record<string, number>> = spot === undefined ? {} : { spot };
  const state = { years, values: told };
  const values =
    vol === undefined
      ? told
      : await stateAtVol(problem, policy, file.theta, wasmBackend, state, vol);
  const full = { years, values, held };
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
