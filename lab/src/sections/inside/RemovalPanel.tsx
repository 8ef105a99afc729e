/** The experiment: take one quote away, fit again, and see what changes and where. */
import { useSignal } from "@preact/signals";
import { Chart } from "../../charts/Chart.tsx";
import type { Layer } from "../../charts/layers.ts";
import { smileGrid } from "../../market/labMarket.ts";
import type { NeuralFit } from "../../market/neuralState.ts";
import { Button, Progress, Select } from "../../ui/controls.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { amount, duration, tenor } from "../../ui/numberText.ts";
import { Panel } from "../../ui/Panel.tsx";
import { modelExpiries } from "./LawPanels.tsx";
import { removal, removed, takeAway } from "./insideState.ts";

const colours = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

export function RemovalPanel({ fit }: { readonly fit: NeuralFit }) {
  const expiries = modelExpiries(fit);
  const expiry = useSignal(Math.min(3, expiries.length - 1));
  const quote = useSignal<string | null>(null);
  const own = expiries[Math.min(expiry.value, expiries.length - 1)];
  const chosen = own.quotes.find(({ id }) => id === quote.value) ?? own.quotes[0];
  const isRunning = removal.status.value === "running";
  const result = removal.result.value;
  return (
    <Panel
      title="What one quote changes"
      note="The model is fitted again from where it stands, once with the quote and once without, on the same paths. The difference is what the model knew from that quote alone."
    >
      <div class="fields row removal">
        <Select
          label="Expiry of the quote"
          value={String(expiry.value)}
          options={expiries.map((e, i) => ({ value: String(i), label: tenor(e.yearsToExpiry) }))}
          onChange={(value) => (expiry.value = Number(value))}
        />
        <Select
          label="Quote"
          value={chosen.id}
          options={own.quotes.map((q) => ({ value: q.id, label: `${q.type} ${amount(q.strike)}` }))}
          onChange={(value) => (quote.value = value)}
        />
        <Button
          kind="primary"
          disabled={isRunning || own.quotes.length < 2}
          onClick={() => takeAway(chosen.id, expiry.value)}
        >
          Take it away
        </Button>
      </div>
      {isRunning ? <Progress label="Fitting twice…" share={null} /> : null}
      {removal.error.value === null ? null : <Notice kind="bad">{removal.error.value}</Notice>}
      {result === null || removed.value === null ? null : (
        <>
          <p class="soft">
            Volatility without the quote less volatility with it, in vol points, at every expiry.
            The quote was at {tenor(expiries[removed.value.expiry].yearsToExpiry)}. Both fits
            together took {duration(result.seconds)}.
          </p>
          <Chart
            title="Change of every smile when the quote is gone"
            x={{ label: "ln(K/F) over the width of its smile", domain: [-1, 1] }}
            y={{ label: "change, vol points", include: [-0.1, 0.1] }}
            layers={changeLayers(fit, result.change, removed.value.expiry)}
            height={280}
          />
        </>
      )}
    </Panel>
  );
}

/** Changes over the place between the outermost points of each smile, so that all can be seen together. */
function changeLayers(
  fit: NeuralFit,
  change: readonly (readonly number[])[],
  removedAt: number,
): Layer[] {
  return modelExpiries(fit).map((expiry, e): Layer => {
    const k = smileGrid(expiry, change[e].length);
    const reach = Math.max(-k[0], k[k.length - 1]);
    return {
      kind: "line",
      id: String(e),
      label: tenor(expiry.yearsToExpiry),
      colour: e === removedAt ? "var(--m-neural-sde)" : colours[e % colours.length],
      width: e === removedAt ? 2.8 : 1.4,
      dash: e === removedAt ? undefined : ["6 3", "2 3", "8 3 2 3"][e % 3],
      x: k.map((v) => v / reach),
      y: change[e].map((v) => 100 * v),
    };
  });
}
