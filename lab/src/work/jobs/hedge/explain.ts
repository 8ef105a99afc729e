/** Why one trade: what it saves in risk for what it costs, and what one step further would. */
import { wasmBackend } from "volterra/engine";
import { type Explanation, explainPolicy } from "volterra/hedging";
import type { Job } from "../../protocol.ts";
import { deskOf, type HedgeTask, turn } from "./desk.ts";

export interface ExplainInput {
  readonly task: HedgeTask;
  readonly theta: Float64Array;
  readonly threads: number;
  readonly years: number;
  readonly spot: number;
  /** The market's other states. */
  readonly state: Readonly<Record<string, number>>;
  /** [instrument] */
  readonly held: readonly number[];
}

/** What it rests on, or why there is none. */
export type TradeReason =
  | Pick<Explanation, "worth" | "instruments" | "rules">
  | { readonly unknown: string };

/** Enough for a sentence: the differences are on the same paths. */
const precision = { paths: 2048, sets: 4 } as const;

export const explainHedge: Job<ExplainInput, TradeReason | null> = async (input, { signal }) => {
  await turn();
  if (signal.aborted) return null;
  const { task, theta, threads, years, spot, state, held } = input;
  const { problem, policy } = deskOf(task);
  if (problem.book.some(({ payoff }) => payoff.fixings.length > 0)) {
    return { unknown: "what is owed depends on the path so far, which a question cannot tell" };
  }
  const { worth, instruments, rules } = await explainPolicy(
    problem,
    policy,
    theta,
    wasmBackend,
    { years, values: { ...state, spot }, held },
    { ...precision, threads },
  );
  return { worth, instruments, rules };
};
