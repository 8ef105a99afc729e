/** Step 4: volatility that moves, and the smile it makes. */
import { blackPrice } from "volterra/formulas";
import { type HestonParams, hestonPrice, hestonVol } from "volterra/pricing";
import { Chart } from "../../../charts/Chart.tsx";
import { Button, Slider } from "../../../ui/controls.tsx";
import { Formula } from "../../../ui/Formula.tsx";
import { decimals, percent } from "../../../ui/numberText.ts";
import { Panel } from "../../../ui/Panel.tsx";
import { Stat, Stats } from "../../../ui/Stat.tsx";
import formulas from "../formulas.tex";
import { lesson } from "../state.ts";
import { lessonHeston } from "../work/market.ts";
import { spaced } from "./bell.ts";

const years = 30 / 365;
const strikes = spaced(60, 150, 61);
/** A fall of 30 % in a month. */
const crash = 70;

export function Smile() {
  const nu = lesson.nu.value;
  const rho = lesson.rho.value;
  const params: HestonParams = { ...lessonHeston, nu, rho };
  const level = Math.sqrt(lessonHeston.v0);
  const volAt = (strike: number) =>
    nu < 0.01 ? level : hestonVol(params, Math.log(strike / 100), years);
  const smile = strikes.map(volAt);
  const put = (strike: number): number => {
    const option = { type: "put", forward: 100, strike, yearsToExpiry: years } as const;
    return nu < 0.01 ? blackPrice("put", { ...option, vol: level }) : hestonPrice(params, option);
  };
  const flatPut = (strike: number) =>
    blackPrice("put", { forward: 100, strike, yearsToExpiry: years, vol: level });
  // the chance of ending below K is the slope of the put's price in K
  const chance = (price: (k: number) => number) =>
    (price(crash + 0.05) - price(crash - 0.05)) / 0.1;
  return (
    <>
      <div class="lesson-text">
        <p>
          If a price moved with one fixed volatility, every option on it would have the same implied
          volatility, whatever the strike: draw it over the strikes and it is a flat line. In real
          markets it is a curve, higher at both ends. It is called the <dfn>smile</dfn>. Why?
        </p>
        <p>
          <strong>Because volatility itself moves.</strong> Some weeks are calm, others wild. Mix
          calm and wild weeks, and very large moves become more frequent than the bell curve says.
          Options with strikes far from today’s price pay only after very large moves. So they are
          worth more, and their implied volatility is higher.
        </p>
        <p>
          <strong>And because it moves together with the price.</strong> When prices fall, people
          panic and volatility rises. Then falls are larger than rises, the left side of the curve
          is higher than the right one, and the smile is tilted. The tilt is called <dfn>skew</dfn>.
        </p>
        <p>
          The best-known equation of this kind is Heston’s. v is the square of the volatility, and
          it has an equation of its own:
        </p>
        <Formula html={formulas.heston} block />
        <p>
          ν (say “nu”) says how strongly the volatility moves; people call it the{" "}
          <dfn>vol-of-vol</dfn>. The second coin toss dZ may go along with the first one or against
          it: their <dfn>correlation</dfn> ρ (say “rho”) is between −1 and 1.
        </p>
      </div>
      <div class="demo">
        <Panel
          title="The smile of options that expire in 30 days"
          note="Computed from Heston’s equation by the library, with an average volatility of 60 %."
        >
          <div class="fields row">
            <Slider
              label="Vol-of-vol ν"
              value={nu}
              min={0}
              max={3}
              step={0.1}
              format={(value) => decimals(value, 1)}
              onInput={(value) => {
                lesson.nu.value = value;
              }}
            />
            <Slider
              label="Correlation ρ of price and volatility"
              value={rho}
              min={-0.9}
              max={0.9}
              step={0.05}
              format={(value) => decimals(value, 2)}
              onInput={(value) => {
                lesson.rho.value = value;
              }}
            />
          </div>
          <div class="demo-buttons">
            <Button
              onClick={() => {
                lesson.nu.value = lessonHeston.nu;
                lesson.rho.value = lessonHeston.rho;
              }}
            >
              Like a crypto market
            </Button>
          </div>
          <Chart
            showTitle
            title="Implied volatility over strikes"
            summary={`At strike 70: ${percent(volAt(70))}; at 100: ${percent(volAt(100))}; at 140: ${percent(volAt(140))}.`}
            x={{ label: "strike" }}
            y={{ label: "implied volatility", format: (v) => percent(v, 0), include: [0.45, 0.8] }}
            layers={[
              {
                kind: "line",
                id: "flat",
                label: "Volatility that stands still",
                colour: "var(--m-black-scholes)",
                dash: "6 4",
                x: strikes,
                y: strikes.map(() => level),
              },
              {
                kind: "line",
                id: "smile",
                label: "Volatility that moves",
                colour: "var(--c1)",
                width: 2.6,
                x: strikes,
                y: smile,
              },
            ]}
            height={300}
          />
          <Stats>
            <Stat label="Chance of falling 30 % or more in a month" note="volatility moves">
              {percent(Math.max(0, chance(put)), 2)}
            </Stat>
            <Stat label="The same" note="volatility stands still">
              {percent(chance(flatPut), 2)}
            </Stat>
          </Stats>
        </Panel>
      </div>
      <div class="lesson-text">
        <div class="try">
          <p>
            <strong>Try it.</strong> Raise ν and leave ρ at 0: both ends go up. Then move ρ to −0.5:
            the smile tilts. Watch the chance of a crash.
          </p>
        </div>
        <p>
          So the smile is a trace that the hidden equation leaves in prices. A smile for every
          expiry, side by side, is the <dfn>volatility surface</dfn>. A neural SDE reads the traces
          backwards: from the surface to the equation. For that we need a network.
        </p>
      </div>
    </>
  );
}
