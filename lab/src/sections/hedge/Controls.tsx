/** What is hedged, in which market, with what, at which cost, and how much risk is disliked. */
import { useSignal } from "@preact/signals";
import { SectionLink } from "../../app/SectionLink.tsx";
import { neuralFit } from "../../market/neuralState.ts";
import { Button, Choice, NumberField, Select, Slider, Toggle } from "../../ui/controls.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { decimals, percent } from "../../ui/numberText.ts";
import { Panel } from "../../ui/Panel.tsx";
import {
  closeFile,
  file,
  fileError,
  openFile,
  stop,
  task,
  train,
  trained,
  training,
} from "./hedgeState.ts";
import { PositionEditor } from "./PositionEditor.tsx";
import { canTradeOption } from "./config.ts";
import { aversions, costs, levels, settings } from "./settings.ts";

/** On a phone the settings are folded away: pictures first. */
const isWide = matchMedia("(min-width: 981px)").matches;

export function Controls() {
  return (
    <div class="stack">
      <Panel title="Training">
        <TrainButtons />
      </Panel>
      {file.value === null ? (
        <details class="fold" open={isWide}>
          <summary>Settings: position, market, costs, risk</summary>
          <Panel title="What you hold">
            <PositionEditor />
          </Panel>
          <Panel title="The market">
            <MarketFields />
          </Panel>
          <Panel title="Trading and its cost">
            <TradingFields />
          </Panel>
          <Panel title="Risk">
            <RiskFields />
          </Panel>
          <Panel title="The rule that learns">
            <PolicyFields />
          </Panel>
        </details>
      ) : (
        <FilePanel />
      )}
    </div>
  );
}

function TrainButtons() {
  const isRunning = training.status.value === "running";
  const cannot = task.value === null;
  return (
    <div class="fields">
      <div class="buttons">
        {isRunning ? (
          <Button kind="primary" onClick={stop}>
            Stop, keep the best
          </Button>
        ) : (
          <Button kind="primary" disabled={cannot} onClick={train}>
            {trained.value === null ? "Train" : "Train again"}
          </Button>
        )}
        {file.value === null ? <FileButton /> : null}
      </div>
      <p class="soft small">
        A small network tries its rule on {(1024).toLocaleString("en-GB")} new futures at each step,
        and changes it so that the losses become more bearable. Usually a few seconds.
      </p>
      {fileError.value === null ? null : (
        <Notice kind="bad" title="This file could not be read. The page is as it was.">
          {fileError.value}
        </Notice>
      )}
    </div>
  );
}

function FileButton() {
  return (
    <label class="button file-button">
      <span>Open a policy file</span>
      <input
        type="file"
        class="unseen"
        accept=".json,.yaml,.yml"
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (chosen !== undefined) void openFile(chosen);
        }}
      />
    </label>
  );
}

function FilePanel() {
  const { name, config, trained: given } = file.value ?? { name: "", config: null, trained: null };
  return (
    <Panel title="From a file">
      <div class="fields">
        <p class="file-name">
          <strong>{name}</strong>
          {given === null
            ? ", a configuration. Press Train."
            : `, a policy trained for ${given.iterations} iterations.`}
        </p>
        <details class="warnings">
          <summary>Its settings</summary>
          <pre class="config" tabIndex={0}>
            {JSON.stringify(config, null, 1)}
          </pre>
        </details>
        <div class="buttons">
          <Button onClick={closeFile}>Back to my own settings</Button>
          <FileButton />
        </div>
      </div>
    </Panel>
  );
}

function MarketFields() {
  const { market, vol, volOfVol, skew } = settings;
  const notes = {
    constant: "Black and Scholes: the volatility never changes. The best hedge is known exactly.",
    moving: "Heston: the volatility moves by itself, and with the price.",
    learned:
      neuralFit.value === null
        ? "The neural SDE that you train in Watch it learn."
        : `The neural SDE of ${neuralFit.value.market.underlying}, fitted in ${neuralFit.value.from}.`,
  };
  return (
    <div class="fields">
      <Select
        label="How the price moves"
        value={market.value}
        options={[
          { value: "constant", label: "Constant volatility" },
          { value: "moving", label: "Moving volatility" },
          { value: "learned", label: "The equation you trained" },
        ]}
        note={notes[market.value]}
        onChange={(value) => (market.value = value)}
      />
      {market.value === "learned" ? null : (
        <Slider
          label="Volatility"
          min={0.1}
          max={1.5}
          step={0.05}
          value={vol.value}
          format={(value) => percent(value, 0)}
          onInput={(value) => (vol.value = Number(value.toFixed(2)))}
        />
      )}
      {market.value === "moving" ? (
        <>
          <Slider
            label="How much the volatility moves"
            min={0}
            max={3}
            step={0.25}
            value={volOfVol.value}
            format={(value) => decimals(value)}
            note="Vol-of-vol ν."
            onInput={(value) => (volOfVol.value = value)}
          />
          <Slider
            label="Correlation with the price"
            min={-0.9}
            max={0.9}
            step={0.1}
            value={skew.value}
            format={(value) => decimals(value, 1)}
            note="Below 0: when the price falls, the volatility rises."
            onInput={(value) => (skew.value = Number(value.toFixed(1)))}
          />
        </>
      ) : null}
    </div>
  );
}

/** Place of the value in a list, or of the one nearest to it. */
const placeOf = (list: readonly number[], value: number): number =>
  list.reduce(
    (best, own, i) => (Math.abs(own - value) < Math.abs(list[best] - value) ? i : best),
    0,
  );

function TradingFields() {
  const { instrument, funding, cost, every, option, optionStrike, optionCost } = settings;
  const canOption = canTradeOption({ market: settings.market.value });
  return (
    <div class="fields">
      <Choice
        label="Hedge with"
        value={instrument.value}
        options={[
          { value: "perpetual", label: "Perpetual" },
          { value: "spot", label: "Spot" },
        ]}
        note={
          instrument.value === "perpetual"
            ? "What is left at the end is closed, at the cost of a trade."
            : "What is left at the end is delivered, or kept."
        }
        onChange={(value) => (instrument.value = value)}
      />
      <Slider
        label="Cost of a trade"
        value={placeOf(costs, cost.value)}
        min={0}
        max={costs.length - 1}
        step={1}
        format={(i) => percent(costs[i], 2)}
        note="Share of the value traded: fee and half of the spread."
        onInput={(i) => (cost.value = costs[i])}
      />
      {instrument.value === "perpetual" ? (
        <Slider
          label="Funding, a year"
          min={-0.5}
          max={0.5}
          step={0.05}
          value={funding.value}
          format={(value) => percent(value, 0)}
          note="What a long perpetual pays to a short one."
          onInput={(value) => (funding.value = Number(value.toFixed(2)))}
        />
      ) : null}
      <Select
        label="Trade"
        value={String(every.value)}
        options={[
          { value: "24", label: "once a day" },
          { value: "12", label: "twice a day" },
          { value: "8", label: "three times a day" },
        ]}
        onChange={(value) => (every.value = Number(value))}
      />
      <Toggle
        label="An option as well"
        note={
          canOption
            ? "A call with twice the time left, to hedge the curvature that the underlying cannot."
            : "Only with constant volatility: elsewhere this page has no price for it along the way."
        }
        checked={option.value && canOption}
        disabled={!canOption}
        onChange={(value) => (option.value = value)}
      />
      {option.value && canOption ? (
        <>
          <Slider
            label="Its strike"
            min={80}
            max={130}
            step={5}
            value={optionStrike.value}
            format={(value) => `${value} %`}
            onInput={(value) => (optionStrike.value = value)}
          />
          <Slider
            label="Its cost, share of its price"
            min={0}
            max={0.1}
            step={0.005}
            value={optionCost.value}
            format={(value) => percent(value)}
            onInput={(value) => (optionCost.value = Number(value.toFixed(3)))}
          />
        </>
      ) : null}
    </div>
  );
}

function RiskFields() {
  const { risk, aversion, level } = settings;
  // what one would pay to be rid of a normal result with a spread of 1 % of the price
  const worth = (0.5 * aversion.value * 0.01 ** 2) / 0.01;
  return (
    <div class="fields">
      <Choice
        label="Losses are weighed by"
        value={risk.value}
        options={[
          { value: "entropic", label: "Aversion" },
          { value: "cvar", label: "Worst cases" },
        ]}
        note={
          risk.value === "entropic"
            ? "Entropic risk: a loss twice as large counts more than twice."
            : "Conditional value at risk: the mean of the worst losses, nothing else."
        }
        onChange={(value) => (risk.value = value)}
      />
      {risk.value === "entropic" ? (
        <Slider
          label="Aversion to risk"
          value={placeOf(aversions, aversion.value)}
          min={0}
          max={aversions.length - 1}
          step={1}
          format={(i) => String(aversions[i])}
          note={`You would pay ${decimals(worth)} to be rid of a result that is off by ±1 (both in % of the price).`}
          onInput={(i) => (aversion.value = aversions[i])}
        />
      ) : (
        <Slider
          label="Mean of the worst"
          value={placeOf(levels, level.value)}
          min={0}
          max={levels.length - 1}
          step={1}
          format={(i) => percent(1 - levels[i], 0)}
          note="Of all losses."
          onInput={(i) => (level.value = levels[i])}
        />
      )}
    </div>
  );
}

function PolicyFields() {
  const { policy, iterations, seed } = settings;
  const refused = useSignal<string | null>(null);
  return (
    <div class="fields">
      <Choice
        label="It learns"
        value={policy.value}
        options={[
          { value: "band", label: "a band" },
          { value: "network", label: "anything" },
        ]}
        note={
          policy.value === "band"
            ? "Where to leave the position alone; outside, it trades to the nearer edge."
            : "A network that says how much to hold, and sees what it holds. It has to find out by itself that not trading is free."
        }
        onChange={(value) => (policy.value = value)}
      />
      <Slider
        label="Steps of training"
        min={100}
        max={1000}
        step={100}
        value={iterations.value}
        onInput={(value) => (iterations.value = value)}
      />
      <NumberField
        label="Seed"
        min={1}
        max={9999}
        step={1}
        value={seed.value}
        error={refused.value}
        note="Same seed, same rule, bit for bit."
        onInput={(value) => {
          const isFine = Number.isInteger(value) && value >= 1 && value <= 9999;
          refused.value = isFine ? null : "Expected a whole number from 1 to 9999.";
          if (isFine) seed.value = value;
        }}
      />
      <p class="soft small">
        New to this? <SectionLink href="#/lesson?step=9">The lesson</SectionLink> says what a hedge
        is.
      </p>
    </div>
  );
}
