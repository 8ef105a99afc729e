/** Equation explorer: every way to state one option; edit any of them and the rest follow. */
import "./explorer.css";
import { useId } from "preact/hooks";
import { quantityOf } from "volterra/formulas";
import { Slices } from "../../app/slices.tsx";
import { Button, Choice } from "../../ui/controls.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { EquationPanel } from "./EquationPanel.tsx";
import { type Field, type FieldGroup, groups, shown } from "./fields.ts";
import { PriceCurve } from "./PriceCurve.tsx";
import { draft, look, optionType, startAgain, terms, type } from "./state.ts";

export default function Explorer() {
  return (
    <div class="explorer">
      <Slices>
        <div class="stack">
          <Panel
            title="One option, said in many ways"
            note="Change any number. The others that depend on it follow at once, by the library’s own formulas."
            actions={<Button onClick={startAgain}>Start again</Button>}
          >
            <Choice
              label="Type"
              value={optionType.value}
              options={[
                { value: "call", label: "Call: the right to buy at the strike" },
                { value: "put", label: "Put: the right to sell at the strike" },
              ]}
              onChange={(value) => {
                optionType.value = value;
              }}
            />
          </Panel>
          <div class="explorer-groups">
            <Slices>
              {groups.map((group) => (
                <Group key={group.root} group={group} />
              ))}
            </Slices>
          </div>
        </div>
        <div class="stack explorer-side">
          <Slices>
            <EquationPanel />
            <PriceCurve />
          </Slices>
        </div>
      </Slices>
    </div>
  );
}

function Group({ group }: { readonly group: FieldGroup }) {
  return (
    <Panel title={group.title} note={group.rule}>
      <div class="explorer-fields">
        {group.fields.map((field) => (
          <Quantity key={field.quantity} field={field} />
        ))}
      </div>
    </Panel>
  );
}

function Quantity({ field }: { readonly field: Field }) {
  const { quantity, label, symbol, unit, note } = field;
  const id = useId();
  const own = draft.value?.quantity === quantity ? draft.value : null;
  const answer = quantityOf(terms.value, quantity);
  const text = own?.text ?? (answer.ok ? shown(quantity, answer.value) : "–");
  const error = own?.error ?? null;
  return (
    <div class={look.value === quantity ? "quantity looked-at" : "quantity"}>
      <label for={id}>
        {label} {symbol === "" ? null : <i>{symbol}</i>}
      </label>
      <div class="number">
        <input
          id={id}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          spellcheck={false}
          value={text}
          aria-invalid={error !== null}
          aria-describedby={`${id}-note`}
          onFocus={() => {
            look.value = quantity;
          }}
          onInput={(event) => type(quantity, event.currentTarget.value)}
          onBlur={() => {
            draft.value = null;
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === "Escape") draft.value = null;
          }}
        />
        <span class="unit">{unit}</span>
      </div>
      <small
        id={`${id}-note`}
        class={error === null ? "field-note" : "field-error"}
        role={error === null ? undefined : "alert"}
      >
        {error ?? note}
      </small>
    </div>
  );
}
