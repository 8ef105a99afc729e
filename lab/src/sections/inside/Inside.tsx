/** Look inside: what the network learned, next to the classical model it started from. */
import "../../market/market.css";
import "./inside.css";
import { useEffect } from "preact/hooks";
import { Slices } from "../../app/slices.tsx";
import { MarketPanel } from "../../market/MarketPanel.tsx";
import { market, marketBusy } from "../../market/marketState.ts";
import { Button, Progress } from "../../ui/controls.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { percent } from "../../ui/numberText.ts";
import { Panel } from "../../ui/Panel.tsx";
import { fitBusy, fitFailure, fitHere, inspection, look, shownFit } from "./insideState.ts";
import { DensityPanel, LocalVolPanel, PathsPanel, SilentPanel } from "./LawPanels.tsx";
import { MapsPanel, SigmaPanel, SkeletonPanel } from "./MapPanels.tsx";
import { RemovalPanel } from "./RemovalPanel.tsx";

/** Looks again at the fit there is, or makes one. */
function tryAgain(): void {
  const fit = shownFit.peek();
  if (fit === null) void fitHere();
  else look(fit);
}

export default function Inside() {
  const fit = shownFit.value;
  const now = market.value;
  useEffect(() => {
    if (now !== null && shownFit.peek() === null) void fitHere();
  }, [now]);
  const found = inspection.result.value;
  const failure = fitFailure.value ?? inspection.error.value;
  return (
    <div class="stack">
      <Panel title="The model under the glass">
        <MarketPanel />
        <p class="inside-model" aria-live="polite">
          {fit === null
            ? ""
            : `Neural SDE of ${fit.model.theta.length} numbers, fitted in ${fit.from}: ${percent(fit.model.fit.fit.insideShare, 0)} of the quotes inside bid and ask on fresh paths.`}
        </p>
      </Panel>
      {failure === null ? null : (
        <Notice kind="bad" title="This could not be computed">
          {failure}
          <div>
            <Button onClick={tryAgain}>Try again</Button>
          </div>
        </Notice>
      )}
      {failure !== null ? null : fit === null || found === null ? (
        <div class="waiting-room">
          {now === null ? (
            <p class="soft">{marketBusy.value ?? "No quotes yet."}</p>
          ) : fitBusy.value ? (
            <Progress label="Fitting the neural SDE to these quotes…" share={null} />
          ) : (
            <Progress label="Looking…" share={null} />
          )}
        </div>
      ) : (
        <Slices>
          <SigmaPanel found={found} />
          <MapsPanel found={found} />
          <div class="columns">
            <SilentPanel found={found} fit={fit} />
            <DensityPanel found={found} fit={fit} />
          </div>
          <div class="columns">
            <LocalVolPanel found={found} />
            <PathsPanel found={found} />
          </div>
          <SkeletonPanel found={found} />
          <RemovalPanel fit={fit} />
        </Slices>
      )}
    </div>
  );
}
