/**
 * Formulas as HTML, made when the page is built: no typesetting happens in the browser.
 *
 *   import formulas from "./formulas.tex"   →   { name: html } of the lines `name = TeX`
 *
 * Lines that begin with % are remarks. KaTeX's style sheet is cut down to the one font format that every browser with
 * WebAssembly SIMD reads.
 */
import katex from "katex";
import type { Plugin } from "vite";

/** HTML of each line of a file of formulas; MathML inside it is what screen readers read. */
export function formulasOf(source: string, file: string): Readonly<Record<string, string>> {
  const entries = source.split("\n").flatMap((line, i) => {
    if (line.trim() === "" || line.startsWith("%")) return [];
    const at = line.indexOf("=");
    const name = line.slice(0, at).trim();
    if (at < 1 || !/^[\w-]+$/.test(name)) {
      throw new Error(`${file}:${i + 1}: expected name = TeX, got ${JSON.stringify(line)}.`);
    }
    const tex = line.slice(at + 1).trim();
    return [[name, katex.renderToString(tex, { throwOnError: true, strict: "ignore" })] as const];
  });
  return Object.fromEntries(entries);
}

export function texFormulas(): Plugin {
  return {
    name: "volterra-tex-formulas",
    enforce: "pre",
    transform(code, id) {
      if (id.endsWith(".tex")) {
        return { code: `export default ${JSON.stringify(formulasOf(code, id))};`, map: null };
      }
      if (/katex(\.min)?\.css$/.test(id.split("?")[0])) {
        const woff2 = code.replace(/,url\([^)]*\)\s*format\("(woff|truetype)"\)/g, "");
        return { code: woff2, map: null };
      }
      return null;
    },
  };
}
