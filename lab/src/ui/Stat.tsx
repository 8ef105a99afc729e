import type { ComponentChildren } from "preact";

/** Figures side by side: put `Stat`s inside. */
export function Stats({ children }: { readonly children: ComponentChildren }) {
  return <dl class="stats">{children}</dl>;
}

interface Props {
  readonly label: string;
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** One figure with its name. */
export function Stat({ label, note, children }: Props) {
  return (
    <div class="stat">
      <dt>{label}</dt>
      <dd>
        {children}
        {note === undefined ? null : <small>{note}</small>}
      </dd>
    </div>
  );
}
