/** Step 7: one equation, all strikes and dates. */
import { SectionLink } from "../../../app/SectionLink.tsx";
import { useEffect } from "preact/hooks";
import { Chart } from "../../../charts/Chart.tsx";
import { HeatMap } from "../../../charts/HeatMap.tsx";
import type { Layer } from "../../../charts/layers.ts";
import { Button, Progress, Slider } from "../../../ui/controls.tsx";
import { JobNotice } from "../../../ui/JobNotice.tsx";
import { percent } from "../../../ui/numberText.ts";
import { Panel } from "../../../ui/Panel.tsx";
import { jobSignal } from "../../../work/jobSignal.ts";
import { lesson } from "../state.ts";
import { iterations, startTraining, training } from "../training.ts";
import type { TinySurface } from "../work/tinySde.ts";

const reading = jobSignal("lessonSurface");

export function Surface() {
  const trained = training.result.value;
  const isLearning = training.status.value === "running";
  useEffect(() => {
    if (trained !== null) reading.start(trained.theta);
  }, [trained]);
  const surface = reading.result.value;
  return (
    <>
      <div class="lesson-text">
        <p>
          The network saw quotes at two expiries only. What about the option that expires in 45
          days, or one with a strike that nobody quotes? We have an equation, so we can ask it.
        </p>
        <p>
          Simulate many futures once. On every day of every future the price is somewhere. An option
          with <em>any</em> strike and <em>any</em> expiry is an average over those same futures,
          and each average, said as an implied volatility, is one point. All points together are the{" "}
          <dfn>surface</dfn>: at the money (strike near today’s price), in both wings (strikes far
          away) and at every date at once. Nothing is fitted here any more. The surface is{" "}
          <em>read off</em> the equation.
        </p>
      </div>
      <div class="demo">
        <Panel
          title="The surface of the tiny neural SDE"
          note="16,384 futures of the equation learned in step 6. Where fewer than a handful of futures pay, the picture stays empty instead of guessing."
        >
          {trained === null ? (
            <div class="demo-buttons">
              <Button
                kind="primary"
                disabled={isLearning}
                onClick={() => startTraining(lesson.seed.value)}
              >
                Learn the equation first
              </Button>
              {isLearning ? (
                <Progress
                  label="Learning"
                  share={(training.progress.value?.iteration ?? 0) / iterations}
                />
              ) : null}
            </div>
          ) : null}
          <JobNotice job={training} />
          <JobNotice job={reading} />
          {surface === null ? null : <Pictures surface={surface} />}
        </Panel>
      </div>
      <div class="lesson-text">
        <div class="try">
          <p>
            <strong>Try it.</strong> Move the expiry to 45 or 60 days. No quote was there, and yet
            there is a smile between its neighbours. At 9 days the futures have not spread far: the
            wings are empty.
          </p>
        </div>
        <p>
          This is the difference from drawing a curve through dots. A curve has an opinion about its
          dots. An equation also has one about the days between the expiries, about other kinds of
          options, and about how the smile will move tomorrow. It can be wrong about those; the{" "}
          <SectionLink href="#/limits">page on strengths and limits</SectionLink> says how wrong it
          was.
        </p>
      </div>
    </>
  );
}

function Pictures({ surface }: { readonly surface: TinySurface }) {
  const { days, strikes, vols, shares, bins } = surface;
  const asked = lesson.expiry.value;
  const chosen = days.reduce(
    (best, day, i) => (Math.abs(day - asked) < Math.abs(days[best] - asked) ? i : best),
    0,
  );
  const smiles: Layer[] = days.map((day, i) => ({
    kind: "line",
    id: `${day}`,
    label: i === chosen ? `${day} days` : "Other expiries",
    colour: i === chosen ? "var(--m-neural-sde)" : "var(--control)",
    width: i === chosen ? 2.8 : 1.3,
    opacity: i === chosen ? 1 : 0.7,
    unlisted: i !== chosen && i !== (chosen === 0 ? 1 : 0),
    x: strikes,
    y: vols[i],
  }));
  return (
    <>
      <div class="fields">
        <Slider
          label="Expiry"
          value={chosen}
          min={0}
          max={days.length - 1}
          step={1}
          format={(i) => `${days[i]} days${[30, 90].includes(days[i]) ? " (quoted)" : ""}`}
          onInput={(i) => {
            lesson.expiry.value = days[i];
          }}
        />
      </div>
      <div class="demo-charts">
        <Chart
          showTitle
          title={`Where the futures are after ${days[chosen]} days`}
          summary={`Histogram of 16,384 simulated prices after ${days[chosen]} days.`}
          x={{ label: "price" }}
          y={{ label: "share of futures", format: (v) => percent(v, 0) }}
          layers={[
            {
              kind: "bars",
              id: "shares",
              label: `After ${days[chosen]} days`,
              colour: "var(--c1)",
              opacity: 0.55,
              edges: bins,
              heights: shares[chosen],
            },
          ]}
          height={260}
        />
        <Chart
          showTitle
          title="Smiles read off the equation"
          summary={`Smiles at ${days.join(", ")} days; the one at ${days[chosen]} days is drawn strongly.`}
          x={{ label: "strike" }}
          y={{ label: "implied volatility", format: (v) => percent(v, 0) }}
          layers={[...smiles.filter((_, i) => i !== chosen), smiles[chosen]]}
          height={260}
        />
        <HeatMap
          showTitle
          title="The surface"
          summary="Implied volatility over strike and days; higher at low strikes."
          x={{ label: "strike" }}
          y={{ label: "days to expiry" }}
          xs={strikes}
          ys={days}
          values={vols.map((row) => [...row])}
          format={(v) => percent(v, 0)}
          height={260}
        />
      </div>
    </>
  );
}
