/**
 * A desk's configuration from YAML or JSON text: strict, and every complaint names its field, line and value.
 *
 * JSON is YAML, so one parser reads both. What the schema does not know is refused with the nearest name that it knows.
 */
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { InputError } from "../../num/errors.ts";
import { checkConfig } from "./checkConfig.ts";
import { type Complaint, type FieldPath, pathText } from "./fieldPath.ts";
import { type HedgeConfig, hedgeConfigSchema } from "./schema.ts";
import { schemaComplaint } from "./schemaComplaint.ts";

/** Lines of a message at most: the rest of a thoroughly wrong file helps nobody. */
const mostComplaints = 8;

/** Reads a configuration.
 *
 * Throws  InputError naming the file, the line, the field's path, the value seen and what is accepted
 */
export function readHedgeConfig(text: string, name = "hedge configuration"): HedgeConfig {
  return readChecked(text, name, {
    schema: hedgeConfigSchema,
    check: checkConfig,
    example: "`volterra hedge example` prints one to start from.",
  });
}

/** A kind of configuration: its schema, what the schema cannot say, and where an example is. */
export interface ConfigKind<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly check: (config: z.output<Schema>) => readonly Complaint[];
  readonly example: string;
}

/** Reads a configuration of a kind.
 *
 * Throws  InputError as `readHedgeConfig`
 */
export function readChecked<Schema extends z.ZodType>(
  text: string,
  name: string,
  { schema, check, example }: ConfigKind<Schema>,
): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const [error] = document.errors;
    const { line } = lines.linePos(error.pos[0]);
    const what = error.message.split("\n")[0].replace(/ at line .*$/, "");
    throw new InputError(
      `${name}:${line}: expected YAML or JSON, got text that is neither: ${what}. ${example}`,
    );
  }
  const value: unknown = document.toJS();
  /** Line of a field, or of the nearest field above it that is there. */
  const lineOf = (path: FieldPath): number | undefined => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node: unknown = document.getIn(path.slice(0, depth), true);
      const start = (node as { readonly range?: readonly number[] | null } | undefined)?.range?.[0];
      if (start !== undefined) return lines.linePos(start).line;
    }
    return undefined;
  };
  const refuse = (complaints: readonly Complaint[]): never => {
    const shown = complaints.slice(0, mostComplaints).map(({ path, text: said }) => {
      const line = lineOf(path);
      const where = line === undefined ? name : `${name}:${line}`;
      return `${where}: ${path.length === 0 ? "" : `${pathText(path)}: `}${said}`;
    });
    const more = complaints.length - shown.length;
    throw new InputError([...shown, ...(more > 0 ? [`… and ${more} more.`] : [])].join("\n"));
  };
  const parsed = schema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    return refuse(parsed.error.issues.flatMap((issue) => schemaComplaint(issue, value, schema)));
  }
  const wrong = check(parsed.data);
  return wrong.length > 0 ? refuse(wrong) : parsed.data;
}
