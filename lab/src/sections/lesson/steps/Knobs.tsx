/** Step 5: a network as a function with knobs; the reader turns them, then gradient descent does. */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { hestonVol } from "volterra/pricing";
import { Chart } from "../../../charts/Chart.tsx";
import { Button, Slider } from "../../../ui/controls.tsx";
import { Formula } from "../../../ui/Formula.tsx";
import { JobNotice } from "../../../ui/JobNotice.tsx";
import { decimals } from "../../../ui/numberText.ts";
import { Panel } from "../../../ui/Panel.tsx";
import { Stat, Stats } from "../../../ui/Stat.tsx";
import { jobSignal } from "../../../work/jobSignal.ts";
import formulas from "../formulas.tex";
import {
  curvePoints,
  type Knobs as KnobValues,
  knobsOf,
  missOf,
  networkAt,
  thetaOf,
} from "../work/knobs.ts";
import { lessonHeston } from "../work/market.ts";

const descent = jobSignal("lessonKnobs");
const years = 30 / 365;

/** A smile with its average taken away, in units of 10 points; u counts standard deviations of the price. */
const target = (u: number): number => {
  const k = 0.6 * Math.sqrt(years) * u;
  return 10 * (hestonVol({ ...lessonHeston, nu: 2.4, rho: -0.25 }, k, years) - 0.58);
};
const heights = curvePoints.map(target);

const start: KnobValues = {
  slopes: [1, 1, 1],
  places: [-1, 0, 1],
  heights: [0.2, 0, -0.2],
  level: 0.3,
};
const mine = signal<KnobValues>(start);
/** Miss of every step of the descent, for the curve of learning. */
const history = signal<readonly number[]>([]);
const isDescending = computed(() => descent.status.value === "running");

function descend(): void {
  history.value = [];
  descent.start({ heights, theta: thetaOf(mine.value), iterations: 250 });
}

export function Knobs() {
  useEffect(
    () =>
      descent.progress.subscribe((progress) => {
        if (progress === null) return;
        mine.value = knobsOf(progress.theta);
        history.value = [...history.value, progress.miss];
      }),
    [],
  );
  const knobs = mine.value;
  const miss = missOf(knobs, target);
  return (
    <>
      <div class="lesson-text">
        <p>
          A <dfn>function</dfn> is a machine: a number u goes in, a number f(u) comes out. A{" "}
          <dfn>neural network</dfn> is a function with knobs. This one has ten:
        </p>
        <Formula html={formulas.network} block />
        <p>
          tanh (say “tansh”) is a soft step: −1 far to the left, +1 far to the right, a smooth slope
          between. So the network adds three soft steps to a level. For each step one knob says how
          steep it is (s), one where it is (b), one how high it is (a). Turn the knobs and the curve
          bends. That is all a network is. Big ones have more knobs.
        </p>
        <p>
          <dfn>Training</dfn> means turning the knobs until the curve does what we want. Here it
          should go through the dots: a smile. The <em>miss</em> below is the typical distance
          between curve and dots.
        </p>
      </div>
      <div class="demo">
        <Panel title="Ten knobs, one curve">
          <Curve knobs={knobs} />
          <Stats>
            <Stat label="Miss" note="0 would be perfect">
              {decimals(miss, 3)}
            </Stat>
            <Stat label="Steps of gradient descent">{history.value.length}</Stat>
          </Stats>
          <div class="demo-buttons">
            <Button kind="primary" disabled={isDescending.value} onClick={descend}>
              Let gradient descent turn the knobs
            </Button>
            <Button disabled={!isDescending.value} onClick={() => descent.cancel()}>
              Stop
            </Button>
            <Button
              onClick={() => {
                descent.reset();
                history.value = [];
                mine.value = start;
              }}
            >
              Knobs back to the start
            </Button>
          </div>
          <JobNotice job={descent} />
          <KnobSliders knobs={knobs} />
        </Panel>
      </div>
      <div class="lesson-text">
        <div class="try">
          <p>
            <strong>Try it.</strong> Turn knobs yourself for a minute and get the miss as low as you
            can. Then let <dfn>gradient descent</dfn> take over from where you are.
          </p>
        </div>
        <p>
          How does it know which way to turn? For each knob it asks: if I turn this one a little,
          does the miss go up or down, and how fast? The answer is a <dfn>slope</dfn>, and the list
          of all slopes is the <dfn>gradient</dfn>. Then it turns every knob a little way downhill,
          and asks again:
        </p>
        <Formula html={formulas.step} block />
        <p>
          Calculus gives all slopes at once for about the price of one more evaluation, whether
          there are ten knobs or ten thousand. That is why it works for big networks. (The version
          here is called Adam: it also remembers the slopes of the steps before.)
        </p>
      </div>
    </>
  );
}

function Curve({ knobs }: { readonly knobs: KnobValues }) {
  const u = Float64Array.from(curvePoints);
  const every = (_: number, i: number) => i % 5 === 0;
  return (
    <div class="demo-charts">
      <Chart
        showTitle
        title="The network and the dots"
        summary={`The network misses the dots by ${missOf(knobs, target).toFixed(3)} on average.`}
        x={{ label: "u (standard deviations from today’s price)", domain: [-2.1, 2.1] }}
        y={{ label: "volatility above average, in 10 points", domain: [-1, 2] }}
        layers={[
          {
            kind: "dots",
            id: "dots",
            label: "What we want",
            colour: "var(--c2)",
            radius: 4,
            x: u.filter(every),
            y: u.filter(every).map(target),
          },
          {
            kind: "line",
            id: "network",
            label: "Network",
            colour: "var(--c1)",
            width: 2.6,
            x: u,
            y: u.map((place) => networkAt(knobs, place)),
          },
        ]}
        height={280}
      />
      <Chart
        showTitle
        title="Miss after each step"
        summary={`${history.value.length} steps so far.`}
        x={{ label: "step", domain: [0, 250] }}
        y={{ label: "miss", scale: "log", domain: [0.005, 2] }}
        layers={[
          {
            kind: "line",
            id: "miss",
            label: "Miss",
            colour: "var(--c3)",
            x: history.value.map((_, i) => i),
            y: history.value,
          },
        ]}
        height={280}
      />
    </div>
  );
}

const round = (value: number): string => decimals(value, 2);

function KnobSliders({ knobs }: { readonly knobs: KnobValues }) {
  const turn = (part: "slopes" | "places" | "heights", unit: number) => (value: number) => {
    if (isDescending.value) descent.reset();
    const next = [...knobs[part]];
    next[unit] = value;
    mine.value = { ...knobs, [part]: next };
  };
  return (
    <div class="knob-grid">
      {[0, 1, 2].map((unit) => (
        <fieldset key={unit}>
          <legend>Soft step {unit + 1}</legend>
          <Slider
            label={`Steepness s${unit + 1}`}
            value={knobs.slopes[unit]}
            min={-4}
            max={4}
            step={0.05}
            format={round}
            onInput={turn("slopes", unit)}
          />
          <Slider
            label={`Place b${unit + 1}`}
            value={knobs.places[unit]}
            min={-4}
            max={4}
            step={0.05}
            format={round}
            onInput={turn("places", unit)}
          />
          <Slider
            label={`Height a${unit + 1}`}
            value={knobs.heights[unit]}
            min={-3}
            max={3}
            step={0.05}
            format={round}
            onInput={turn("heights", unit)}
          />
        </fieldset>
      ))}
      <fieldset>
        <legend>All together</legend>
        <Slider
          label="Level c"
          value={knobs.level}
          min={-2}
          max={3}
          step={0.05}
          format={round}
          onInput={(value) => {
            if (isDescending.value) descent.reset();
            mine.value = { ...knobs, level: value };
          }}
        />
      </fieldset>
    </div>
  );
}
