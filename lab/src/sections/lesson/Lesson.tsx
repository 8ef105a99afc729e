/** "Learn neural SDEs from scratch": ten steps, each with something to do, then the quiz. */
import "./lesson.css";
import type { ComponentType } from "preact";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { hrefOf } from "../../app/router.ts";
import { nextTask } from "../../app/slices.tsx";
import { lesson } from "./state.ts";

interface Step {
  readonly title: string;
  readonly load: () => Promise<ComponentType>;
}

const steps: readonly Step[] = [
  { title: "A coin toss, many times", load: async () => (await import("./steps/Coin.tsx")).Coin },
  { title: "Drift and diffusion", load: async () => (await import("./steps/Drift.tsx")).Drift },
  { title: "What an option is", load: async () => (await import("./steps/Option.tsx")).Option },
  { title: "Why there is a smile", load: async () => (await import("./steps/Smile.tsx")).Smile },
  {
    title: "A network is a function with knobs",
    load: async () => (await import("./steps/Knobs.tsx")).Knobs,
  },
  {
    title: "Learning the equation",
    load: async () => (await import("./steps/Learning.tsx")).Learning,
  },
  {
    title: "Where the surface comes from",
    load: async () => (await import("./steps/Surface.tsx")).Surface,
  },
  {
    title: "Arbitrage, and how it is kept out",
    load: async () => (await import("./steps/Arbitrage.tsx")).Arbitrage,
  },
  {
    title: "Hedging when trades cost",
    load: async () => (await import("./steps/Hedging.tsx")).Hedging,
  },
  {
    title: "Strengths, limits, and questions",
    load: async () => (await import("./steps/Ending.tsx")).Ending,
  },
];

/** Loaded when they are read; running a step's code and drawing it are two tasks. */
const bodies = steps.map(({ load }) =>
  lazy(async () => {
    const body = await load();
    await nextTask();
    return { default: body };
  }),
);

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
  const { title } = steps[at - 1];
  const Body = bodies[at - 1];
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
        <Suspense fallback={<p class="soft loading">Loading…</p>}>
          <Body key={at} />
        </Suspense>
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
