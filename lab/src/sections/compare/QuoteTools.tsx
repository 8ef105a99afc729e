/** The selected quote as numbers, and the way to add one. */
import { useSignal } from "@preact/signals";
import { type LabExpiry, type LabQuote, midVol } from "../../market/labMarket.ts";
import { ownQuote } from "../../market/edits.ts";
import { editQuotes } from "../../market/marketState.ts";
import { Button, NumberField } from "../../ui/controls.tsx";
import { amount } from "../../ui/numberText.ts";
import { dragQuote, dropQuote } from "./compareState.ts";

interface Props {
  readonly expiry: LabExpiry;
  readonly rank: number;
  readonly selected: LabQuote | null;
  readonly onRemove: (id: string) => void;
  readonly onSelect: (id: string) => void;
}

export function QuoteTools({ expiry, rank, selected, onRemove, onSelect }: Props) {
  return (
    <div class="quote-tools">
      {selected === null ? (
        <p class="soft">No quote chosen. Click a dot to see its numbers.</p>
      ) : (
        <fieldset>
          <legend>
            {selected.type === "call" ? "Call" : "Put"}, strike {amount(selected.strike)}
          </legend>
          <NumberField
            label="Mid volatility"
            unit="%"
            step={0.1}
            value={Number((100 * midVol(selected)).toFixed(2))}
            onInput={(value) => {
              if (!(value > 0)) return;
              dragQuote(rank, selected.id, value / 100);
              dropQuote();
            }}
          />
          <NumberField
            label="Bid to ask"
            unit="vol points"
            step={0.1}
            min={0.02}
            value={Number((100 * (selected.askVol - selected.bidVol)).toFixed(2))}
            onInput={(value) => {
              if (value > 0)
                editQuotes(expiry.expiryMs, (all) =>
                  all.map((q) => widened(q, selected.id, value / 100)),
                );
            }}
          />
          <Button onClick={() => onRemove(selected.id)} disabled={expiry.quotes.length < 2}>
            Remove
          </Button>
        </fieldset>
      )}
      <AddQuote expiry={expiry} onSelect={onSelect} />
    </div>
  );
}

function widened(quote: LabQuote, id: string, width: number): LabQuote {
  if (quote.id !== id) return quote;
  const mid = midVol(quote);
  const half = Math.min(width / 2, 0.9 * mid);
  return { ...quote, bidVol: mid - half, askVol: mid + half, edited: true };
}

function AddQuote({ expiry, onSelect }: Pick<Props, "expiry" | "onSelect">) {
  const strike = useSignal(Number.NaN);
  const vol = useSignal(Number.NaN);
  const error = useSignal<string | null>(null);
  const add = (): void => {
    const [k, v] = [strike.value, vol.value / 100];
    error.value = refusal(expiry, k, v);
    if (error.value !== null) return;
    const quote = newQuote(expiry, k, v);
    editQuotes(expiry.expiryMs, (quotes) => [...quotes, quote].sort((a, b) => a.strike - b.strike));
    onSelect(quote.id);
    strike.value = Number.NaN;
  };
  return (
    <fieldset>
      <legend>Add a quote</legend>
      <NumberField
        label="Strike"
        value={Number.isNaN(strike.value) ? null : strike.value}
        error={error.value}
        onInput={(value) => (strike.value = value)}
      />
      <NumberField
        label="Mid volatility to add"
        unit="%"
        step={0.1}
        value={Number.isNaN(vol.value) ? null : vol.value}
        onInput={(value) => (vol.value = value)}
      />
      <Button onClick={add}>Add</Button>
    </fieldset>
  );
}

function refusal({ forward, quotes }: LabExpiry, strike: number, vol: number): string | null {
  if (!(strike > 0)) return `Expected a strike above 0; the forward is ${amount(forward)}.`;
  if (strike < forward / 5 || strike > forward * 5) {
    return `Expected a strike within a factor of five of the forward, ${amount(forward)}.`;
  }
  if (quotes.some((quote) => quote.strike === strike))
    return "There is a quote at this strike already: drag it.";
  if (!(vol > 0.005 && vol < 5)) return "Expected a volatility between 0.5 and 500 %.";
  return null;
}

/** A quote with the spread of its nearest neighbour. */
function newQuote(expiry: LabExpiry, strike: number, vol: number): LabQuote {
  const nearest = expiry.quotes.reduce((a, b) =>
    Math.abs(b.strike - strike) < Math.abs(a.strike - strike) ? b : a,
  );
  const half = Math.min((nearest.askVol - nearest.bidVol) / 2, 0.9 * vol);
  return ownQuote(expiry, strike, vol - half, vol + half);
}
