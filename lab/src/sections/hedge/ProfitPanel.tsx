/** Profit and loss of the learned rule beside one of the others, and all of them in figures. */
import { Chart } from "../../charts/Chart.tsx";
import { Select } from "../../ui/controls.tsx";
import { JobNotice } from "../../ui/JobNotice.tsx";
import { decimals, percent } from "../../ui/numberText.ts";
import { Panel } from "../../ui/Panel.tsx";
import type { HedgeMeasures } from "../../work/jobs/hedge/measure.ts";
import { config, measures, trained } from "./hedgeState.ts";
import { looks, ruleLabel } from "./looks.ts";
import { digitsOf } from "./Progress.tsx";
import { view } from "./settings.ts";

export function ProfitPanel() {
  const found = measures.result.value;
  const others = found?.policies.filter(({ kind }) => kind !== "learned") ?? [];
  return (
    <Panel
      title="Profit and loss"
      note="On futures that the training never saw. The position was sold at its fair value: a perfect hedge without costs would always end at 0."
      actions={
        found === null ? undefined : (
          <Select
            label="Compared with"
            value={view.against.value}
            options={others.map(({ name }) => ({
              value: name as typeof view.against.value,
              label: ruleLabel(name),
            }))}
            onChange={(value) => (view.against.value = value)}
          />
        )
      }
    >
      <JobNotice job={measures} />
      {found === null ? (
        <p class="soft loading">
          {trained.value === null ? "After the training." : "Measuring on fresh paths…"}
        </p>
      ) : (
        <Histogram found={found} />
      )}
    </Panel>
  );
}

function Histogram({ found }: { readonly found: HedgeMeasures }) {
  const { edges, policies } = found;
  const learned = policies.find(({ kind }) => kind === "learned");
  const other =
    policies.find(({ name }) => name === view.against.value) ?? policies[policies.length - 1];
  if (learned === undefined) return null;
  return (
    <Chart
      title={`Profit of the learned rule and of ${ruleLabel(other.name)}`}
      summary={`Mean cost ${decimals(learned.meanCost, 3)} against ${decimals(other.meanCost, 3)}; spread ${decimals(learned.standardDeviation, 3)} against ${decimals(other.standardDeviation, 3)}.`}
      x={{ label: `profit, ${config.value.currency}` }}
      y={{ label: "share of futures", format: (v) => percent(v, v < 0.1 ? 1 : 0) }}
      layers={[
        {
          kind: "bars",
          id: "learned",
          label: looks.learned.label,
          colour: looks.learned.colour,
          edges,
          heights: learned.shares,
          opacity: 0.45,
        },
        {
          kind: "line",
          id: "other",
          label: ruleLabel(other.name),
          colour: looks.delta.colour,
          step: true,
          width: 2,
          x: edges,
          y: [...other.shares, other.shares[other.shares.length - 1]],
        },
      ]}
      height={280}
    />
  );
}

/** All rules in figures. */
export function TablePanel() {
  const found = measures.result.value;
  if (found === null) return null;
  return (
    <Panel
      title="All rules in figures"
      note={`On ${found.paths.toLocaleString("en-GB")} futures, in ${config.value.currency}. What the risk costs is what you must be paid beyond the fair value to be as well off as without the position (risk measure: ${found.riskMeasure}). The best of each column is bold.`}
    >
      <MeasureTable found={found} />
    </Panel>
  );
}

function MeasureTable({ found }: { readonly found: HedgeMeasures }) {
  const best = found.policies.filter(({ name }) => name !== "no hedge");
  const least = (pick: (own: (typeof best)[number]) => number): number =>
    Math.min(...best.map(pick));
  const columns = [
    ["What the risk costs", (own: (typeof best)[number]) => own.risk],
    ["Mean cost of trading", (own: (typeof best)[number]) => own.meanCost],
    ["Spread of the profit", (own: (typeof best)[number]) => own.standardDeviation],
    ["Worst twentieth, mean loss", (own: (typeof best)[number]) => own.tail],
  ] as const;
  return (
    <div class="scroll" role="region" aria-label="All rules in figures" tabIndex={0}>
      <table>
        <caption class="unseen">All rules in figures</caption>
        <thead>
          <tr>
            <th class="text">Rule</th>
            {columns.map(([name]) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...best, ...found.policies.filter((own) => !best.includes(own))].map((own) => (
            <tr key={own.name}>
              <th class="text" scope="row">
                {own.kind === "learned" ? "learned" : ruleLabel(own.name)}
              </th>
              {columns.map(([name, pick]) => (
                <td key={name} class={pick(own) === least(pick) ? "best" : undefined}>
                  {decimals(pick(own), digitsOf(pick(own)))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
