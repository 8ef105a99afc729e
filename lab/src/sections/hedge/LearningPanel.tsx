/** The risk, step by step, and what there is to beat. */
import { Chart } from "../../charts/Chart.tsx";
import type { Layer } from "../../charts/layers.ts";
import { Panel } from "../../ui/Panel.tsx";
import { exact, trained, training } from "./hedgeState.ts";
import { looks } from "./looks.ts";

/** Trades are made cheaper in this part of the training (the library's first lessons). */
const cheapShare = 0.2;

export function LearningPanel() {
  const frame = training.progress.value;
  const history = trained.value?.history ?? frame?.history ?? [];
  const total = trained.value?.iterations ?? frame?.iterations ?? 0;
  return (
    <Panel
      title="Learning"
      note="The risk of each step’s own futures: lower is better, and noisy, for every step draws new ones. In the first fifth trades are made cheap, so that the rule dares to trade; the faint line there lies too low."
    >
      {history.length === 0 ? (
        <p class="soft loading">Press Train to watch the risk fall.</p>
      ) : (
        <Chart
          title="Risk by step of the training"
          x={{ label: "step", domain: [0, Math.max(total, history.length)], format: String }}
          y={{ label: "price that covers the risk", domain: domainOf(history, total) }}
          layers={layersOf(history, total)}
          height={280}
        />
      )}
    </Panel>
  );
}

/** From what comes after the cheap part, once there is enough of it. */
function domainOf(
  history: readonly number[],
  total: number,
): readonly [number, number] | undefined {
  const later = history.slice(Math.round(cheapShare * total) + 5);
  if (later.length < 10) return undefined;
  const best = exact.result.value;
  const all = [
    ...later,
    ...(training.progress.value?.rules ?? []).map(({ risk }) => risk),
    ...(best !== null && !("reason" in best) ? [best.price] : []),
  ];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = 0.25 * (high - low);
  return [low - room, high + 0.3 * room];
}

function layersOf(history: readonly number[], total: number): Layer[] {
  const steps = history.map((_, i) => i + 1);
  const cut = Math.min(history.length, Math.round(cheapShare * total));
  const { colour } = looks.learned;
  const rules = training.progress.value?.rules ?? [];
  const best = exact.result.value;
  const rule = (
    id: string,
    look: { colour: string; dash?: string },
    label: string,
    at: number,
  ): Layer => ({
    kind: "rule",
    id,
    label,
    colour: look.colour,
    dash: look.dash,
    along: "x",
    at,
  });
  return [
    {
      kind: "line",
      id: "cheap",
      label: "while trades are cheap",
      unlisted: true,
      colour,
      x: steps.slice(0, cut + 1),
      y: history.slice(0, cut + 1),
      width: 1,
      opacity: 0.35,
    },
    {
      kind: "line",
      id: "risk",
      label: "learned",
      colour,
      x: steps.slice(cut),
      y: history.slice(cut),
      width: 1.4,
    },
    ...rules.map(({ name, risk }) =>
      name === "delta"
        ? rule("delta", looks.delta, looks.delta.label, risk)
        : rule("whalley", looks.whalley, looks.whalley.label, risk),
    ),
    ...(best !== null && !("reason" in best)
      ? [rule("exact", looks.exact, looks.exact.label, best.price)]
      : []),
  ];
}
