/** There and back: a quantity from its root, and the root again from the digits that are shown. */
import {
  type ConversionStep,
  type OptionQuantity,
  type OptionRoot,
  type OptionTerms,
  type Quantity,
  quantityOf,
  rootOf,
  withQuantity,
} from "volterra/formulas";
import { fieldOf, sentence, shown } from "./fields.ts";
import { numberOf } from "./reading.ts";

/** For a root, which has no equation of its own, the quantity that shows best what it does. */
const partner: Readonly<Record<OptionRoot, OptionQuantity>> = {
  vol: "totalVariance",
  strike: "logMoneyness",
  years: "days",
  forward: "carry",
};

export interface RoundTrip {
  readonly root: OptionRoot;
  readonly quantity: OptionQuantity;
  readonly there: readonly ConversionStep[];
  readonly back: readonly ConversionStep[];
  /** "w = 0.022225", and the root that these digits give. */
  readonly thereText: string;
  readonly backText: string;
  /** Do the digits that are shown give back the digits that are shown? */
  readonly isSame: boolean;
}

/** The trip of a quantity, or of its partner where it is a root; undefined where the option has no such value. */
export function roundTrip(terms: OptionTerms, asked: OptionQuantity): RoundTrip | undefined {
  const root = rootOf(asked);
  const quantity = asked === root ? partner[root] : asked;
  const answer = quantityOf(terms, quantity);
  if (!answer.ok) return undefined;
  const digits = numberOf(shown(quantity, answer.value)) / fieldOf(quantity).scale;
  // the forward comes back from a spot by the carry, which a spot keeps
  const again = withQuantity(terms, quantity, digits);
  if (!again.ok) return undefined;
  const there = quantity === "spot" ? spotSteps(terms) : answer.steps;
  return {
    root,
    quantity,
    there,
    back: again.steps,
    thereText: sentence(quantity, answer.value),
    backText: sentence(root, again.terms[root]),
    isSame: shown(root, again.terms[root]) === shown(root, terms[root]),
  };
}

function spotSteps(terms: OptionTerms): readonly ConversionStep[] {
  const carry = quantityOf(terms, "carry");
  return carry.ok ? carry.steps : [];
}

/** The numbers that went into a step: "σ = 52.00 %, T = 0.082192". */
export const inputsText = ({ inputs }: ConversionStep): string =>
  Object.entries(inputs)
    .filter(([name]) => name !== "discount")
    .map(([name, value]) => sentence(fieldName(name as Quantity), value))
    .join(", ");

const fieldName = (name: Quantity): OptionQuantity =>
  name === "absDelta" ? "delta" : (name as OptionQuantity);
