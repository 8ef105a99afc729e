/** The option in the explorer, in the address; and the text that is being typed. */
import { computed, signal } from "@preact/signals";
import {
  type OptionQuantity,
  optionQuantities,
  type OptionTerms,
  withQuantity,
} from "volterra/formulas";
import { choice, number, sectionState } from "../../app/urlState.ts";
import { fieldOf } from "./fields.ts";
import { numberOf, refusal } from "./reading.ts";

const tiny = Number.MIN_VALUE;
const option = sectionState("explorer", {
  type: choice(["call", "put"] as const, "call"),
  spot: number(60_000, tiny),
  forward: number(60_300, tiny),
  strike: number(62_000, tiny),
  years: number(30 / 365, tiny),
  vol: number(0.52, 0),
  look: choice(optionQuantities, "totalVariance"),
});

/** The field whose equation is shown. */
export const look = option.look;
export const optionType = option.type;

export const terms = computed<OptionTerms>(() => ({
  type: option.type.value,
  spot: option.spot.value,
  forward: option.forward.value,
  strike: option.strike.value,
  years: option.years.value,
  vol: option.vol.value,
  discount: 1,
}));

interface Draft {
  readonly quantity: OptionQuantity;
  readonly text: string;
  readonly error: string | null;
}

/** What is being typed: it stays as it was written while everything else follows. */
export const draft = signal<Draft | null>(null);

/** Takes the text of a field: moves the option, or says why it cannot. */
export function type(quantity: OptionQuantity, text: string): void {
  const value = numberOf(text);
  if (Number.isNaN(value)) {
    const error = text.trim() === "" ? "Write a number." : `“${text.trim()}” is not a number.`;
    draft.value = { quantity, text, error };
    return;
  }
  const answer = withQuantity(terms.value, quantity, value / fieldOf(quantity).scale);
  if (!answer.ok) {
    draft.value = { quantity, text, error: refusal(answer, quantity, terms.value) };
    return;
  }
  draft.value = { quantity, text, error: null };
  const { spot, forward, strike, years, vol } = answer.terms;
  option.spot.value = spot;
  option.forward.value = forward;
  option.strike.value = strike;
  option.years.value = years;
  option.vol.value = vol;
}

/** Back to the option that the page opens with. */
export function startAgain(): void {
  draft.value = null;
  optionType.value = "call";
  option.spot.value = 60_000;
  option.forward.value = 60_300;
  option.strike.value = 62_000;
  option.years.value = 30 / 365;
  option.vol.value = 0.52;
  look.value = "totalVariance";
}
