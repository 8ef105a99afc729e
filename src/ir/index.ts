/**
 * The tracing language: write a simulation as TypeScript functions, get a program that backends compile.
 */
export type {
  InitInputs,
  ObserveInputs,
  ProgramSpec,
  RowInputs,
  StepInputs,
} from "./build.ts";
export { defineProgram } from "./build.ts";
export { checkProgram } from "./check.ts";
export type { Expr, Num } from "./expr.ts";
export type { NetworkParam, ParamHandle, ParamHandles, VectorParam } from "./handles.ts";
export type * from "./node.ts";
export type { Activation, DenseWeights } from "./ops.ts";
export {
  abs,
  add,
  dense,
  div,
  element,
  exp,
  log,
  max,
  min,
  mul,
  named,
  neg,
  normCdf,
  reciprocal,
  round,
  select,
  sigmoid,
  silu,
  softplus,
  sqrt,
  square,
  stack,
  sub,
  sum,
  tanh,
} from "./ops.ts";
export type { MlpSpec, ParamSpec, ScalarSpec, VectorSpec } from "./paramSpec.ts";
export { mlp, scalar, vector } from "./paramSpec.ts";
export type { MlpInitialisation, ParamValues } from "./params.ts";
export {
  initialiseMlp,
  packParams,
  requireTheta,
  segmentLength,
  segmentNamed,
  unpackParams,
} from "./params.ts";
export { nodeInputs, printGraph, printProgram } from "./print.ts";
