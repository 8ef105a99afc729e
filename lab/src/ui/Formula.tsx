/** A formula that was typeset when the page was built (texFormulas.ts). */
import "katex/dist/katex.min.css";
import "./formula.css";

interface Props {
  readonly html: string;
  /** On a line of its own. */
  readonly block?: boolean;
}

export function Formula({ html, block }: Props) {
  const name = block === true ? "formula block" : "formula";
  // the text comes from a file of the project, never from a reader
  return <span class={name} dangerouslySetInnerHTML={{ __html: html }} />;
}
