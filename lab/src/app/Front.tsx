/** The front page: what this is, and the way to each section. */
import { useEffect } from "preact/hooks";
import { sections } from "../sections/index.ts";
import { hrefOf } from "./router.ts";

export function Front() {
  useEffect(() => {
    document.title = "Volterra lab";
  }, []);
  return (
    <article class="page front">
      <header class="page-head">
        <h1>Option prices imply an equation. Here a network learns it.</h1>
        <p class="lead">
          A neural SDE learns how a price and its volatility move, from nothing but the option
          quotes of one moment. Everything you see is computed in this tab, by the library itself.
          After the page has loaded, nothing is sent and nothing is fetched unless you ask for it.
        </p>
      </header>
      <ul class="doors">
        {sections.map(({ id, title, lead }) => (
          <li key={id}>
            <a href={hrefOf(id)}>
              <strong>{title}</strong>
              <span>{lead}</span>
            </a>
          </li>
        ))}
      </ul>
    </article>
  );
}
