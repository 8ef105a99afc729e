/** Where the quotes come from, and in what state the market is. Shared by the sections that fit models. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Button, Choice, Select } from "../ui/controls.tsx";
import { Notice } from "../ui/Notice.tsx";
import { countQuotes, dateText } from "./labMarket.ts";
import {
  chooseEmbedded,
  chooseScenario,
  type EmbeddedMarket,
  ensureMarket,
  isBeyondLink,
  isEdited,
  load,
  market,
  marketBusy,
  marketError,
  origin,
  resetEdits,
  scenario,
} from "./marketState.ts";

const sourceOptions = [
  { value: "synthetic", label: "Synthetic BTC-like options" },
  { value: "dax", label: "DAX options, 5 July 2002" },
  { value: "file", label: "A file…" },
  { value: "live", label: "Live from Deribit…" },
] as const;

type Source = (typeof sourceOptions)[number]["value"];

const scenarioNotes = {
  liquid: "Every quote, as it is.",
  stress: "After a crash: volatility up, skew steeper, spreads twice as wide.",
  sparse:
    "Four expiries with five quotes each. The others are measured at, but no model sees them.",
} as const;

export function MarketPanel() {
  const open = useSignal<Source | null>(null);
  useEffect(ensureMarket, []);
  const shown = open.value ?? origin.value;
  const choose = (value: Source): void => {
    const isEmbedded = value === "synthetic" || value === "dax";
    open.value = isEmbedded ? null : value;
    if (isEmbedded) chooseEmbedded(value satisfies EmbeddedMarket);
  };
  const now = market.value;
  return (
    <div class="market fields">
      <div class="market-row">
        <Select label="Market" value={shown} options={sourceOptions} onChange={choose} />
        <Choice
          label="State of the market"
          value={scenario.value}
          options={[
            { value: "liquid", label: "Liquid" },
            { value: "stress", label: "Stress" },
            { value: "sparse", label: "Sparse" },
          ]}
          onChange={chooseScenario}
        />
        <div class="market-facts" aria-live="polite">
          {marketBusy.value !== null ? (
            <span class="soft">{marketBusy.value}</span>
          ) : now === null ? null : (
            <>
              <strong>{now.underlying}</strong>, {dateText(now.asOfMs)}: {countQuotes(now)} quotes,{" "}
              {now.expiries.length} {now.expiries.length === 1 ? "expiry" : "expiries"}.{" "}
              {scenarioNotes[scenario.value]}{" "}
              {isEdited.value ? (
                <Button kind="quiet" onClick={resetEdits}>
                  Take back my changes
                </Button>
              ) : null}
              {isBeyondLink.value ? "More is changed than a link can carry." : null}
            </>
          )}
        </div>
      </div>
      {shown === "file" ? <FileForm onDone={() => (open.value = null)} /> : null}
      {shown === "live" ? <LiveForm onDone={() => (open.value = null)} /> : null}
      {marketError.value === null ? null : (
        <Notice kind="bad" title="These quotes could not be read. The page is as it was.">
          {marketError.value}
        </Notice>
      )}
      {now === null ? null : <p class="about">{now.about}</p>}
    </div>
  );
}

interface FormProps {
  readonly onDone: () => void;
}

type Unit = "known" | "coin" | "currency" | "vol";

function FileForm({ onDone }: FormProps) {
  const unit = useSignal<Unit>("known");
  const underlying = useSignal("");
  const asOf = useSignal("");
  const read = (file: File | undefined): void => {
    if (file === undefined) return;
    const price = unit.value === "known" ? null : unit.value;
    const where = { underlying: underlying.value.trim(), asOf: asOf.value.trim() };
    void load({ kind: "file", file, price, ...where }, `Reading ${file.name}…`).then(() => {
      if (marketError.value === null) onDone();
    });
  };
  return (
    <div class="market-form">
      <Select
        label="The file is"
        value={unit.value}
        options={[
          { value: "known", label: "a Deribit CSV or JSON, or another known format" },
          { value: "coin", label: "another table, prices in coin" },
          { value: "currency", label: "another table, prices in currency" },
          { value: "vol", label: "another table, volatilities for prices" },
        ]}
        onChange={(value) => (unit.value = value)}
      />
      <label class="text-field">
        <span>Underlying, if it has several</span>
        <input
          type="text"
          placeholder="BTC"
          value={underlying.value}
          onInput={(event) => (underlying.value = event.currentTarget.value)}
        />
      </label>
      <label class="text-field">
        <span>Day or time, if it has several or none</span>
        <input
          type="text"
          placeholder="2026-03-28"
          value={asOf.value}
          onInput={(event) => (asOf.value = event.currentTarget.value)}
        />
      </label>
      <label class="text-field">
        <span>Choose the file (it stays on this machine)</span>
        <input
          type="file"
          onChange={(event) => {
            read(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </label>
    </div>
  );
}

function LiveForm({ onDone }: FormProps) {
  const address = useSignal("");
  const ask = (currency: string): void => {
    const other = address.value.trim();
    const source = { kind: "live", currency, address: other === "" ? null : other } as const;
    void load(source, `Asking Deribit for ${currency} options…`).then(() => {
      if (marketError.value === null) onDone();
    });
  };
  return (
    <div class="market-form">
      <p>
        This asks Deribit's public interface for its option quotes, two requests without an account.
        It is the only thing in the lab that uses the network, and only when you press the button.
      </p>
      <div class="buttons">
        <Button onClick={() => ask("BTC")}>Fetch BTC options</Button>
        <Button onClick={() => ask("ETH")}>Fetch ETH options</Button>
      </div>
      <label class="text-field">
        <span>Another address, if you have one</span>
        <input
          type="url"
          placeholder="https://www.deribit.com/api/v2"
          value={address.value}
          onInput={(event) => (address.value = event.currentTarget.value)}
        />
      </label>
    </div>
  );
}
