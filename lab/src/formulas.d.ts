/** Files of formulas (texFormulas.ts): HTML by name. */
declare module "*.tex" {
  const formulas: Readonly<Record<string, string>>;
  export default formulas;
}
