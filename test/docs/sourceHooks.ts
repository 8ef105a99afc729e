/**
 * Lets examples and snippets run on the source, unbuilt: `node --import …/sourceHooks.ts example.ts`.
 *
 * `volterra/engine` is looked up in the `exports` of package.json, and the built file found there is replaced by the
 * source it is built from: `./dist/engine.js` by `src/engine.ts`. So a subpath that is not exported does not resolve.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const root = new URL("../../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
  readonly name: string;
  readonly exports: { readonly [subpath: string]: string | { readonly default: string } };
};

registerHooks({
  resolve(specifier, context, nextResolve) {
    const { name, exports } = manifest;
    if (specifier !== name && !specifier.startsWith(`${name}/`))
      return nextResolve(specifier, context);
    const entry = exports[`.${specifier.slice(name.length)}`];
    if (typeof entry !== "object") throw new Error(`${specifier} is not exported by package.json`);
    const source = entry.default.replace("./dist/", "src/").replace(/\.js$/, ".ts");
    return { url: new URL(source, root).href, shortCircuit: true };
  },
});
