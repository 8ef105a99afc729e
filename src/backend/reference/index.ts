/**
 * The reference backend: a float64 interpreter in plain TypeScript, the oracle of every other backend.
 *
 * Accuracy  float64 throughout; gradients agree with central differences to 1e-6 relative (backend.test.ts)
 */
import { checkProgram } from "../../ir/check.ts";
import type { Backend } from "../backend.ts";
import { checkPlan } from "../planCheck.ts";
import { referenceRunner } from "./runner.ts";

/** Runs programs path by path in float64, on one thread whatever is asked. */
export const referenceBackend: Backend = {
  name: "reference",
  async prepare(program, plan) {
    checkProgram(program);
    checkPlan(program, plan);
    return referenceRunner(program, plan);
  },
};
