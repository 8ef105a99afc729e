/**
 * Fields of the configuration: a zod schema whose message says what is accepted, and what to do, for every way to be wrong.
 *
 * A field's description begins with what it means; what is accepted follows from the same record, so that messages, the JSON
 * schema and the reference in the docs cannot disagree.
 */
import { z } from "zod";

/** Numbers that a field takes. */
export interface NumberField {
  /** What it means, with its unit; a sentence without its point. */
  readonly about: string;
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
  /** An example with its unit, or what to write instead: the last sentence of a message. */
  readonly fix?: string;
}

/** "a number > 0 and ≤ 5" */
function rangeText({ from, above, to, below }: NumberField, noun: string): string {
  const ends = [
    ...(from === undefined ? [] : [`≥ ${from}`]),
    ...(above === undefined ? [] : [`> ${above}`]),
    ...(to === undefined ? [] : [`≤ ${to}`]),
    ...(below === undefined ? [] : [`< ${below}`]),
  ];
  return ends.length === 0 ? noun : `${noun} ${ends.join(" and ")}`;
}

function bounded(schema: z.ZodNumber, field: NumberField, said: string): z.ZodNumber {
  let found = schema;
  if (field.from !== undefined) found = found.gte(field.from, { error: said });
  if (field.above !== undefined) found = found.gt(field.above, { error: said });
  if (field.to !== undefined) found = found.lte(field.to, { error: said });
  if (field.below !== undefined) found = found.lt(field.below, { error: said });
  return found.describe(`${field.about}${field.fix === undefined ? "" : `. ${field.fix}`}`);
}

/** Parts of a message: what is accepted, and the fix after it. */
const messageOf = (accepted: string, fix: string | undefined): string =>
  JSON.stringify({ accepted, fix });

/** The parts of a message that one of these fields made. */
export function partsOf(message: string): { accepted: string; fix?: string } | undefined {
  if (!message.startsWith('{"accepted"')) return undefined;
  return JSON.parse(message) as { accepted: string; fix?: string };
}

/** A finite number in a range. */
export function number(field: NumberField): z.ZodNumber {
  const said = messageOf(rangeText(field, "a number"), field.fix);
  return bounded(z.number({ error: said }), field, said);
}

/** A whole number in a range. */
export function whole(field: NumberField): z.ZodNumber {
  const said = messageOf(rangeText(field, "a whole number"), field.fix);
  return bounded(z.number({ error: said }).int({ error: said }), field, said);
}

/** Yes or no. */
export const flag = (about: string): z.ZodBoolean =>
  z.boolean({ error: messageOf("true or false", undefined) }).describe(about);

/** A line of text that is not empty. */
export function text(about: string, fix?: string): z.ZodString {
  const said = messageOf("text", fix);
  return z.string({ error: said }).min(1, { error: said }).describe(about);
}

/** Text of a form. */
export function formed(about: string, form: RegExp, accepted: string, fix?: string): z.ZodString {
  const said = messageOf(accepted, fix);
  return z.string({ error: said }).regex(form, { error: said }).describe(about);
}

/** A number, or text of a form, in one field. */
export function either(
  about: string,
  options: readonly [z.ZodNumber, z.ZodString],
  accepted: string,
  fix?: string,
) {
  return z.union(options, { error: messageOf(accepted, fix) }).describe(about);
}
