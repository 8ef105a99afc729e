/**
 * What the layer rules need to know of one TypeScript file, read from its syntax tree:
 * its imports, its functions with their length in lines, and where it says `any`.
 */
import ts from "typescript";

/** One `import`, `export … from` or `import()` of a file. */
export interface ImportFact {
  /** As written: "../num/errors.ts", "node:fs", "zod". */
  readonly specifier: string;
  readonly line: number;
}

/** One function, method, accessor or arrow function. */
export interface FunctionFact {
  /** Its own name, or that of the variable or property that holds it; "(anonymous)" otherwise. */
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** The facts of one file. */
export interface SourceFacts {
  /** Path from the repository root, with slashes. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly ImportFact[];
  readonly functions: readonly FunctionFact[];
  /** Lines on which the type `any` is written. */
  readonly anyLines: readonly number[];
}

/** Parses `text` as the file `path`; a syntax error is left to the type checker. */
export function readFacts(path: string, text: string): SourceFacts {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const imports: ImportFact[] = [];
  const functions: FunctionFact[] = [];
  const anyLines: number[] = [];
  const lineOf = (position: number): number =>
    source.getLineAndCharacterOfPosition(position).line + 1;

  const visit = (node: ts.Node): void => {
    const line = lineOf(node.getStart(source));
    const specifier = importedModule(node);
    if (specifier !== undefined) imports.push({ specifier, line });
    if (node.kind === ts.SyntaxKind.AnyKeyword) anyLines.push(line);
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      functions.push({ name: nameOf(node), line, lines: lineOf(node.getEnd()) - line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { path, lines: countLines(text), imports, functions, anyLines };
}

/** The module that a node imports, be it by `import`, `export from`, `import()` or `import("…").Type`. */
function importedModule(node: ts.Node): string | undefined {
  let module: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) module = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    module = node.argument.literal;
  } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    module = node.arguments[0];
  }
  return module !== undefined && ts.isStringLiteralLike(module) ? module.text : undefined;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  const holds = ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent);
  return holds ? parent.name.getText() : "(anonymous)";
}

function countLines(text: string): number {
  const newlines = text.split("\n").length - 1;
  return text.endsWith("\n") || text === "" ? newlines : newlines + 1;
}
