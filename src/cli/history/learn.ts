/**
 * `volterra learn DATA…`: history → a model of its movement, measured out of sample where asked.
 *
 * What is whole is kept beside the model file (`.part`): the same command goes on from there after Ctrl-C or a kill. The
 * part is taken away when the model is written.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import type { Command } from "commander";
import {
  decodeLearned,
  encodeLearned,
  endOf,
  type ImpulseResponse,
  impulseResponse,
  jointGain,
  learn,
  learnDefaults,
  type LearnedFile,
  type LearnedModel,
  type LearnOptions,
  makeDesign,
  rowAt,
  type Selection,
  simulate,
  walkForward,
} from "../../estimate/index.ts";
import { decodeFloat64, encodeFloat64 } from "../../num/base64.ts";
import { InputError } from "../../num/errors.ts";
import { decodeSealed, encodeSealed, type Seal } from "../../num/sealedJson.ts";
import { historyReport } from "../../report/index.ts";
import { writeFileAtomically } from "../atomicWrite.ts";
import { countFlag } from "../chainSource.ts";
import { exitCodes, UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { type StepLine, stepLine } from "../stepLine.ts";
import {
  addHistoryFlags,
  type HistoryFlags,
  historyLine,
  loadHistory,
  timeFlag,
} from "./historySource.ts";
import { learnDocument, learnText } from "./learnText.ts";

interface LearnFlags extends HistoryFlags {
  readonly out: string;
  readonly testFrom?: number;
  readonly refit?: number;
  readonly window?: number;
  readonly joint?: boolean;
  readonly members: number;
  readonly hidden: number;
  readonly seed: number;
  readonly report?: string;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addLearnVerb(program: Command, io: CliIo, finish: (code: number) => void): void {
  addHistoryFlags(program.command("learn <data...>"))
    .description(
      "learn how prices and volatilities move from files of their history, or from a store (docs/history.md)",
    )
    .option("--out <file>", "where to write the model", "history.model.json")
    .option("--test-from <time>", "first evaluate out of sample from this time on", timeFlag)
    .option("--refit <steps>", "refit that often while evaluating (default: once)", countFlag)
    .option("--window <steps>", "learn from the last so many steps only", countFlag)
    .option("--joint", "while evaluating, compare with one model for each asset")
    .option("--members <count>", "models in the ensemble", countFlag, learnDefaults.members)
    .option("--hidden <width>", "width of the networks", countFlag, learnDefaults.hidden)
    .option("--seed <seed>", "seed of networks and bootstrap", countFlag, learnDefaults.seed)
    .option("--report <file>", "write an HTML report as well")
    .option("--json", "print one JSON document")
    .action(async (paths: string[], flags: LearnFlags) =>
      finish(await learnVerb(paths, flags, io)),
    );
}

async function learnVerb(paths: readonly string[], flags: LearnFlags, io: CliIo): Promise<number> {
  if (flags.joint === true && flags.testFrom === undefined) {
    throw new UsageError(
      "--joint: expected --test-from with it, got none. Say when the test begins.",
    );
  }
  const loaded = await loadHistory(paths, flags);
  const design = makeDesign(loaded.history);
  const line = stepLine(io);
  line.keep(historyLine(loaded));
  const abort = new AbortController();
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.keep(
      "Interrupted: what is whole is kept; the same command goes on. Ctrl-C again to quit.",
    );
  });
  const { members, hidden, seed } = flags;
  const options: LearnOptions = { members, hidden, seed, signal: abort.signal };
  try {
    const walk =
      flags.testFrom === undefined
        ? null
        : await walkForward(design, {
            testFrom: rowAt(design, flags.testFrom),
            refitSteps: flags.refit,
            windowSteps: flags.window,
            learn: options,
            onBlock: (block, blocks) => line.show(`evaluating: fit ${block + 1} of ${blocks}`),
          });
    const gain =
      flags.joint !== true || flags.testFrom === undefined
        ? null
        : await jointGain(loaded.history, {
            testFrom: rowAt(design, flags.testFrom),
            refitSteps: flags.refit,
            learn: options,
            onBlock: (block, blocks) => line.show(`joint and apart: fit ${block + 1} of ${blocks}`),
          });
    const from = Math.max(0, design.rows - (flags.window ?? design.rows));
    const settings = JSON.stringify({ members, hidden, seed, from, data: loaded.fingerprint });
    const model = await learnResumably(`${flags.out}.part`, settings, line, (part, onPart) =>
      learn(design, {
        ...options,
        ...part,
        from,
        onPart,
        onProgress: ({ stage, done, of }) =>
          line.show(`${stageNames[stage]}: ${done + 1} of ${of}`, true),
      }),
    );
    line.end();
    const ending = endOf(loaded.history, design.set);
    const file = { model, ending, dataFingerprint: loaded.fingerprint };
    writeFileAtomically(flags.out, await encodeLearned(file));
    rmSync(`${flags.out}.part`, { force: true });
    if (flags.report !== undefined) {
      const { sources } = loaded;
      const paths = simulate(model, ending, { steps: 30, paths: 500 });
      const responses = responsesOf(file);
      const page = historyReport({ model, walk, gain, paths, responses, sources });
      writeFileAtomically(flags.report, page);
    }
    const report = { design, model, walk, gain, file: flags.out };
    if (flags.json) printJson(io, learnDocument(report));
    else io.stdout(learnText(report));
    return exitCodes.ok;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    return exitCodes.interrupted;
  } finally {
    line.end();
    stopListening?.();
  }
}

/** Responses to a fall of each price by a tenth; none without members to take an interval over, or others to answer. */
function responsesOf({ model, ending }: LearnedFile): ImpulseResponse[] {
  const { components } = model.shape.set;
  if (model.members.length < 3 || components.length < 2) return [];
  const prices = components.filter(({ kind }) => kind === "price");
  return prices.flatMap(({ name }) =>
    (["total", "direct"] as const).map((kind) =>
      impulseResponse(model, ending, name, Math.log(0.9), kind, { steps: 10, paths: 100 }),
    ),
  );
}

const stageNames = {
  folds: "choosing on folds",
  members: "learning members",
  curve: "learning curve",
};

const partSeal: Seal = {
  format: "volterra-history-part",
  version: 1,
  key: "part",
  what: "a part of a learning",
  remake: "Remove it to begin again.",
};

type Part = Pick<LearnOptions, "selection" | "members0">;

/** Learns from where a part left off, and keeps each part. */
async function learnResumably(
  path: string,
  settings: string,
  line: StepLine,
  work: (part: Part, onPart: NonNullable<LearnOptions["onPart"]>) => Promise<LearnedModel>,
): Promise<LearnedModel> {
  const part = await readPart(path, settings);
  if (part.selection !== undefined) {
    line.keep(`Going on with ${part.members0?.length ?? 0} members that are there.`);
  }
  let written = Promise.resolve();
  try {
    return await work(part, ({ selection, members }) => {
      const body = { settings, selection, members: members.map(encodeFloat64) };
      written = written
        .then(() => encodeSealed(partSeal, body))
        .then((text) => writeFileAtomically(path, text));
    });
  } finally {
    await written;
  }
}

async function readPart(path: string, settings: string): Promise<Part> {
  if (!existsSync(path)) return {};
  const stored = (await decodeSealed(partSeal, readFileSync(path, "utf8"), path)) as {
    readonly settings: string;
    readonly selection: Selection;
    readonly members: readonly string[];
  };
  if (stored.settings !== settings) {
    throw new InputError(
      `${path}: expected the part of this learning, got one of other data or settings. Remove it, or choose another --out.`,
    );
  }
  const members0 = stored.members.map((text, m) => decodeFloat64(text, `${path}: member ${m}`));
  return { selection: stored.selection, members0 };
}

/** Reads a model file by its path. */
export async function readLearned(path: string): ReturnType<typeof decodeLearned> {
  if (!existsSync(path)) {
    throw new InputError(
      `${path}: expected the file of a learned model, got nothing there. Make one with \`volterra learn\`.`,
    );
  }
  return decodeLearned(readFileSync(path, "utf8"), path);
}
