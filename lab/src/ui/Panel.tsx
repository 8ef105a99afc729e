import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Props {
  readonly title: string;
  readonly note?: ComponentChildren;
  /** Controls beside the title. */
  readonly actions?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A titled part of a page. */
export function Panel({ title, note, actions, class: extra, children }: Props) {
  const id = useId();
  return (
    <section class={extra === undefined ? "panel" : `panel ${extra}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {actions === undefined ? null : <div class="panel-actions">{actions}</div>}
      </header>
      {note === undefined ? null : <p class="panel-note">{note}</p>}
      {children}
    </section>
  );
}
