/** Work cut into short tasks, so that a click or a key never waits long for a page to be drawn. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

/** The next task of the page's thread. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

interface Props {
  readonly children: ComponentChildren;
}

/** Draws its children one after the other, each in a task of its own. Their number must not change. */
export function Slices({ children }: Props) {
  const parts = Array.isArray(children) ? children : [children];
  const [drawn, setDrawn] = useState(1);
  useEffect(() => {
    if (drawn >= parts.length) return;
    const timer = setTimeout(() => setDrawn(drawn + 1), 0);
    return () => clearTimeout(timer);
  }, [drawn, parts.length]);
  // what is not drawn yet keeps its place: positions tell parts apart
  return <>{parts.map((part: ComponentChildren, i) => (i < drawn ? part : null))}</>;
}
