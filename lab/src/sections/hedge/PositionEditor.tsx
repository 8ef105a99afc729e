/** The position: presets, and lines that can be changed. */
import { useSignal } from "@preact/signals";
import { Button, NumberField, Select, Slider } from "../../ui/controls.tsx";
import {
  linesOf,
  linesText,
  mostLines,
  type PositionLine,
  presets,
  quantityError,
  strikeError,
} from "./position.ts";
import { settings } from "./settings.ts";

type Preset = (typeof presets)[number]["id"] | "own";

export function PositionEditor() {
  const lines = linesOf(settings.lines.value) ?? [];
  const preset: Preset = presets.find((own) => own.lines === settings.lines.value)?.id ?? "own";
  const put = (next: readonly PositionLine[]): void => {
    settings.lines.value = linesText(next);
  };
  return (
    <div class="fields">
      <Select
        label="Position"
        value={preset}
        options={[
          ...presets.map(({ id, label }) => ({ value: id as Preset, label })),
          ...(preset === "own" ? [{ value: "own" as Preset, label: "My own" }] : []),
        ]}
        onChange={(id) => {
          const chosen = presets.find((own) => own.id === id);
          if (chosen !== undefined) settings.lines.value = chosen.lines;
        }}
      />
      <ul class="lines" aria-label="Lines of the position">
        {lines.map((line, i) => (
          <Line
            key={`${i} of ${lines.length}`}
            line={line}
            index={i}
            onChange={(next) => put(lines.map((own, j) => (j === i ? next : own)))}
            onRemove={lines.length > 1 ? () => put(lines.filter((_, j) => j !== i)) : null}
          />
        ))}
      </ul>
      {lines.length < mostLines ? (
        <Button
          kind="quiet"
          onClick={() => put([...lines, { type: "call", quantity: -1, strike: 105 }])}
        >
          Add a line
        </Button>
      ) : null}
      <Slider
        label="Days to expiry"
        min={5}
        max={60}
        step={1}
        value={settings.days.value}
        onInput={(value) => (settings.days.value = value)}
      />
    </div>
  );
}

interface LineProps {
  readonly line: PositionLine;
  readonly index: number;
  readonly onChange: (line: PositionLine) => void;
  readonly onRemove: (() => void) | null;
}

function Line({ line, index, onChange, onRemove }: LineProps) {
  const badQuantity = useSignal<string | null>(null);
  const badStrike = useSignal<string | null>(null);
  return (
    <li>
      <Select
        label={`Line ${index + 1}`}
        value={line.type}
        options={[
          { value: "call", label: "Call" },
          { value: "put", label: "Put" },
          { value: "straddle", label: "Straddle" },
        ]}
        onChange={(type) => onChange({ ...line, type })}
      />
      <NumberField
        label="Held"
        step="any"
        value={line.quantity}
        error={badQuantity.value}
        onInput={(quantity) => {
          badQuantity.value = quantityError(quantity);
          if (badQuantity.value === null) onChange({ ...line, quantity });
        }}
      />
      <NumberField
        label="Strike, %"
        step="any"
        value={line.strike}
        error={badStrike.value}
        onInput={(strike) => {
          badStrike.value = strikeError(strike);
          if (badStrike.value === null) onChange({ ...line, strike });
        }}
      />
      {onRemove === null ? null : (
        <Button kind="quiet" name={`Remove line ${index + 1}`} onClick={onRemove}>
          ×
        </Button>
      )}
    </li>
  );
}
