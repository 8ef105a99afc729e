/** The sections in reading order. Each is loaded when it is opened. Add a section here: see lab/README.md. */
import type { ComponentType } from "preact";

export interface SectionEntry {
  /** Its address: `#/id`, and its folder under sections/. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences under the title and on the front page. */
  readonly lead: string;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const sections: readonly SectionEntry[] = [
  {
    id: "explorer",
    title: "Equation explorer",
    lead: "Volatility, time, strike, variance, price and delta say the same thing in different words. Change one and the others follow.",
    load: () => import("./explorer/Explorer.tsx"),
  },
];
