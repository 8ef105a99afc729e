/** Strengths and limits, with measured figures and what was done about each limit. */
import { SectionLink } from "../../app/SectionLink.tsx";
import "./limits.css";
import { type Finding, limits, strengths } from "./figures.ts";

export default function Limits() {
  return (
    <div class="findings">
      <p class="findings-intro">
        Every figure on this page is measured and stands in the project’s documents, where the
        command that repeats it stands as well. The lab computes in your browser, so its own times
        differ.
      </p>
      <List title="What it does well" kind="strength" findings={strengths} />
      <List title="Where it is weak, and what was done" kind="limit" findings={limits} />
      <p class="soft">
        What it does not do at all: it does not trade, it does not quote, it prices European
        exercise only, and it refuses to answer beyond the last expiry it was shown.
      </p>
    </div>
  );
}

interface ListProps {
  readonly title: string;
  readonly kind: "strength" | "limit";
  readonly findings: readonly Finding[];
}

function List({ title, kind, findings }: ListProps) {
  return (
    <section aria-labelledby={kind}>
      <h2 id={kind}>{title}</h2>
      <div class="findings-list">
        {findings.map((finding) => (
          <article key={finding.id} class={`panel finding ${kind}`}>
            <h3>{finding.title}</h3>
            <p>{finding.what}</p>
            <dl class="finding-figures">
              {finding.figures.map(({ text, label, document }) => (
                <div key={label}>
                  <dt>{text}</dt>
                  <dd>
                    {label} <small class="soft">docs/{document}</small>
                  </dd>
                </div>
              ))}
            </dl>
            <p>
              <strong>{kind === "limit" ? "What was done: " : "Why: "}</strong>
              {finding.done}
            </p>
            <p class="finding-see">
              <SectionLink href={finding.see.href}>{finding.see.label}</SectionLink>
            </p>
          </article>
        ))}
      </div>
    </section>
  );
}
