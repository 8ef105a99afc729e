/** What a schema found wrong, as sentences of the project's form: expected …, got … . Fix. */
import type { z } from "zod";
import { type Complaint, type FieldPath, nearestName, valueText } from "./fieldPath.ts";
import { partsOf } from "./fields.ts";

/** Issues that zod raises about a configuration. */
type Issue = z.core.$ZodIssue;

/** Complaints of one issue: an unknown field each has its own. */
export function schemaComplaint(issue: Issue, whole: unknown, of: z.core.$ZodType): Complaint[] {
  const path = issue.path as FieldPath;
  const value = valueAt(whole, path);
  if (issue.code === "unrecognized_keys") {
    const known = knownFields(path, whole, of);
    return issue.keys.map((key) => {
      const near = nearestName(key, known);
      const fix = near === undefined ? "Take it out." : `Did you mean ${near}?`;
      return {
        path: [...path, key],
        text: `expected ${known.length === 0 ? "no further field" : `one of the fields ${known.join(", ")}`}, got ${key}. ${fix}`,
      };
    });
  }
  return [{ path, text: sentence(issue, value) }];
}

function sentence(issue: Issue, value: unknown): string {
  const own = partsOf(issue.message);
  if (own !== undefined) {
    const { accepted, fix = value === undefined ? "Add the field." : "Change it." } = own;
    return `expected ${accepted}, got ${valueText(value)}. ${fix}`;
  }
  const words = wordsOf(issue);
  if (words !== undefined) {
    const near = typeof value === "string" ? nearestName(value, words) : undefined;
    const fix =
      near !== undefined
        ? `Did you mean ${near}?`
        : value === undefined
          ? "Add the field."
          : "Take one of them.";
    return `expected ${words.length === 1 ? "" : "one of "}${words.join(", ")}, got ${valueText(value)}. ${fix}`;
  }
  const fix = value === undefined ? "Add the field." : "Change it.";
  return `expected ${shapeOf(issue)}, got ${valueText(value)}. ${fix}`;
}

/** The words that an enumeration or a `kind` accepts. */
function wordsOf(issue: Issue): string[] | undefined {
  if (issue.code === "invalid_value") return issue.values.map(String);
  if (issue.code === "invalid_union" && "options" in issue && Array.isArray(issue.options)) {
    return issue.options.map(String);
  }
  return undefined;
}

function shapeOf(issue: Issue): string {
  if (issue.code === "invalid_type") {
    return issue.expected === "array"
      ? "a list"
      : issue.expected === "object"
        ? "fields with their values"
        : `a ${issue.expected}`;
  }
  if (issue.code === "too_small" && issue.origin === "array") {
    return `at least ${issue.minimum} ${issue.minimum === 1 ? "entry" : "entries"}`;
  }
  return issue.message;
}

/** The value at a path, or nothing. */
function valueAt(whole: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<string | number, unknown>>)[part]
        : undefined,
    whole,
  );
}

/** Names of the fields that may stand at a path: those of the kind that is written there. */
function knownFields(path: FieldPath, whole: unknown, of: z.core.$ZodType): string[] {
  let schema = of;
  for (const [depth, part] of path.entries()) {
    const object = objectOf(schema, valueAt(whole, path.slice(0, depth)));
    const inner =
      typeof part === "number"
        ? (bare(schema) as { _zod: { def: { element?: z.core.$ZodType } } })._zod.def.element
        : object?._zod.def.shape[part];
    if (inner === undefined) return [];
    schema = inner;
  }
  const object = objectOf(schema, valueAt(whole, path));
  return object === undefined ? [] : Object.keys(object._zod.def.shape);
}

/** A schema without what makes it optional or gives it a default. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod as { def: { innerType?: z.core.$ZodType } };
  return def.innerType === undefined ? schema : bare(def.innerType);
}

/** The object schema behind a schema, of the kind that a value says it is. */
function objectOf(schema: z.core.$ZodType, value: unknown): z.core.$ZodObject | undefined {
  const inner = bare(schema);
  const { def } = inner._zod as {
    def: { type: string; options?: readonly z.core.$ZodType[]; discriminator?: string };
  };
  if (def.type === "object") return inner as z.core.$ZodObject;
  if (def.options === undefined || def.discriminator === undefined) return undefined;
  const kind = (value as Readonly<Record<string, unknown>> | undefined)?.[def.discriminator];
  for (const option of def.options) {
    const object = bare(option) as z.core.$ZodObject;
    if (object._zod.def.shape[def.discriminator]?._zod.values?.has(kind as string)) return object;
  }
  return undefined;
}
