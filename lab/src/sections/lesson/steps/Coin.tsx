/** Step 1: from a coin toss to Brownian motion. */
import { useEffect } from "preact/hooks";
import { Chart } from "../../../charts/Chart.tsx";
import type { Layer } from "../../../charts/layers.ts";
import { Button, Slider } from "../../../ui/controls.tsx";
import { Formula } from "../../../ui/Formula.tsx";
import { JobNotice } from "../../../ui/JobNotice.tsx";
import { Panel } from "../../../ui/Panel.tsx";
import { Stat, Stats } from "../../../ui/Stat.tsx";
import { jobSignal } from "../../../work/jobSignal.ts";
import formulas from "../formulas.tex";
import { lesson, nextSeed } from "../state.ts";
import { bell, histogram, spaced } from "./bell.ts";

const job = jobSignal("lessonWalks", "lesson");

export function Coin() {
  const tosses = 4 ** Math.round(Math.log(lesson.tosses.value) / Math.log(4));
  const seed = lesson.seed.value;
  useEffect(() => {
    job.start({ kind: "coin", steps: tosses, years: 1, drift: 0, vol: 1, seed, shown: 12 });
  }, [tosses, seed]);
  return (
    <>
      <div class="lesson-text">
        <p>
          Toss a coin. Heads: one step up. Tails: one step down. Do it again and again, and draw a
          line through the places where you have been. The line is called a <dfn>random walk</dfn>.
          Nobody can say where one walk goes. About many walks together a lot can be said.
        </p>
        <p>
          Ups and downs partly cancel. After 100 tosses you are typically 10 steps from the start,
          not 100; after 10,000 tosses typically 100. The distance grows like the{" "}
          <em>square root</em> of the number of tosses. Below, the steps are made smaller the more
          tosses there are, exactly by that root, so that the picture keeps its size:
        </p>
        <Formula html={formulas.coin} block />
        <p>Here Δt is the time between two tosses: one divided by their number.</p>
      </div>
      <div class="demo">
        <Panel title="Twelve walks out of 4,096">
          <div class="fields">
            <Slider
              label="Tosses"
              value={Math.round(Math.log(tosses) / Math.log(4))}
              min={1}
              max={5}
              step={1}
              format={(power) => String(4 ** power)}
              onInput={(power) => {
                lesson.tosses.value = 4 ** power;
              }}
            />
          </div>
          <div class="demo-buttons">
            <Button onClick={nextSeed}>Toss again</Button>
          </div>
          <JobNotice job={job} />
          <Walks />
        </Panel>
      </div>
      <div class="lesson-text">
        <div class="try">
          <p>
            <strong>Try it.</strong> Go from 4 tosses to 1,024. The lines become rough at every
            scale. And the pile of end points takes the shape of a bell, though a coin knows nothing
            about bells.
          </p>
        </div>
        <p>
          The bell is the <dfn>normal distribution</dfn>: what you get whenever very many small,
          independent chances add up. With infinitely many, infinitely small tosses the walk is
          called <dfn>Brownian motion</dfn>. One of its tiny steps is written <em>dW</em>. Remember
          it as “one very small coin toss”.
        </p>
      </div>
    </>
  );
}

function Walks() {
  const walks = job.result.value;
  if (walks === null) return null;
  const lines = walks.paths.map(
    (path, i): Layer => ({
      kind: "line",
      id: `walk ${i}`,
      label: i === 0 ? "One walk" : `Walk ${i + 1}`,
      colour: i === 0 ? "var(--c1)" : "var(--control)",
      width: i === 0 ? 2.2 : 1,
      opacity: i === 0 ? 1 : 0.55,
      unlisted: i > 0,
      x: walks.years,
      y: path,
    }),
  );
  // the ends of n tosses lie 2/√n apart: bins of that width, or the pile has holes
  const gap = 2 / Math.sqrt(walks.years.length - 1);
  const width = gap * Math.max(1, Math.round(0.25 / gap));
  const bins = 2 * Math.floor(4 / width) + 1;
  const piles = histogram(walks.ends, (-bins * width) / 2, (bins * width) / 2, bins);
  const z = spaced(-4, 4, 121);
  const spread = Math.sqrt(walks.ends.reduce((sum, y) => sum + y * y, 0) / walks.ends.length);
  return (
    <>
      <div class="demo-charts">
        <Chart
          showTitle
          title="Random walks"
          summary="Twelve walks from 0; the first is drawn strongly."
          x={{ label: "time" }}
          y={{ label: "place", domain: [-3.5, 3.5] }}
          layers={[...lines.slice(1), lines[0]]}
          height={280}
        />
        <Chart
          showTitle
          title="Where 4,096 walks end"
          summary={`A histogram of the ends beside the bell curve. Typical distance ${spread.toFixed(2)}.`}
          x={{ label: "place at the end", domain: [-4, 4] }}
          y={{ label: "share per unit" }}
          layers={[
            {
              kind: "bars",
              id: "ends",
              label: "Ends of the walks",
              colour: "var(--c1)",
              opacity: 0.5,
              ...piles,
            },
            {
              kind: "line",
              id: "bell",
              label: "Bell curve (normal distribution)",
              colour: "var(--c2)",
              dash: "7 3",
              x: z,
              y: z.map(bell),
            },
          ]}
          height={280}
        />
      </div>
      <Stats>
        <Stat label="Typical distance from the start" note="root mean square; in theory exactly 1">
          {spread.toFixed(3)}
        </Stat>
      </Stats>
    </>
  );
}
