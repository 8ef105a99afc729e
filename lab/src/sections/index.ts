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
    id: "compare",
    title: "Compare",
    lead: "One market, several models, side by side. Move a quote and all of them fit again.",
    load: () => import("./compare/Compare.tsx"),
  },
  {
    id: "learn",
    title: "Watch it learn",
    lead: "A neural SDE trains on the quotes while you look: the smile moves towards the market step by step.",
    load: () => import("./learn/Learn.tsx"),
  },
  {
    id: "inside",
    title: "Look inside",
    lead: "What the network learned: volatility, drift, vol-of-vol and correlation, next to the classical model it started from.",
    load: () => import("./inside/Inside.tsx"),
  },
  {
    id: "hedge",
    title: "Hedge",
    lead: "You sold an option. A small network learns when to trade and when to leave it alone, with costs, beside the textbook rules and the exact optimum.",
    load: () => import("./hedge/Hedge.tsx"),
  },
  {
    id: "explorer",
    title: "Equation explorer",
    lead: "Volatility, time, strike, variance, price and delta say the same thing in different words. Change one and the others follow.",
    load: () => import("./explorer/Explorer.tsx"),
  },
  {
    id: "lesson",
    title: "Lesson",
    lead: "Learn neural SDEs from scratch: ten short steps from a coin toss to a hedge, each with something to try. No prior knowledge needed.",
    load: () => import("./lesson/Lesson.tsx"),
  },
  {
    id: "quiz",
    title: "Quiz",
    lead: "Twelve questions. Answer in your own words, then see a model answer and where in the lab it can be seen.",
    load: () => import("./quiz/Quiz.tsx"),
  },
  {
    id: "limits",
    title: "Strengths and limits",
    lead: "What was measured, failures included, and what was done about each.",
    load: () => import("./limits/Limits.tsx"),
  },
];
