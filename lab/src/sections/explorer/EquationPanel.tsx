/** The equation of the field that the reader is in, with its numbers, and the way back. */
import type { ConversionStep } from "volterra/formulas";
import { Formula } from "../../ui/Formula.tsx";
import { Panel } from "../../ui/Panel.tsx";
import equations from "./equations.tex";
import { fieldOf, sentence } from "./fields.ts";
import { inputsText, roundTrip } from "./roundTrip.ts";
import { draft, look, terms } from "./state.ts";

export function EquationPanel() {
  const trip = roundTrip(terms.value, look.value);
  const error = draft.value?.error ?? null;
  if (trip === undefined) {
    return (
      <Panel title="The equation in use">
        <p>
          This option has no {fieldOf(look.value).label.toLowerCase()}: see the note at the field.
        </p>
      </Panel>
    );
  }
  const { root, quantity, there, back, thereText, backText, isSame } = trip;
  const usesNormal = [...there, ...back].some(({ formula }) => formula.includes("N("));
  return (
    <Panel
      title={`${fieldOf(quantity).label} and ${fieldOf(root).label.toLowerCase()}`}
      class="equation-panel"
    >
      <h3>There</h3>
      {there.map((step) => (
        <Step key={step.name} step={step} />
      ))}
      <p class="equation-result">{thereText}</p>
      <h3>And back, from the digits shown</h3>
      {back.map((step) => (
        <Step key={step.name} step={step} />
      ))}
      <p class="equation-result">
        {backText}{" "}
        <span class={isSame ? "pass" : "soft"}>
          {isSame
            ? "✓ the same"
            : `not quite ${sentence(root, terms.value[root])}: the digits shown do not say it more exactly`}
        </span>
      </p>
      {usesNormal ? (
        <p class="soft equation-note">
          <Formula html={equations.d1d2} />
          <br />N is the normal distribution: the share of a bell curve to the left of a number.
        </p>
      ) : null}
      <p class="unseen" role="status">
        {error === null ? `${thereText}; back: ${backText}` : ""}
      </p>
    </Panel>
  );
}

function Step({ step }: { readonly step: ConversionStep }) {
  return (
    <div class="equation-step">
      <Formula html={equations[step.name] ?? step.formula} block />
      <p class="soft">with {inputsText(step)}</p>
    </div>
  );
}
