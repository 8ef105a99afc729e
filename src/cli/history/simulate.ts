/**
 * `volterra simulate MODEL`: paths from where the model's history ends, as quantiles; also given a first move.
 */
import { type Command, InvalidArgumentError } from "commander";
import {
  type Condition,
  type ComponentResponse,
  impulseResponse,
  type LearnedFile,
  simulate,
  simulateDefaults,
  type SimulatedPaths,
} from "../../estimate/index.ts";
import { formatInstant } from "../../market/dayCount.ts";
import { writeFileAtomically } from "../atomicWrite.ts";
import { countFlag } from "../chainSource.ts";
import { UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { percent, textTable } from "../textTable.ts";
import { readLearned } from "./learn.ts";

type Response = ComponentResponse["state"];

interface SimulateFlags {
  readonly steps: number;
  readonly paths: number;
  readonly seed: number;
  readonly given: Condition;
  readonly response?: Condition;
  readonly out?: string;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addSimulateVerb(program: Command, io: CliIo): void {
  program
    .command("simulate <model>")
    .description("simulate a model that `volterra learn` wrote, from where its history ends")
    .option("--steps <count>", "steps to simulate", countFlag, simulateDefaults.steps)
    .option("--paths <count>", "paths", countFlag, simulateDefaults.paths)
    .option("--seed <seed>", "seed", countFlag, simulateDefaults.seed)
    .option(
      "--given <moves>",
      "first moves: ETH=-10% (relative), BTC.skew30d=0.02 (absolute for levels); separated by commas",
      givenFlag,
      {},
    )
    .option(
      "--response <move>",
      "impulse response to such a move, with intervals, in place of paths",
      givenFlag,
    )
    .option(
      "--out <file>",
      "write every path as CSV: step, time, path, a column for each component",
    )
    .option("--json", "print one JSON document")
    .action(async (path: string, flags: SimulateFlags) => {
      const { model, ending } = await readLearned(path);
      const { steps, paths, seed, given } = flags;
      if (flags.response !== undefined) {
        respond({ model, ending }, flags.response, flags, io);
        return;
      }
      const { components } = model.shape.set;
      const simulated = simulate(model, ending, { steps, paths, seed, condition: given });
      const quantiles = quantilesOf(simulated, components.length);
      const unlog = (j: number, x: number): number =>
        components[j].kind === "level" ? x : Math.exp(x);
      const rows = Array.from({ length: steps + 1 }, (_, t) => ({
        step: t,
        time: new Date(simulated.timesMs[t]).toISOString(),
        components: Object.fromEntries(
          components.map(({ name }, j) => [name, quantiles[t][j].map((x) => unlog(j, x))]),
        ),
      }));
      if (flags.out !== undefined) {
        writeFileAtomically(
          flags.out,
          pathsCsv(
            simulated,
            components.map(({ name }) => name),
            unlog,
          ),
        );
      }
      const head = { schemaVersion: 1, quantiles: levels, given, paths, seed, rows };
      if (flags.json) printJson(io, flags.out === undefined ? head : { ...head, file: flags.out });
      else
        io.stdout(
          simulateText(
            rows,
            components.map(({ name }) => name),
            flags,
          ),
        );
    });
}

/** Prints total and direct responses to a move. */
function respond(
  { model, ending }: Pick<LearnedFile, "model" | "ending">,
  moves: Condition,
  { steps, paths, seed, json }: SimulateFlags,
  io: CliIo,
): void {
  const entries = Object.entries(moves);
  if (entries.length !== 1) {
    throw new UsageError(
      `--response: expected one move such as ETH=-10%, got ${entries.length}. Use --given for several.`,
    );
  }
  const [[name, move]] = entries;
  // paths of each member; all members together make about as many as were asked for
  const options = { steps, paths: Math.max(20, Math.ceil(paths / model.members.length)), seed };
  const responses = (["total", "direct"] as const).map((kind) =>
    impulseResponse(model, ending, name, move, kind, options),
  );
  if (json) {
    const plain = (array: Float64Array) => [...array];
    printJson(io, {
      schemaVersion: 1,
      responses: responses.map(({ components, ...rest }) => ({
        ...rest,
        components: components.map(({ component, state, logScale }) => ({
          component,
          state: { value: plain(state.value), halfWidth: plain(state.halfWidth) },
          logScale: { value: plain(logScale.value), halfWidth: plain(logScale.halfWidth) },
        })),
      })),
    });
    return;
  }
  for (const { kind, components, level, members } of responses) {
    const cell = ({ value, halfWidth }: Response, t: number): string =>
      `${value[t].toFixed(4)} ± ${halfWidth[t].toFixed(4)}`;
    const header = ["step", ...components.flatMap(({ component }) => [component, "size of moves"])];
    const rows = Array.from({ length: steps }, (_, t) => [
      String(t + 1),
      ...components.flatMap(({ state, logScale }) => [cell(state, t), cell(logScale, t)]),
    ]);
    const what =
      kind === "total"
        ? "the others move with it, against free paths"
        : "the others stand still in that step, against all standing still";
    io.stdout(
      `${name} moves by ${move.toPrecision(4)} in the first step (${what}):\n${textTable(header, rows)}\nDifferences in logarithms (levels as they are); ${percent(level, 0)} intervals of ${members} members.\n\n`,
    );
  }
}

const levels = [0.05, 0.5, 0.95];

/** ETH=-10%,BTC.rv=20% → moves in units of the state. */
function givenFlag(text: string): Condition {
  return Object.fromEntries(
    text.split(",").map((part) => {
      const match = /^([\w.]+)=([+-]?\d+(?:\.\d+)?)(%?)$/.exec(part.trim());
      const value = Number(match?.[2]);
      if (match === null || (match[3] === "%" && !(value > -100))) {
        throw new InvalidArgumentError(`Expected moves such as ETH=-10%, got "${part}".`);
      }
      return [match[1], match[3] === "%" ? Math.log1p(value / 100) : value];
    }),
  );
}

/** [step][component][level] */
function quantilesOf({ steps, paths, states }: SimulatedPaths, d: number): number[][][] {
  return Array.from({ length: steps + 1 }, (_, t) =>
    Array.from({ length: d }, (_, j) => {
      const at = (t * d + j) * paths;
      const sorted = states.slice(at, at + paths).sort();
      // method R-7
      return levels.map((level) => {
        const place = level * (paths - 1);
        const low = Math.floor(place);
        const high = Math.min(paths - 1, low + 1);
        return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
      });
    }),
  );
}

function simulateText(
  rows: readonly { step: number; time: string; components: Record<string, number[]> }[],
  names: readonly string[],
  { paths, given }: SimulateFlags,
): string {
  const header = ["step", "time", ...names.flatMap((name) => [`${name} 5%`, "50%", "95%"])];
  const body = rows.map(({ step, time, components }) => [
    String(step),
    formatInstant(Date.parse(time)),
    ...names.flatMap((name) => components[name].map((x) => x.toPrecision(5))),
  ]);
  const condition = Object.entries(given).map(
    ([name, move]) => `${name} moves by ${move.toPrecision(4)} in the first step`,
  );
  const tail =
    condition.length === 0
      ? ""
      : `, given that ${condition.join(" and ")} (in logarithms, but for levels)`;
  return `${textTable(header, body)}\n${paths} paths${tail}.\n`;
}

function pathsCsv(
  { steps, paths, states, timesMs }: SimulatedPaths,
  names: readonly string[],
  unlog: (j: number, x: number) => number,
): string {
  const d = names.length;
  const lines = [["step", "time", "path", ...names].join(",")];
  for (let t = 0; t <= steps; t++) {
    const time = new Date(timesMs[t]).toISOString();
    for (let p = 0; p < paths; p++) {
      const values = names.map((_, j) => unlog(j, states[(t * d + j) * paths + p]));
      lines.push([t, time, p, ...values].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}
