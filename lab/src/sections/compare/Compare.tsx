/** Compare: one market, several models, side by side. */
import "../../market/market.css";
import "./compare.css";
import { Slices } from "../../app/slices.tsx";
import { lookOf } from "../../charts/palette.ts";
import { MarketPanel } from "../../market/MarketPanel.tsx";
import { market, marketBusy } from "../../market/marketState.ts";
import { Notice } from "../../ui/Notice.tsx";
import { Panel } from "../../ui/Panel.tsx";
import {
  expiryRank,
  fitError,
  modelNames,
  modelTitles,
  shownMarket,
  shownModels,
} from "./compareState.ts";
import { ModelCard } from "./ModelCard.tsx";
import { SmilePanel } from "./SmilePanel.tsx";
import { SurfacePanel } from "./SurfacePanel.tsx";

export default function Compare() {
  const now = shownMarket.value;
  return (
    <div class="stack">
      <Panel title="The market and the models">
        <MarketPanel />
        <ModelToggles />
      </Panel>
      {fitError.value === null ? null : (
        <Notice kind="bad" title="A fit stopped">
          {fitError.value}
        </Notice>
      )}
      {now === null ? (
        <p class="soft loading">{marketBusy.value ?? "No quotes yet."}</p>
      ) : (
        <Slices>
          <SmilePanel />
          <Panel
            title="The models"
            note="Errors are root mean squares in volatility points (0.01 of volatility). “Did not see” is measured by fitting again without every third strike, or at the quotes that a sparse market hides."
          >
            <div class="model-cards">
              {shownModels.value.map((name) => (
                <ModelCard
                  key={name}
                  name={name}
                  rank={expiryRank.value}
                  expiries={market.value?.expiries.length ?? 0}
                />
              ))}
            </div>
          </Panel>
          <SurfacePanel />
        </Slices>
      )}
    </div>
  );
}

function ModelToggles() {
  const shown = shownModels.value;
  return (
    <fieldset class="model-toggles">
      <legend>Models</legend>
      {modelNames.map((name) => (
        <label key={name} class="toggle">
          <input
            type="checkbox"
            checked={shown.includes(name)}
            onChange={(event) => {
              const isOn = event.currentTarget.checked;
              shownModels.value = modelNames.filter((other) =>
                other === name ? isOn : shown.includes(other),
              );
            }}
          />
          <i style={{ background: lookOf(name).colour }} />
          <span>{modelTitles[name]}</span>
        </label>
      ))}
    </fieldset>
  );
}
