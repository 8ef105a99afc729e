import type { ComponentChildren } from "preact";

interface Props {
  readonly kind: "plain" | "good" | "bad" | "warn";
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** A message in the page. Bad news is read out at once. */
export function Notice({ kind, title, children }: Props) {
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : undefined}>
      {title === undefined ? null : <strong class="notice-title">{title}</strong>}
      <div>{children}</div>
    </div>
  );
}
