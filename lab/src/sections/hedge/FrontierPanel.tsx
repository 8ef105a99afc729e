/** What less risk costs: mean cost against the tail, at several aversions. */
import { Chart } from "../../charts/Chart.tsx";
import type { Layer } from "../../charts/layers.ts";
import { Button, Progress } from "../../ui/controls.tsx";
import { JobNotice } from "../../ui/JobNotice.tsx";
import { duration } from "../../ui/numberText.ts";
import { Panel } from "../../ui/Panel.tsx";
import type { FrontierSeries } from "../../work/jobs/hedge/frontier.ts";
import { config, drawFrontier, frontier } from "./hedgeState.ts";
import { looks, ruleLabel } from "./looks.ts";

export function FrontierPanel() {
  const found = frontier.result.value;
  const isRunning = frontier.status.value === "running";
  const progress = frontier.progress.value;
  const isLevels = config.value.risk.kind === "cvar";
  return (
    <Panel
      title="What less risk costs"
      note={
        isLevels
          ? "Left is cheap, down is safe: a rule is better the nearer it lies to the corner. One policy is trained for each level, from the worst half of losses to the worst hundredth."
          : "Left is cheap, down is safe: a rule is better the nearer it lies to the corner. One policy is trained for all aversions from an eighth to eight times yours, and told which one holds; every point on its curve is one of them."
      }
      actions={
        isRunning ? (
          <Button onClick={frontier.cancel}>Stop</Button>
        ) : (
          <Button kind={found === null ? "primary" : "plain"} onClick={drawFrontier}>
            {found === null ? "Draw the frontier" : "Draw it again"}
          </Button>
        )
      }
    >
      <JobNotice job={frontier} />
      {isRunning ? (
        <Progress label={progress?.doing ?? "Beginning"} share={progress?.share ?? null} />
      ) : null}
      {found === null ? (
        isRunning ? null : (
          <p class="soft loading">Trains once more, for many aversions at once: some seconds.</p>
        )
      ) : (
        <>
          <Chart
            title="Mean cost of trading against the worst twentieth of losses"
            summary="One curve for each rule that can be told an aversion to risk, one point for each that cannot."
            x={{ label: `mean cost of trading, ${config.value.currency}`, include: [0] }}
            y={{ label: "mean of the worst twentieth of losses" }}
            layers={found.series.flatMap(layersOf)}
            height={330}
          />
          <p class="small soft chart-foot">
            Took {duration(found.seconds)}. Losses are counted beyond the fair value, costs
            included. Where a curve turns back, it minds losses that are rarer than one in twenty,
            which this picture does not count.
          </p>
        </>
      )}
    </Panel>
  );
}

const pointColours: Readonly<Record<string, string>> = {
  delta: looks.delta.colour,
  Leland: "var(--c4)",
};

function layersOf({ name, kind, points }: FrontierSeries): Layer[] {
  // by aversion: where a curve turns back, one minds losses rarer than this picture counts
  const x = points.map(({ cost }) => cost);
  const y = points.map(({ tail }) => tail);
  if (kind === "point") {
    const colour = pointColours[name] ?? "var(--c1)";
    return [{ kind: "dots", id: name, label: ruleLabel(name), colour, x, y, radius: 5 }];
  }
  const look = looks[kind];
  return [
    {
      kind: "line",
      id: name,
      ...look,
      label: kind === "learned" ? name : look.label,
      width: kind === "learned" ? 2.6 : 1.8,
      x,
      y,
    },
    { kind: "dots", id: `${name} points`, label: name, unlisted: true, colour: look.colour, x, y },
  ];
}
