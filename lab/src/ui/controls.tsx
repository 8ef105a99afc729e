/** Form controls. Each has a visible label, which is also its name for screen readers, and takes its value and a callback. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Labelled {
  readonly label: string;
  /** A line under the control. */
  readonly note?: ComponentChildren;
  readonly disabled?: boolean;
}

interface SliderProps extends Labelled {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value as text beside the label, read out too. */
  readonly format?: (value: number) => string;
  readonly onInput: (value: number) => void;
}

/** A number by feel. */
export function Slider({ label, note, disabled, value, format, onInput, ...range }: SliderProps) {
  const id = useId();
  const shown = format === undefined ? String(value) : format(value);
  return (
    <div class="field">
      <div class="field-head">
        <label for={id}>{label}</label>
        <output for={id}>{shown}</output>
      </div>
      <input
        id={id}
        type="range"
        {...range}
        value={value}
        disabled={disabled}
        aria-valuetext={shown}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
      {note === undefined ? null : <small class="field-note">{note}</small>}
    </div>
  );
}

interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
}

interface ChoiceProps<T extends string> extends Labelled {
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
}

/** One of a few, all in sight. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, note, disabled, value, options, onChange } = props;
  const name = useId();
  return (
    <fieldset class="field choice" disabled={disabled}>
      <legend>{label}</legend>
      <div class="choice-options">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      {note === undefined ? null : <small class="field-note">{note}</small>}
    </fieldset>
  );
}

/** One of many. */
export function Select<T extends string>(props: ChoiceProps<T>) {
  const { label, note, disabled, value, options, onChange } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.value as T)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {note === undefined ? null : <small class="field-note">{note}</small>}
    </div>
  );
}

interface ToggleProps extends Labelled {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** On or off. */
export function Toggle({ label, note, disabled, checked, onChange }: ToggleProps) {
  return (
    <div class="field">
      <label class="toggle">
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {note === undefined ? null : <small class="field-note">{note}</small>}
    </div>
  );
}

interface NumberFieldProps extends Labelled {
  readonly value: number | null;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | "any";
  readonly unit?: string;
  /** Why the text is refused; the field is then marked invalid. */
  readonly error?: string | null;
  /** NaN while the text is no number. */
  readonly onInput: (value: number) => void;
}

/** A number by typing. */
export function NumberField(props: NumberFieldProps) {
  const { label, note, disabled, value, unit, error, onInput, step = "any", ...limits } = props;
  const id = useId();
  const isWrong = error !== undefined && error !== null;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="number">
        <input
          id={id}
          type="number"
          inputMode="decimal"
          step={step}
          {...limits}
          value={value ?? ""}
          disabled={disabled}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? `${id}-error` : undefined}
          onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
        />
        {unit === undefined ? null : <span class="unit">{unit}</span>}
      </div>
      {isWrong ? (
        <small class="field-error" id={`${id}-error`}>
          {error}
        </small>
      ) : note === undefined ? null : (
        <small class="field-note">{note}</small>
      )}
    </div>
  );
}

interface ButtonProps {
  readonly kind?: "primary" | "plain" | "quiet";
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  /** Where the text alone does not say it. */
  readonly name?: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

export function Button({
  kind = "plain",
  disabled,
  pressed,
  name,
  onClick,
  children,
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${kind}`}
      disabled={disabled}
      aria-pressed={pressed}
      aria-label={name}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** How far a job is: 0 to 1, or null when that is not known. */
export function Progress({
  label,
  share,
}: {
  readonly label: string;
  readonly share: number | null;
}) {
  const id = useId();
  return (
    <div class="progress">
      <label for={id}>{label}</label>
      {share === null ? <progress id={id} /> : <progress id={id} max={1} value={share} />}
    </div>
  );
}
