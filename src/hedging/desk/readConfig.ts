/**
 * A desk's configuration from YAML or JSON text: strict, and every complaint names its field, line and value.
 *
 * JSON is YAML, so one parser reads both. What the schema does not know is refused with the nearest name that it knows.
 */
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { InputError, UnsupportedError } from "../../num/errors.ts";
import { checkConfig } from "./checkConfig.ts";
import { checkHorizon } from "./checkHorizon.ts";
import { type Complaint, type FieldPath, pathText } from "./fieldPath.ts";
import { type MarketData, marketFile, noMarketData, readMarketData, spotOf } from "./marketData.ts";
import { type HedgeConfig, hedgeConfigSchema } from "./schema.ts";
import { schemaComplaint } from "./schemaComplaint.ts";

/** Lines of a message at most: the rest of a thoroughly wrong file helps nobody. */
const mostComplaints = 8;

const hedgeKind = {
  schema: hedgeConfigSchema,
  example: "`volterra hedge example` prints one to start from.",
};

/** Reads a configuration that names no other file.
 *
 * Throws  InputError naming the file, the line, the field's path, the value seen and what is accepted
 */
export function readHedgeConfig(text: string, name = "hedge configuration"): HedgeConfig {
  const { value, refuse } = parsed(text, name, hedgeKind);
  const file = marketFile(value.market);
  if (file !== undefined) {
    return refuse([
      {
        path: ["market", file.field],
        text: `expected a configuration alone, got the file ${file.path} that it needs. Read it with readHedgeFiles.`,
      },
    ]);
  }
  const config = value as HedgeConfig;
  const wrong = checkConfig(config);
  return wrong.length > 0 ? refuse(wrong) : config;
}

/** A configuration and what is in the file that it names. */
export interface ReadHedge {
  readonly config: HedgeConfig;
  readonly data: MarketData;
  /** Text of the file by its name in the configuration; empty without one. */
  readonly files: Readonly<Record<string, string>>;
}

/** Reads a configuration and the file of its market; `open` gives the text of a file.
 *
 * Throws  InputError as `readHedgeConfig`, also for a file that is not there or is not what the field needs
 */
export async function readHedgeFiles(
  text: string,
  name: string,
  open: (path: string) => string | Promise<string>,
): Promise<ReadHedge> {
  const { value, refuse } = parsed(text, name, hedgeKind);
  const file = marketFile(value.market);
  if (file === undefined) {
    return { config: readHedgeConfig(text, name), data: noMarketData, files: {} };
  }
  const { field, path } = file;
  let content: string;
  let data: MarketData;
  try {
    content = await open(path);
    data = await readMarketData(field, path, content);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof UnsupportedError)) throw error;
    return refuse([{ path: ["market", field], text: error.message }]);
  }
  const { market } = value;
  const spot = "spot" in market && market.spot !== undefined ? market.spot : spotOf(data);
  const config = { ...value, market: { ...market, spot } } as HedgeConfig;
  const wrong = [...checkConfig(config), ...checkHorizon(config, data)];
  return wrong.length > 0 ? refuse(wrong) : { config, data, files: { [path]: content } };
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
  { check, ...kind }: ConfigKind<Schema>,
): z.output<Schema> {
  const { value, refuse } = parsed(text, name, kind);
  const wrong = check(value);
  return wrong.length > 0 ? refuse(wrong) : value;
}

/** What a schema makes of a text, and how to refuse it: with the lines of the fields complained about. */
function parsed<Schema extends z.ZodType>(
  text: string,
  name: string,
  { schema, example }: Omit<ConfigKind<Schema>, "check">,
): {
  readonly value: z.output<Schema>;
  readonly refuse: (complaints: readonly Complaint[]) => never;
} {
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
  const found = schema.safeParse(value, { reportInput: true });
  if (!found.success) {
    return refuse(found.error.issues.flatMap((issue) => schemaComplaint(issue, value, schema)));
  }
  return { value: found.data, refuse };
}
