/** Modules that the build makes: see vite.config.ts. */
declare module "virtual:synthetic-chain" {
  const csv: string;
  export default csv;
}
