/** Step 3: options, their price as an average, and implied volatility. */
import { SectionLink } from "../../../app/SectionLink.tsx";
import { useEffect } from "preact/hooks";
import { blackPrice, impliedVol } from "volterra/formulas";
import { Chart } from "../../../charts/Chart.tsx";
import { Button, Slider } from "../../../ui/controls.tsx";
import { Formula } from "../../../ui/Formula.tsx";
import { JobNotice } from "../../../ui/JobNotice.tsx";
import { percent } from "../../../ui/numberText.ts";
import { Panel } from "../../../ui/Panel.tsx";
import { Stat, Stats } from "../../../ui/Stat.tsx";
import { jobSignal } from "../../../work/jobSignal.ts";
import formulas from "../formulas.tex";
import { lesson } from "../state.ts";
import { histogram, spaced } from "./bell.ts";

const job = jobSignal("lessonWalks", "lesson");
const strike = 105;
const years = 0.25;
/** What the market of the exercise asks. */
const asked = 9.2;
const terms = { forward: 100, strike, yearsToExpiry: years } as const;

export function Option() {
  const vol = lesson.guess.value;
  useEffect(() => {
    job.start({ kind: "price", steps: 13, years, drift: 0, vol, seed: 5, shown: 1 });
  }, [vol]);
  const price = blackPrice("call", { ...terms, vol });
  const isFound = Math.abs(price - asked) < 0.05;
  return (
    <>
      <div class="lesson-text">
        <p>
          A <dfn>call option</dfn> is the right, but not the duty, to buy something at a fixed price
          on a fixed day. The fixed price is the <dfn>strike</dfn> K, the day is the{" "}
          <dfn>expiry</dfn>. Say the strike is {strike}. If the price S is 130 on that day, you buy
          for {strike} what is worth 130: the call pays 25. If S is 90, you do not use your right:
          the call pays nothing.
        </p>
        <Formula html={formulas.call} block />
        <p>
          A <dfn>put option</dfn> is the right to sell: it pays when the price falls below the
          strike. An option is an insurance, and like an insurance it has a price today, the{" "}
          <em>premium</em>. What should it be? The average of what it pays, over all the futures of
          the last step:
        </p>
        <Formula html={formulas.fair} block />
        <p>
          One thing is strange and true: the drift must be left out of those futures. Whoever sells
          the call can hold some of the coin besides. If the price leans upwards, the coin gains
          what the call will cost, and the lean cancels (step 9 shows how). So prices are averages
          over futures that shake but do not lean.
        </p>
      </div>
      <div class="demo">
        <Panel title={`A call with strike ${strike}, three months to go, price 100 today`}>
          <div class="fields">
            <Slider
              label="Volatility σ that you believe in"
              value={vol}
              min={0.1}
              max={1.2}
              step={0.005}
              format={(value) => percent(value)}
              onInput={(value) => {
                lesson.guess.value = value;
              }}
            />
          </div>
          <JobNotice job={job} />
          <Average price={price} />
        </Panel>
      </div>
      <div class="lesson-text">
        <p>
          The exact average has a formula, which Black and Scholes made famous. It needs strike,
          time and volatility. Strike and time are printed on the option. Volatility is not: nobody
          can look it up.
        </p>
        <p>
          So the market turns the question around. It trades the option at some price, and we ask:
          which volatility makes the average equal to this price? That number is the{" "}
          <dfn>implied volatility</dfn>. It is the price, said in a unit in which cheap and dear can
          be compared across strikes and dates.
        </p>
        <div class="try">
          <p>
            <strong>Try it.</strong> The market asks <b>{asked.toFixed(2)}</b> for this call. Move
            the slider until the formula says the same.{" "}
            {isFound ? (
              <span class="pass">Found: the implied volatility is {percent(vol)}.</span>
            ) : (
              <span>
                You are at {price.toFixed(2)}: too {price < asked ? "little" : "much"} volatility.
              </span>
            )}
          </p>
          <p>
            <Button
              onClick={() => {
                const answer = impliedVol({ ...terms, type: "call", price: asked });
                if (answer.ok) lesson.guess.value = answer.vol;
              }}
            >
              Let the library find it
            </Button>
          </p>
        </div>
        <p>
          The <SectionLink href="#/explorer">equation explorer</SectionLink> converts prices,
          volatilities and their cousins both ways.
        </p>
      </div>
    </>
  );
}

function Average({ price }: { readonly price: number }) {
  const walks = job.result.value;
  if (walks === null) return null;
  const pays = walks.ends.map((s) => Math.max(0, s - strike));
  const n = pays.length;
  const mean = pays.reduce((sum, p) => sum + p, 0) / n;
  const spread = Math.sqrt(pays.reduce((sum, p) => sum + (p - mean) ** 2, 0) / n);
  const error = spread / Math.sqrt(n);
  const piles = histogram(walks.ends, 20, 260, 48);
  const x = spaced(20, 260, 49);
  return (
    <>
      <div class="demo-charts">
        <Chart
          showTitle
          title="Where the price ends"
          summary="Histogram of 4,096 simulated prices at the expiry, with the strike."
          x={{ label: "price at the expiry", domain: [20, 260] }}
          y={{ label: "share of futures", format: (v) => percent(5 * v, 1) }}
          layers={[
            {
              kind: "bars",
              id: "ends",
              label: "4,096 futures",
              colour: "var(--c1)",
              opacity: 0.5,
              ...piles,
            },
            {
              kind: "rule",
              id: "strike",
              label: "Strike",
              colour: "var(--c6)",
              along: "y",
              at: strike,
              dash: "5 4",
            },
          ]}
          height={250}
        />
        <Chart
          showTitle
          title="What the call pays"
          summary={`Nothing up to ${strike}, then one for one.`}
          x={{ label: "price at the expiry", domain: [20, 260] }}
          y={{ label: "payment" }}
          layers={[
            {
              kind: "line",
              id: "pays",
              label: "Call",
              colour: "var(--c3)",
              width: 2.6,
              x,
              y: x.map((s) => Math.max(0, s - strike)),
            },
          ]}
          height={250}
        />
      </div>
      <Stats>
        <Stat label="Average payment of 4,096 futures" note={`± ${error.toFixed(2)} (chance)`}>
          {mean.toFixed(2)}
        </Stat>
        <Stat label="Formula of Black and Scholes" note="infinitely many futures">
          {price.toFixed(2)}
        </Stat>
        <Stat label="Futures that pay anything">
          {percent(pays.filter((p) => p > 0).length / n, 0)}
        </Stat>
      </Stats>
    </>
  );
}
