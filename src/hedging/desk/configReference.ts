/** The configuration's reference as Markdown, from the schema itself: what the docs show and the help cannot. */
import { hedgeConfigJsonSchema } from "./schema.ts";

/** The parts of a JSON schema that the configuration uses. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly prefixItems?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** Tables of all fields: the top, then each part with its kinds. */
export function configReference(): string {
  const root = hedgeConfigJsonSchema() as Node;
  const parts: string[] = [table(root)];
  const visit = (node: Node, path: string): void => {
    for (const [name, field] of Object.entries(node.properties ?? {})) {
      const place = path === "" ? name : `${path}.${name}`;
      describePart(field, place);
    }
  };
  const describePart = (field: Node, place: string): void => {
    const inner = field.items ?? field;
    const own = field.items === undefined ? place : `${place}[]`;
    const kinds = inner.oneOf;
    if (kinds !== undefined) {
      parts.push(`### \`${own}\``, `${sentence(field.description)}`);
      for (const kind of kinds) {
        parts.push(`**\`${kindOf(kind)}\`**: ${sentence(kind.description)}`, table(kind));
      }
      // costs are the same for every instrument: shown once
      const seen = new Set<string>();
      for (const kind of kinds) {
        for (const [name, nested] of Object.entries(kind.properties ?? {})) {
          if (seen.has(name) || !isPart(nested)) continue;
          seen.add(name);
          describePart(nested, `${own}.${name}`);
        }
      }
    } else if (inner.properties !== undefined) {
      parts.push(`### \`${own}\``, sentence(field.description), table(inner));
      visit(inner, own);
    }
  };
  visit(root, "");
  return `${parts.join("\n\n")}\n`;
}

/** Has it fields of its own? */
const isPart = (node: Node): boolean => {
  const inner = node.items ?? node;
  return inner.oneOf !== undefined || inner.properties !== undefined;
};

function table(node: Node): string {
  const rows = Object.entries(node.properties ?? {}).map(([name, field]) => {
    const isRequired = node.required?.includes(name) === true;
    const fallback = field.default === undefined ? "" : `\`${JSON.stringify(field.default)}\``;
    const absent = isRequired ? "required" : fallback === "" ? "optional" : fallback;
    return `| \`${name}\` | ${cell(field.description ?? "which kind")} | ${cell(accepted(field))} | ${absent} |`;
  });
  return ["| field | meaning | accepts | default |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

const sentence = (text = ""): string =>
  text === "" ? "" : `${text[0].toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;

/** The word of a kind: the constants of its first field. */
function kindOf(kind: Node): string {
  const [first] = Object.values(kind.properties ?? {});
  return first?.const === undefined ? (first?.enum ?? []).join("`, `") : String(first.const);
}

function accepted(field: Node): string {
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((word) => `\`${String(word)}\``).join(", ");
  if (field.anyOf !== undefined) return "a price, or `105%`";
  if (field.oneOf !== undefined)
    return `one of ${field.oneOf.map((k) => `\`${kindOf(k)}\``).join(", ")}`;
  if (field.prefixItems !== undefined) return `[low, high], each ${accepted(field.prefixItems[0])}`;
  if (field.items !== undefined)
    return isPart(field) ? "a list" : `a list of ${accepted(field.items)}`;
  if (field.type === "object") return "fields, see below";
  if (field.type === "number" || field.type === "integer") return numbers(field);
  return field.type === "boolean" ? "`true`, `false`" : "text";
}

/** Whole numbers of JavaScript end here, which is no limit of the field. */
const widest = Number.MAX_SAFE_INTEGER;

function numbers({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Node): string {
  const ends = [
    ...(minimum === undefined || minimum === -widest ? [] : [`≥ ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`]),
    ...(maximum === undefined || maximum === widest ? [] : [`≤ ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`< ${exclusiveMaximum}`]),
  ];
  return [type === "integer" ? "whole number" : "number", ends.join(" and ")].join(" ").trim();
}
