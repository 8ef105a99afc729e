/** Step 2: an equation for a price. */
import { useEffect } from "preact/hooks";
import { Chart } from "../../../charts/Chart.tsx";
import type { Layer } from "../../../charts/layers.ts";
import { Button, Slider } from "../../../ui/controls.tsx";
import { Formula } from "../../../ui/Formula.tsx";
import { JobNotice } from "../../../ui/JobNotice.tsx";
import { percent } from "../../../ui/numberText.ts";
import { Panel } from "../../../ui/Panel.tsx";
import { Stat, Stats } from "../../../ui/Stat.tsx";
import { jobSignal } from "../../../work/jobSignal.ts";
import formulas from "../formulas.tex";
import { lesson, nextSeed } from "../state.ts";

const job = jobSignal("lessonWalks", "lesson");

export function Drift() {
  const drift = lesson.drift.value;
  const vol = lesson.vol.value;
  const seed = lesson.seed.value;
  useEffect(() => {
    job.start({ kind: "price", steps: 104, years: 1, drift, vol, seed, shown: 20 });
  }, [drift, vol, seed]);
  return (
    <>
      <div class="lesson-text">
        <p>
          The price of a coin, a share or a barrel of oil does two things at once. It leans: over
          time it tends to go up or down. And it shakes. In a very short time <em>dt</em>, the price
          S changes by a small amount <em>dS</em>, and as a share of the price that is
        </p>
        <Formula html={formulas.sde} block />
        <p>
          μ (say “mu”) is the <dfn>drift</dfn>, how strongly the price leans. σ (say “sigma”) is the{" "}
          <dfn>volatility</dfn>, how strongly it shakes; the whole second part is called the{" "}
          <dfn>diffusion</dfn>. The chance sits in <em>dW</em>, the tiny coin toss of the first
          step.
        </p>
        <p>
          This line is a <dfn>stochastic differential equation</dfn>, SDE for short. “Stochastic”
          means that chance has a part in it; “differential” means that it is about tiny changes. It
          is a rule for the next tiny step, no more. Follow the rule step by step and you get one
          possible future. Toss other coins, and you get another.
        </p>
      </div>
      <div class="demo">
        <Panel title="Twenty possible years of a price that is 100 today">
          <div class="fields row">
            <Slider
              label="Drift μ, a year"
              value={drift}
              min={-0.6}
              max={0.6}
              step={0.05}
              format={(value) => percent(value, 0)}
              onInput={(value) => {
                lesson.drift.value = value;
              }}
            />
            <Slider
              label="Volatility σ, a year"
              value={vol}
              min={0.05}
              max={1.2}
              step={0.05}
              format={(value) => percent(value, 0)}
              onInput={(value) => {
                lesson.vol.value = value;
              }}
            />
          </div>
          <div class="demo-buttons">
            <Button onClick={nextSeed}>Other futures</Button>
          </div>
          <JobNotice job={job} />
          <Futures drift={drift} vol={vol} />
        </Panel>
      </div>
      <div class="lesson-text">
        <p>
          Volatility is quoted for a year. Because distances grow like the square root of time, a
          volatility of 60 % makes typical moves of about 60 % × √(1/12) ≈ 17 % in a month, and of
          about 3 % in a day.
        </p>
        <div class="try">
          <p>
            <strong>Try it.</strong> Set the volatility to 5 %: the drift decides. Set it to 120 %:
            the drift hardly matters. Real prices are nearer to the second.
          </p>
        </div>
        <p>
          Here σ was one number. It may as well depend on the price, on the date, or on something
          hidden that moves by itself. Knowing how drift and diffusion depend on these things{" "}
          <em>is</em> knowing the equation. Hold on to that: it is what the network will learn.
        </p>
      </div>
    </>
  );
}

function Futures({ drift, vol }: { readonly drift: number; readonly vol: number }) {
  const walks = job.result.value;
  if (walks === null) return null;
  const { years, paths, ends } = walks;
  const edge = (sign: number) =>
    years.map((t) => 100 * Math.exp((drift - 0.5 * vol * vol) * t + sign * vol * Math.sqrt(t)));
  const [low, high] = [edge(-1), edge(1)];
  const last = years.length - 1;
  const inside = ends.filter((s) => s >= low[last] && s <= high[last]).length / ends.length;
  const layers: Layer[] = [
    {
      kind: "band",
      id: "band",
      label: "Two of three futures end in here (formula)",
      colour: "var(--c2)",
      x: years,
      low,
      high,
    },
    ...paths.map(
      (path, i): Layer => ({
        kind: "line",
        id: `path ${i}`,
        label: i === 0 ? "Simulated futures" : `Future ${i + 1}`,
        colour: "var(--c1)",
        width: 1.1,
        opacity: 0.6,
        unlisted: i > 0,
        x: years,
        y: path,
      }),
    ),
  ];
  return (
    <>
      <Chart
        showTitle
        title="Simulated futures of a price"
        summary={`Twenty paths of a price from 100 over one year. ${percent(inside, 0)} of 4,096 simulated futures end inside the band.`}
        x={{ label: "years" }}
        y={{ label: "price", include: [0, 200] }}
        layers={layers}
        height={320}
      />
      <Stats>
        <Stat label="Simulated futures that end in the band" note="of 4,096; in theory 68.3 %">
          {percent(inside)}
        </Stat>
        <Stat label="Typical move of a month" note="σ × √(1/12)">
          {percent(vol * Math.sqrt(1 / 12))}
        </Stat>
      </Stats>
    </>
  );
}
