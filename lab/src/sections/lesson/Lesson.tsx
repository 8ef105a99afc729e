/** "Learn neural SDEs from scratch": ten steps, each with something to do, then the quiz. */
import "./lesson.css";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { hrefOf } from "../../app/router.ts";
import { Arbitrage } from "./steps/Arbitrage.tsx";
import { Coin } from "./steps/Coin.tsx";
import { Drift } from "./steps/Drift.tsx";
import { Ending } from "./steps/Ending.tsx";
import { Hedging } from "./steps/Hedging.tsx";
import { Knobs } from "./steps/Knobs.tsx";
import { Learning } from "./steps/Learning.tsx";
import { Option } from "./steps/Option.tsx";
import { Smile } from "./steps/Smile.tsx";
import { Surface } from "./steps/Surface.tsx";
import { lesson } from "./state.ts";

const steps: readonly { readonly title: string; readonly body: ComponentType }[] = [
  { title: "A coin toss, many times", body: Coin },
  { title: "Drift and diffusion", body: Drift },
  { title: "What an option is", body: Option },
  { title: "Why there is a smile", body: Smile },
  { title: "A network is a function with knobs", body: Knobs },
  { title: "Learning the equation", body: Learning },
  { title: "Where the surface comes from", body: Surface },
  { title: "Arbitrage, and how it is kept out", body: Arbitrage },
  { title: "Hedging when trades cost", body: Hedging },
  { title: "Strengths, limits, and questions", body: Ending },
];

const hrefOfStep = (step: number): string => hrefOf("lesson", { step: String(step) });

/** Goes to a step and keeps what was set in the others; Back comes back. */
function go(event: MouseEvent, step: number): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const params = new URLSearchParams(location.hash.split("?")[1] ?? "");
  params.set("step", String(step));
  location.hash = `#/lesson?${params}`;
}

export default function Lesson() {
  const at = Math.round(lesson.step.value);
  const { title, body: Body } = steps[at - 1];
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) {
      heading.current?.focus({ preventScroll: true });
      heading.current?.scrollIntoView({ block: "start" });
    }
    isFirst.current = false;
  }, [at]);
  return (
    <div class="lesson">
      <nav class="lesson-steps" aria-label="Steps of the lesson">
        <ol>
          {steps.map((step, i) => (
            <li key={step.title}>
              <a
                href={hrefOfStep(i + 1)}
                onClick={(event) => go(event, i + 1)}
                aria-current={i + 1 === at ? "step" : undefined}
              >
                {step.title}
              </a>
            </li>
          ))}
        </ol>
      </nav>
      <div class="lesson-body">
        <p class="soft lesson-place">
          Step {at} of {steps.length}
        </p>
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <Body key={at} />
        <p class="lesson-turn">
          {at > 1 ? (
            <a class="button" href={hrefOfStep(at - 1)} onClick={(event) => go(event, at - 1)}>
              Back: {steps[at - 2].title.toLowerCase()}
            </a>
          ) : null}
          {at < steps.length ? (
            <a
              class="button primary"
              href={hrefOfStep(at + 1)}
              onClick={(event) => go(event, at + 1)}
            >
              Next: {steps[at].title.toLowerCase()}
            </a>
          ) : null}
        </p>
      </div>
    </div>
  );
}
