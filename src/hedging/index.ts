/** Hedging with frictions. */
export {
  type NoTradeBand,
  type Oracle,
  oracleDefaults,
  type OracleGrid,
  type OracleProblem,
  solveOracle,
} from "./oracle.ts";
