/** Watch it learn: the fit of the neural SDE, iteration by iteration. */
import "../../market/market.css";
import "./learn.css";
import { Slices } from "../../app/slices.tsx";
import { threads } from "../../app/threads.ts";
import { MarketPanel } from "../../market/MarketPanel.tsx";
import { market, marketBusy } from "../../market/marketState.ts";
import { Button, NumberField, Slider, Toggle } from "../../ui/controls.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { decimals, duration, percent } from "../../ui/numberText.ts";
import { Panel } from "../../ui/Panel.tsx";
import { Stat, Stats } from "../../ui/Stat.tsx";
import { saveFile } from "../../ui/saveFile.ts";
import { encodeModelFile } from "../../work/modelFile.ts";
import { hrefOf } from "../../app/router.ts";
import { LossPanel, PathsPanel, SmilePanel, SurfacePanel } from "./pictures.tsx";
import {
  latest,
  output,
  pause,
  reset,
  resume,
  runError,
  settings,
  start,
  status,
  step,
} from "./learnState.ts";

export default function Learn() {
  return (
    <div class="stack">
      <Panel title="The market">
        <MarketPanel />
      </Panel>
      {runError.value === null ? null : (
        <Notice kind="bad" title="The training stopped">
          {runError.value}
        </Notice>
      )}
      <div class="with-side">
        <Slices>
          <Controls />
          <div class="stack">
            <Progress />
            {market.value === null ? (
              <p class="soft loading">{marketBusy.value ?? "No quotes yet."}</p>
            ) : (
              <Slices>
                <SmilePanel />
                <div class="columns">
                  <LossPanel />
                  <PathsPanel />
                </div>
                <SurfacePanel />
              </Slices>
            )}
          </div>
        </Slices>
      </div>
    </div>
  );
}

function Controls() {
  const { paths, width, jumps, damping, seed, slow } = settings;
  const isGoing = status.value === "running" || status.value === "paused";
  return (
    <Panel title="Training">
      <div class="fields">
        <div class="buttons">
          {status.value === "running" ? (
            <Button kind="primary" onClick={pause}>
              Pause
            </Button>
          ) : status.value === "paused" ? (
            <Button kind="primary" onClick={resume}>
              Go on
            </Button>
          ) : (
            <Button kind="primary" disabled={market.value === null} onClick={() => start(false)}>
              {status.value === "idle" ? "Start" : "Train again"}
            </Button>
          )}
          <Button disabled={market.value === null || status.value === "running"} onClick={step}>
            One step
          </Button>
          <Button disabled={status.value === "idle"} onClick={reset}>
            Reset
          </Button>
        </div>
        <Toggle
          label="Slow enough to watch"
          note="Waits between pictures. Off: as fast as this machine computes."
          checked={slow.value}
          onChange={(value) => (slow.value = value)}
        />
        <Slider
          label="Simulated paths"
          min={8}
          max={14}
          step={1}
          disabled={isGoing}
          value={Math.round(Math.log2(paths.value))}
          format={(log) => (2 ** log).toLocaleString("en-GB")}
          note="More paths: less noise in prices, more time."
          onInput={(log) => (paths.value = 2 ** log)}
        />
        <Slider
          label="Width of the network"
          min={2}
          max={32}
          step={1}
          disabled={isGoing}
          value={width.value}
          format={(value) => `${value} × 2 layers`}
          onInput={(value) => (width.value = value)}
        />
        <Slider
          label="Learning rate"
          min={-2}
          max={2}
          step={0.25}
          disabled={isGoing}
          value={-Math.log10(damping.value)}
          format={(log) => `damping ${Number((10 ** -log).toPrecision(2))}`}
          note="The fit is Levenberg-Marquardt: low damping takes bold steps, high damping careful ones."
          onInput={(log) => (damping.value = 10 ** -log)}
        />
        <Toggle
          label="Jumps"
          note="Lets the price jump, at a rate and size that are learned too."
          checked={jumps.value}
          disabled={isGoing}
          onChange={(value) => (jumps.value = value)}
        />
        <NumberField
          label="Seed"
          min={1}
          max={9999}
          step={1}
          disabled={isGoing}
          value={seed.value}
          note="Same seed, same run, bit for bit."
          onInput={(value) => {
            if (Number.isInteger(value) && value >= 1 && value <= 9999) seed.value = value;
          }}
        />
        <p class="soft small">
          Volatility has two hidden factors, a slow and a fast one; their number is part of the
          model. This page may use {threads === 1 ? "one thread" : `${threads} threads`}.
        </p>
      </div>
    </Panel>
  );
}

function Progress() {
  const frame = latest.value;
  const result = output.value;
  return (
    <div class="panel" aria-live="polite">
      <Stats>
        <Stat label="Iteration" note={statusNote()}>
          {frame === null ? "–" : `${frame.iteration} / ${frame.iterations}`}
        </Stat>
        <Stat label="Quotes inside bid and ask" note="on the paths it trains on">
          {frame?.insideShare == null ? "–" : percent(frame.insideShare, 0)}
        </Stat>
        <Stat label="Time of computing">{frame === null ? "–" : duration(frame.seconds)}</Stat>
        <Stat label="On fresh paths" note="inside, and error in vol points">
          {result === null
            ? status.value === "running" && frame !== null
              ? "after training"
              : "–"
            : `${percent(result.insideShare, 0)}, ${decimals(result.rmseVolPoints)}`}
        </Stat>
      </Stats>
      {result === null ? null : (
        <p class="after">
          {result.isArbitrageFree
            ? "The surface passed the audit: no arbitrage found. "
            : "The audit found arbitrage in the surface. "}
          <a href={hrefOf("inside")}>Look inside it</a>{" "}
          <Button
            kind="quiet"
            onClick={() => {
              void encodeModelFile(result.fitted).then((text) =>
                saveFile(
                  `${result.fitted.underlying.toLowerCase()}.model.json`,
                  text,
                  "application/json",
                ),
              );
            }}
          >
            Save model file
          </Button>
        </p>
      )}
    </div>
  );
}

function statusNote(): string {
  switch (status.value) {
    case "idle":
      return "not started";
    case "running":
      return "learning";
    case "paused":
      return "paused";
    case "done":
      return "finished: further steps no longer help";
    case "failed":
      return "stopped by an error";
  }
}
