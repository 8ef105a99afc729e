/** A link to a section, or its words alone where the lab is built without that section. */
import type { ComponentChildren } from "preact";
import { sections } from "../sections/index.ts";

interface Props {
  /** An address of the lab: "#/compare?models=svi". */
  readonly href: string;
  readonly children: ComponentChildren;
}

/** Does the address name a section of this lab? */
export const isSection = (href: string): boolean =>
  sections.some(({ id }) => new RegExp(`^#/${id}(\\?|$)`).test(href));

export function SectionLink({ href, children }: Props) {
  return isSection(href) ? <a href={href}>{children}</a> : <span>{children}</span>;
}
