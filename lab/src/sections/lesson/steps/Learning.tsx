/** Step 6: a tiny neural SDE, trained in front of the reader. */
import { SectionLink } from "../../../app/SectionLink.tsx";
import { Chart } from "../../../charts/Chart.tsx";
import type { Layer } from "../../../charts/layers.ts";
import { Button } from "../../../ui/controls.tsx";
import { Formula } from "../../../ui/Formula.tsx";
import { JobNotice } from "../../../ui/JobNotice.tsx";
import { decimals, percent } from "../../../ui/numberText.ts";
import { Panel } from "../../../ui/Panel.tsx";
import { Stat, Stats } from "../../../ui/Stat.tsx";
import formulas from "../formulas.tex";
import { lesson, nextSeed } from "../state.ts";
import { iterations, latest, misses, startTraining, training } from "../training.ts";
import { halfSpread, lessonDays, lessonQuotes } from "../work/market.ts";
import { learnedVol } from "../work/tinySde.ts";
import { spaced } from "./bell.ts";

export function Learning() {
  const isRunning = training.status.value === "running";
  return (
    <>
      <div class="lesson-text">
        <p>
          Now put the two together. Take the equation of step 2, leave out the drift, and let the
          volatility be a network that sees the price S and the date t:
        </p>
        <Formula html={formulas.neural} block />
        <p>
          θ (say “theta”) stands for all its knobs; this one has 105. An SDE with a network inside
          is a <dfn>neural SDE</dfn>. What should its knobs be? The market gives us{" "}
          {lessonQuotes.length} <dfn>quotes</dfn>: prices of options with nine strikes and two
          expiries. A quote is a pair, the <dfn>bid</dfn> at which you can sell and the{" "}
          <dfn>ask</dfn> at which you can buy; between them is the <dfn>spread</dfn>. The knobs are
          right when the equation’s own option prices lie inside the spreads. So:
        </p>
        <ol>
          <li>Simulate 1,024 futures with the knobs as they are.</li>
          <li>Average what each option pays: that is the model’s price of it.</li>
          <li>Compare with the quotes, and take the mean of the squared differences:</li>
        </ol>
        <Formula html={formulas.loss} block />
        <ol start={4}>
          <li>
            Ask for the slope of the miss in each of the 105 knobs. It goes through all tosses of
            all futures, backwards.
          </li>
          <li>Turn all knobs a little downhill. Again.</li>
        </ol>
        <p>
          (<dfn>Vega</dfn> says how much a price moves when its volatility moves by one. Dividing by
          it turns a difference of prices into one of implied volatilities.)
        </p>
      </div>
      <div class="demo">
        <Panel
          title="A tiny neural SDE learns from 18 quotes"
          note="The quotes were made with Heston’s equation, so the truth is known. The network is not told that equation; it sees the quotes only."
        >
          <div class="demo-buttons">
            <Button
              kind="primary"
              disabled={isRunning}
              onClick={() => startTraining(lesson.seed.value)}
            >
              {misses.value.length === 0 ? "Start learning" : "Learn again"}
            </Button>
            <Button disabled={!isRunning} onClick={() => training.cancel()}>
              Stop
            </Button>
            <Button
              disabled={isRunning}
              onClick={() => {
                nextSeed();
                startTraining(lesson.seed.value);
              }}
            >
              From other random knobs
            </Button>
          </div>
          <JobNotice job={training} />
          <Progress />
        </Panel>
      </div>
      <div class="lesson-text">
        <div class="try">
          <p>
            <strong>Look twice.</strong> Nobody told the network what a smile is. It learned how
            strongly the price shakes at each level (the picture “What the network says”), and the
            smile <em>came out</em>. It found that the price shakes more after it has fallen.
          </p>
        </div>
        <p>
          The neural SDE of this project is the same idea with more in it: two hidden volatility
          factors that move by themselves, correlation, sudden jumps, and a network that corrects a
          classical equation instead of replacing it. It has about 400 knobs and learns from a few
          hundred quotes at once. <SectionLink href="#/learn">Watch it learn</SectionLink>, or{" "}
          <SectionLink href="#/inside">look inside it</SectionLink>.
        </p>
      </div>
    </>
  );
}

function Progress() {
  const now = latest.value;
  const vols = now?.vols;
  const inside =
    vols === undefined
      ? 0
      : lessonQuotes.filter(({ vol }, i) => Math.abs(vols[i] - vol) <= halfSpread).length;
  return (
    <>
      <div class="demo-charts">
        {lessonDays.map((days) => (
          <Smiles key={days} days={days} vols={vols ?? null} />
        ))}
        <LearnedVolatility theta={now?.theta ?? null} />
        <Chart
          showTitle
          title="Miss after each step"
          summary={
            now === null ? "Nothing learned yet." : `${now.missVolPoints.toFixed(2)} points now.`
          }
          x={{ label: "step", domain: [0, iterations] }}
          y={{ label: "miss, volatility points", scale: "log", domain: [0.2, 20] }}
          layers={[
            {
              kind: "line",
              id: "miss",
              label: "Miss",
              colour: "var(--c3)",
              x: misses.value.map((_, i) => i + 1),
              y: misses.value,
            },
          ]}
          height={250}
        />
      </div>
      <Stats>
        <Stat label="Step">
          {now?.iteration ?? 0} of {iterations}
        </Stat>
        <Stat
          label="Miss"
          note={
            training.result.value === null
              ? "volatility points; half a spread is 0.6"
              : "volatility points, on 16,384 futures not used before"
          }
        >
          {now === null ? "–" : now.missVolPoints.toFixed(2)}
        </Stat>
        <Stat label="Quotes met inside their spread">
          {inside} of {lessonQuotes.length}
        </Stat>
      </Stats>
    </>
  );
}

function Smiles({ days, vols }: { readonly days: number; readonly vols: Float64Array | null }) {
  const own = lessonQuotes
    .map((quote, i) => ({ ...quote, model: vols === null ? Number.NaN : vols[i] }))
    .filter((quote) => Math.round(365 * quote.years) === days);
  const x = own.map(({ strike }) => strike);
  const layers: Layer[] = [
    {
      kind: "intervals",
      id: "quotes",
      label: "Quotes: bid to ask",
      colour: "var(--quote)",
      x,
      low: own.map(({ vol }) => vol - halfSpread),
      high: own.map(({ vol }) => vol + halfSpread),
    },
  ];
  if (vols !== null) {
    layers.push({
      kind: "line",
      id: "model",
      label: "Tiny neural SDE",
      colour: "var(--m-neural-sde)",
      width: 2.4,
      x,
      y: own.map(({ model }) => model),
    });
  }
  return (
    <Chart
      showTitle
      title={`Options that expire in ${days} days`}
      summary={`Nine quotes with strikes from ${x[0]} to ${x[x.length - 1]}${vols === null ? "" : " and the model’s volatility at each"}.`}
      x={{ label: `strike (expiry in ${days} days)` }}
      y={{ label: "implied volatility", format: (v) => percent(v, 0), domain: [0.4, 0.85] }}
      layers={layers}
      height={250}
    />
  );
}

function LearnedVolatility({ theta }: { readonly theta: Float64Array | null }) {
  const prices = spaced(50, 180, 66);
  const layers: Layer[] =
    theta === null
      ? []
      : [10, 45].map((days, i) => ({
          kind: "line",
          id: `${days}`,
          label: `${days} days from now`,
          colour: i === 0 ? "var(--c1)" : "var(--c4)",
          dash: i === 0 ? undefined : "7 3",
          width: 2.2,
          x: prices,
          y: prices.map((price) => learnedVol(theta, price, days / 365)),
        }));
  return (
    <Chart
      showTitle
      title="What the network says"
      summary={
        theta === null
          ? "Nothing learned yet."
          : "The learned volatility over the price, at two dates."
      }
      x={{ label: "price of the underlying", domain: [50, 180] }}
      y={{ label: "learned σ(S, t), %", format: (v) => decimals(100 * v, 0), domain: [0.2, 1.4] }}
      layers={layers}
      height={250}
    />
  );
}
