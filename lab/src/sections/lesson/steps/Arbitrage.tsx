/** Step 8: drag a quote until the auditor complains. */
import { SectionLink } from "../../../app/SectionLink.tsx";
import { signal } from "@preact/signals";
import { Chart } from "../../../charts/Chart.tsx";
import type { Layer } from "../../../charts/layers.ts";
import { Button } from "../../../ui/controls.tsx";
import { Formula } from "../../../ui/Formula.tsx";
import { JobNotice } from "../../../ui/JobNotice.tsx";
import { Notice } from "../../../ui/Notice.tsx";
import { Panel } from "../../../ui/Panel.tsx";
import { jobSignal } from "../../../work/jobSignal.ts";
import formulas from "../formulas.tex";
import { lessonDays } from "../work/market.ts";
import { complaintsOf, honestQuotes, type MovableQuote } from "../work/quotes.ts";
import { DragDots } from "./DragDots.tsx";

const quotes = signal<readonly MovableQuote[]>(honestQuotes);
const repair = jobSignal("lessonRepair", "lesson");
const looks = [
  { colour: "var(--c1)", dash: undefined },
  { colour: "var(--c2)", dash: "7 3" },
] as const;

function setPrice(index: number, price: number): void {
  quotes.value = quotes.value.map((quote, i) => (i === index ? { ...quote, price } : quote));
}

repair.result.subscribe((prices) => {
  if (prices !== null) {
    quotes.value = quotes.peek().map((quote, i) => ({ ...quote, price: prices[i] }));
  }
});

export function Arbitrage() {
  const complaints = complaintsOf(quotes.value);
  return (
    <>
      <div class="lesson-text">
        <p>
          An <dfn>arbitrage</dfn> is a set of trades that can win and cannot lose: free money.
          Nobody leaves free money lying about for long, so prices that allow it do not last. And a
          model whose prices allow it is simply wrong: it disagrees with itself.
        </p>
        <p>
          Two kinds matter for options. First, across strikes. A call with strike 100 may not cost
          more than the average of the calls with strikes 90 and 110, because half of each of those
          two always pays at least as much. In prices C:
        </p>
        <Formula html={formulas.butterfly} block />
        <p>
          Where that fails there is a <dfn>butterfly arbitrage</dfn>. It would mean a negative
          chance for the price to end near 100, and there are no negative chances.
        </p>
        <p>
          Second, across time. The longer option can never be worth less. If it is, there is a{" "}
          <dfn>calendar arbitrage</dfn>. The rule is easy to say with <dfn>total variance</dfn> w =
          σ²T, the volatility squared times the years. Compare options whose strike is the same
          share of the <dfn>forward price</dfn>, the price agreed today for delivery on their day.
          (The logarithm of that share is called <dfn>log-moneyness</dfn> k.) Among them w must not
          fall with time:
        </p>
        <Formula html={formulas.calendar} block />
      </div>
      <div class="demo">
        <Panel
          title="Ten calls, and an auditor who watches them"
          note="Drag a point up or down; or reach it with Tab and use the arrow keys. The price today is 100."
        >
          <Board complaints={complaints.flatMap((complaint) => complaint.quotes)} />
          <div class="demo-buttons">
            <Button
              kind="primary"
              disabled={complaints.length === 0 || repair.status.value === "running"}
              onClick={() => repair.start(quotes.value)}
            >
              Repair with the smallest change
            </Button>
            <Button
              onClick={() => {
                quotes.value = honestQuotes;
              }}
            >
              Honest prices again
            </Button>
          </div>
          <JobNotice job={repair} />
          <div role="status">
            {complaints.length === 0 ? (
              <Notice kind="good" title="The auditor is content">
                A surface without arbitrage goes through these ten prices.
              </Notice>
            ) : (
              <Notice
                kind="warn"
                title={`The auditor complains: ${complaints.length === 1 ? "one arbitrage" : `${complaints.length} arbitrages`}`}
              >
                <ul class="complaints">
                  {complaints.slice(0, 3).map(({ title, trades }) => (
                    <li key={trades}>
                      <strong>{title}.</strong> {trades}
                    </li>
                  ))}
                  {complaints.length > 3 ? <li>And {complaints.length - 3} more.</li> : null}
                </ul>
              </Notice>
            )}
          </div>
        </Panel>
      </div>
      <div class="lesson-text">
        <div class="try">
          <p>
            <strong>Try it.</strong> Lift the middle call of 30 days until the auditor complains,
            and read which trades would win. Then push a call of 90 days below its twin of 30 days.
          </p>
        </div>
        <p>How does a neural SDE keep arbitrage out? In three steps.</p>
        <ul>
          <li>
            <strong>By its make.</strong> All prices are averages over the same futures, and futures
            have no negative chances. So butterflies cannot be there. And the step of the equation
            is built so that the average future price is today’s forward price at every step,
            whatever the network says. Such a price is called a <dfn>martingale</dfn>; with it,
            longer options are never worth less.
          </li>
          <li>
            <strong>By projection.</strong> A few thousand futures are a sample, and samples are
            noisy. So the published surface is moved to the nearest one in which every later
            distribution is at least as spread out as the earlier one.
          </li>
          <li>
            <strong>By audit.</strong> An independent check looks at prices on a dense grid, never
            at how they were made, and writes a <dfn>certificate</dfn>: where it looked, and the
            worst value it saw. You can see it under{" "}
            <SectionLink href="#/compare">compare</SectionLink>.
          </li>
        </ul>
      </div>
    </>
  );
}

function Board({ complaints }: { readonly complaints: readonly number[] }) {
  const all = quotes.value;
  const layers = lessonDays.map((days, i): Layer => {
    const own = all.filter((quote) => quote.days === days);
    return {
      kind: "line",
      id: `${days}`,
      label: `Calls of ${days} days`,
      ...looks[i],
      width: 1.6,
      x: own.map(({ strike }) => strike),
      y: own.map(({ price }) => price),
    };
  });
  const marked = new Set(complaints);
  return (
    <Chart
      showTitle
      title="Prices of ten calls"
      summary="Prices of calls over the strike for two expiries. Each point is a slider."
      x={{ label: "strike", domain: [75, 125] }}
      y={{ label: "price of the call", domain: [0, 30] }}
      layers={layers}
      height={380}
      overlay={(axes) => (
        <DragDots
          axes={axes}
          low={0}
          high={30}
          step={0.1}
          format={(y) => y.toFixed(2)}
          onMove={setPrice}
          dots={all.map(({ days, strike, price }, i) => ({
            x: strike,
            y: price,
            name: `Call, strike ${strike}, ${days} days`,
            colour: looks[lessonDays.indexOf(days as (typeof lessonDays)[number])].colour,
            isMarked: marked.has(i),
            isSquare: days === lessonDays[1],
          }))}
        />
      )}
    />
  );
}
