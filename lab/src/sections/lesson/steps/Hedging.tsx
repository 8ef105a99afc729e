/** Step 9: delta hedging, what it costs, and the no-trade band. */
import { SectionLink } from "../../../app/SectionLink.tsx";
import { useEffect } from "preact/hooks";
import { Chart } from "../../../charts/Chart.tsx";
import { Button, Slider } from "../../../ui/controls.tsx";
import { JobNotice } from "../../../ui/JobNotice.tsx";
import { decimals, percent } from "../../../ui/numberText.ts";
import { Panel } from "../../../ui/Panel.tsx";
import { jobSignal } from "../../../work/jobSignal.ts";
import { lesson, nextSeed } from "../state.ts";
import { type BandLesson, hedgeDays } from "../work/bands.ts";

const job = jobSignal("lessonBands");
const costs: readonly number[] = [0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02];

export function Hedging() {
  const seed = lesson.seed.value;
  const index = costs.reduce(
    (best, cost, i) =>
      Math.abs(cost - lesson.cost.value) < Math.abs(costs[best] - lesson.cost.value) ? i : best,
    0,
  );
  const cost = costs[index];
  useEffect(() => {
    job.start({ cost, seed });
  }, [cost, seed]);
  return (
    <>
      <div class="lesson-text">
        <p>
          You sold a call with strike 100 and thirty days to go. If the price rises, you will have
          to pay. To <dfn>hedge</dfn> is to hold something that gains when you must pay: here, some
          of the underlying coin. How much? When the coin’s price rises by 1, the call gains about{" "}
          <dfn>delta</dfn>, a number between 0 and 1. Hold delta coins, and gain and loss cancel.
        </p>
        <p>
          Delta changes with the price and with time, so every day you buy or sell a little. In a
          textbook that is free. In life every trade costs: a fee, and half of the spread. Trade
          every day to the last digit and the costs eat you up; never trade and one bad month does.
        </p>
        <p>
          The best rule lies between. Around delta there is a <dfn>no-trade band</dfn>. While what
          you hold is inside, do nothing. When it is outside, trade, but only to the nearer edge.
          For this simple market the best band can be computed exactly, backwards from the last day.
        </p>
      </div>
      <div class="demo">
        <Panel
          title="Two hedgers, the same thirty days"
          note="The price follows the equation of step 2 with a volatility of 60 %. The band is exact; averages are over 2,048 futures."
        >
          <div class="fields">
            <Slider
              label="Cost of a trade, as a share of its value"
              value={index}
              min={0}
              max={costs.length - 1}
              step={1}
              format={(i) => percent(costs[i], 2)}
              onInput={(i) => {
                lesson.cost.value = costs[i];
              }}
            />
          </div>
          <div class="demo-buttons">
            <Button onClick={nextSeed}>Another thirty days</Button>
            {job.status.value === "running" ? <span class="soft">Computing…</span> : null}
          </div>
          <JobNotice job={job} />
          {job.result.value === null ? null : <Hedgers lesson={job.result.value} />}
        </Panel>
      </div>
      <div class="lesson-text">
        <div class="try">
          <p>
            <strong>Try it.</strong> At no cost the band closes and both hedgers do the same. Raise
            the cost: the band opens, the second hedger trades seldom and keeps the money. The price
            of that: results spread a little more.
          </p>
        </div>
        <p>
          Real markets have no such exact answer: volatility moves, there are several things to
          trade, fees have caps. So let a network decide how much to hold. Simulate thousands of
          futures, let it trade in each of them with all costs, and look at the losses it ends with.
          Then gradient descent turns its knobs until the losses are as bearable as can be. That is{" "}
          <dfn>deep hedging</dfn>. “Bearable” must be said in numbers, and a <dfn>risk measure</dfn>{" "}
          does it: bad losses count more than good gains of the same size.
        </p>
        <p>
          Trained on the simple market above, the network finds the band by itself, to within 0.06 %
          of the exact optimum.{" "}
          <SectionLink href="#/hedge?cost=0.005&instrument=spot">Train one yourself</SectionLink> in
          a few seconds, and see the reason of each of its trades.
        </p>
      </div>
    </>
  );
}

function Hedgers({ lesson: result }: { readonly lesson: BandLesson }) {
  const days = Float64Array.from({ length: hedgeDays }, (_, i) => i);
  const { spots, delta, low, high, path, pathLow, pathHigh, byDelta, byBand } = result;
  const total = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0);
  const trades = (positions: Float64Array) =>
    positions.filter((held, i) => Math.abs(held - (i === 0 ? 0 : positions[i - 1])) > 1e-9).length;
  return (
    <>
      <div class="demo-charts">
        <Chart
          showTitle
          title="The band over the price, at half time"
          summary="Delta rises from 0 to 1 with the price; the band lies around it."
          x={{ label: "price of the coin", domain: [70, 130] }}
          y={{ label: "coins held", domain: [-0.05, 1.05] }}
          layers={[
            {
              kind: "band",
              id: "band",
              label: "No trade in here",
              colour: "var(--c3)",
              x: spots,
              low,
              high,
            },
            {
              kind: "line",
              id: "delta",
              label: "Delta",
              colour: "var(--c2)",
              dash: "7 3",
              x: spots,
              y: delta,
            },
          ]}
          height={270}
        />
        <Chart
          showTitle
          title="What each hedger holds, day by day"
          summary={`The delta hedger trades on ${trades(byDelta.diary.positions)} days, the other on ${trades(byBand.diary.positions)}.`}
          x={{ label: "day" }}
          y={{ label: "coins held", domain: [-0.05, 1.05] }}
          layers={[
            {
              kind: "band",
              id: "band",
              label: "No-trade band of the day",
              colour: "var(--c3)",
              x: days,
              low: pathLow,
              high: pathHigh,
            },
            {
              kind: "line",
              id: "by delta",
              label: "Delta hedger",
              colour: "var(--c2)",
              dash: "7 3",
              x: days,
              y: byDelta.diary.positions,
            },
            {
              kind: "line",
              id: "by band",
              label: "Band hedger",
              colour: "var(--c1)",
              width: 2.4,
              step: true,
              x: days,
              y: byBand.diary.positions,
            },
          ]}
          height={270}
        />
        <Chart
          showTitle
          title="The price on these thirty days"
          summary={`From 100 to ${path[hedgeDays].toFixed(1)}.`}
          x={{ label: "day" }}
          y={{ label: "price", include: [95, 105] }}
          layers={[
            {
              kind: "line",
              id: "price",
              label: "Price",
              colour: "var(--c5)",
              x: Float64Array.from(path, (_, i) => i),
              y: path,
            },
            {
              kind: "rule",
              id: "strike",
              label: "Strike",
              colour: "var(--c6)",
              along: "x",
              at: 100,
              dash: "4 4",
            },
          ]}
          height={270}
        />
      </div>
      <div class="scroll" role="region" aria-label="Both hedgers compared" tabIndex={0}>
        <table>
          <caption class="unseen">Both hedgers compared</caption>
          <thead>
            <tr>
              <th class="text">Hedger</th>
              <th>Trades, these 30 days</th>
              <th>Costs, these 30 days</th>
              <th>Costs, average of 2,048 futures</th>
              <th>Spread of results around their average</th>
            </tr>
          </thead>
          <tbody>
            {(
              [
                ["Follows delta", byDelta],
                ["Keeps to the band", byBand],
              ] as const
            ).map(([name, { diary, meanCost, spread }]) => (
              <tr key={name}>
                <th class="text" scope="row">
                  {name}
                </th>
                <td>{trades(diary.positions)}</td>
                <td>{decimals(total(diary.costs))}</td>
                <td>{decimals(meanCost)}</td>
                <td>{decimals(spread)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
