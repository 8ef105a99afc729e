/** How far the training is, and how good the rule that it found. */
import { Button } from "../../ui/controls.tsx";
import { decimals, duration } from "../../ui/numberText.ts";
import type { HedgeMeasures } from "../../work/jobs/hedge/measure.ts";
import { saveFile } from "../../ui/saveFile.ts";
import { Stat, Stats } from "../../ui/Stat.tsx";
import {
  exact,
  file,
  fileError,
  measures,
  policyText,
  task,
  trained,
  training,
} from "./hedgeState.ts";

export function Progress() {
  const frame = training.progress.value;
  const result = trained.value;
  const found = measures.result.value;
  const learned = found?.policies.find(({ kind }) => kind === "learned");
  const rule = found?.policies.find(({ name }) => name === "delta");
  const iteration = result?.iterations ?? frame?.iteration ?? null;
  const total = result?.iterations ?? frame?.iterations ?? 0;
  return (
    <div class="panel" aria-live="polite">
      <Stats>
        <Stat label="Steps" note={statusNote()}>
          {iteration === null ? "–" : `${iteration} / ${total}`}
        </Stat>
        <Stat label="Time of learning">
          {result !== null
            ? duration(result.seconds)
            : frame === null
              ? "–"
              : duration(frame.seconds)}
        </Stat>
        <Stat label="What the risk costs" note="beyond the fair value, on fresh paths">
          {learned === undefined ? "–" : decimals(learned.risk, digitsOf(learned.risk))}
        </Stat>
        <Stat label="By Black-Scholes delta" note="the same, hedging with delta">
          {rule === undefined ? "–" : decimals(rule.risk, digitsOf(rule.risk))}
        </Stat>
        <ExactStat gap={found?.gap ?? null} />
      </Stats>
      {result === null ? null : (
        <p class="after">
          {verdict(learned?.risk, rule?.risk)}
          {task.value?.model === null && file.value?.trained !== result ? (
            <Button
              kind="quiet"
              onClick={() => {
                void policyText().then(
                  (text) => {
                    if (text !== null) saveFile("hedge.policy.json", text, "application/json");
                  },
                  (error: unknown) => {
                    fileError.value = String(error);
                  },
                );
              }}
            >
              Save policy file
            </Button>
          ) : null}
        </p>
      )}
    </div>
  );
}

/** Three digits that count. */
export const digitsOf = (value: number): number =>
  value === 0
    ? 0
    : Math.max(0, Math.min(5, 2 - Math.floor(Math.log10(Math.max(1e-9, Math.abs(value))))));

interface ExactProps {
  readonly gap: HedgeMeasures["gap"];
}

/** The gap to the best there is, or why nobody knows it. */
function ExactStat({ gap }: ExactProps) {
  const found = exact.result.value;
  if (found === null) {
    const isRunning = exact.status.value === "running";
    return <Stat label="Exact optimum">{isRunning ? "…" : "–"}</Stat>;
  }
  if ("reason" in found) {
    return (
      <Stat label="Exact optimum" note={`${found.reason}.`}>
        not known
      </Stat>
    );
  }
  if (gap === null) {
    return (
      <Stat label="Exact optimum" note="least price of the position with its hedge">
        {decimals(found.price, digitsOf(found.price))}
      </Stat>
    );
  }
  const share = 100 / Math.abs(found.price);
  return (
    <Stat
      label="Above the exact optimum"
      note={`of the price of the position; noise ± ${decimals(2 * share * gap.standardError, 3)} %`}
    >
      {decimals(share * gap.value, 3)} %
    </Stat>
  );
}

function verdict(learned: number | undefined, rule: number | undefined): string {
  if (learned === undefined || rule === undefined) return "";
  const saved = 100 * (1 - learned / rule);
  if (!(rule > 0)) return "";
  return saved > 0.5
    ? `The learned rule makes the risk ${saved.toFixed(0)} % cheaper than delta hedging. `
    : "The learned rule is about as good as delta hedging here. ";
}

function statusNote(): string {
  const result = trained.value;
  if (result !== null) {
    switch (result.status) {
      case "finished":
        return "finished";
      case "stopped-early":
        return "finished: further steps no longer help";
      case "cancelled":
        return "stopped: this is the best so far";
      case "kept-start":
        return "nothing better than the start was found";
      case "not-finite":
        return "stopped: the numbers ran away. Fewer costs or less aversion help";
    }
  }
  switch (training.status.value) {
    case "running":
      return "learning";
    case "failed":
      return "stopped by an error";
    default:
      return "not trained yet";
  }
}
