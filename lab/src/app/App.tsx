/** The frame of every page: navigation, theme, the section that the address names. */
import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { type SectionEntry, sections } from "../sections/index.ts";
import { Front } from "./Front.tsx";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { Navigation } from "./Navigation.tsx";
import { route } from "./router.ts";
import { nextTask, Slices } from "./slices.tsx";
import { NotFound } from "./NotFound.tsx";

/** Running a section's code and drawing it are two tasks. */
const pages = new Map(
  sections.map(({ id, load }) => [
    id,
    lazy(async () => {
      const loaded = await load();
      await nextTask();
      return loaded;
    }),
  ]),
);

export function App() {
  const { section } = route.value;
  const entry = sections.find(({ id }) => id === section);
  return (
    <Slices>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <Navigation />
      <main id="main" tabIndex={-1}>
        {section === "" ? <Front /> : entry === undefined ? <NotFound /> : <Page entry={entry} />}
      </main>
    </Slices>
  );
}

/** The hash is the address, so a link to #main would leave the page. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Page({ entry }: { readonly entry: SectionEntry }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${entry.title} · Volterra lab`;
    if (!isFirst.current) {
      heading.current?.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
    isFirst.current = false;
  }, [entry]);
  const Section = pages.get(entry.id);
  if (Section === undefined) return null;
  return (
    <article class="page" key={entry.id}>
      <header class="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {entry.title}
        </h1>
        <p class="lead">{entry.lead}</p>
      </header>
      <ErrorBoundary resetKey={entry.id}>
        <Suspense fallback={<p class="soft loading">Loading…</p>}>
          <Section />
        </Suspense>
      </ErrorBoundary>
    </article>
  );
}
