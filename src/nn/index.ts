/** Optimisers: least squares, quasi-Newton and stochastic gradient descent. */
export * from "./adam.ts";
export * from "./dampedLeastSquares.ts";
export * from "./lbfgs.ts";
export * from "./levenbergMarquardt.ts";
export type { Evaluation, Objective, Watch } from "./objective.ts";
export * from "./robustLoss.ts";
