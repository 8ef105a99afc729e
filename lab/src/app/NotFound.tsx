import { Notice } from "../ui/Notice.tsx";

/** An address that names no section. */
export function NotFound() {
  return (
    <article class="page">
      <h1>No such page</h1>
      <Notice kind="plain">
        The address names a section that the lab does not have. <a href="#/">Go to the start</a>.
      </Notice>
    </article>
  );
}
