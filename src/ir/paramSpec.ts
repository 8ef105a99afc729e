/**
 * Kinds of parameters a program can declare, and their places in the flat parameter vector.
 *
 * Order: the keys of `params` as written; a network takes for each layer W row-major [outputs][inputs],
 * then b [outputs], in segments named `net.w0`, `net.b0`, `net.w1`, …
 */
import { InputError } from "../num/errors.ts";
import type { ParamSegment } from "./node.ts";
import type { Activation, DenseWeights } from "./ops.ts";
import { activations } from "./ops.ts";

/** One number. */
export interface ScalarSpec {
  readonly kind: "scalar";
}
/** `length` numbers, taken one by one or by an index that changes with the step. */
export interface VectorSpec {
  readonly kind: "vector";
  readonly length: number;
}
/** A fully connected network: hidden layers with one activation, and a linear output layer. */
export interface MlpSpec {
  readonly kind: "mlp";
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: Activation;
}
/** Any kind of parameter. */
export type ParamSpec = ScalarSpec | VectorSpec | MlpSpec;

/** Declares a scalar parameter. */
export function scalar(): ScalarSpec {
  return { kind: "scalar" };
}

/** Declares a vector of `length` parameters. */
export function vector(length: number): VectorSpec {
  requireCount("vector", "length", length);
  return { kind: "vector", length };
}

/** Declares a multilayer perceptron. */
export function mlp(spec: Omit<MlpSpec, "kind">): MlpSpec {
  requireCount("mlp", "inputs", spec.inputs);
  requireCount("mlp", "outputs", spec.outputs);
  for (const width of spec.hidden) requireCount("mlp", "a hidden width", width);
  if (!(activations as readonly string[]).includes(spec.activation))
    throw new InputError(
      `mlp: expected an activation among ${activations.join(", ")}, got ${String(spec.activation)}. Choose one of these.`,
    );
  return { kind: "mlp", ...spec };
}

function requireCount(where: string, field: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new InputError(
      `${where}: expected ${field} to be a positive integer, got ${value}. Correct the spec.`,
    );
}

/** A parameter with its place: offset of its first number, and the layers if it is a network. */
export interface PlacedParam {
  readonly key: string;
  readonly spec: ParamSpec;
  readonly offset: number;
  readonly layers: readonly DenseWeights[];
}

/** The parameter vector of a program. */
export interface ParamLayout {
  readonly placed: readonly PlacedParam[];
  readonly segments: readonly ParamSegment[];
  readonly count: number;
}

/** Places every parameter of a spec. */
export function layOutParams(params: { readonly [key: string]: ParamSpec }): ParamLayout {
  const placed: PlacedParam[] = [];
  const segments: ParamSegment[] = [];
  let count = 0;
  const place = (name: string, shape: readonly number[]): number => {
    const offset = count;
    segments.push({ name, offset, shape });
    count += shape.reduce((product, extent) => product * extent, 1);
    return offset;
  };
  for (const [key, spec] of Object.entries(params)) {
    if (key === "" || key.includes("."))
      throw new InputError(
        `defineProgram: expected parameter names without a dot, got "${key}". Rename it; dots name the layers of networks.`,
      );
    const offset = count;
    const layers: DenseWeights[] = [];
    if (spec.kind === "scalar") place(key, []);
    else if (spec.kind === "vector") place(key, [spec.length]);
    else {
      const widths = [spec.inputs, ...spec.hidden, spec.outputs];
      for (let layer = 0; layer + 1 < widths.length; layer++) {
        const inputs = widths[layer];
        const outputs = widths[layer + 1];
        const weight = place(`${key}.w${layer}`, [outputs, inputs]);
        const bias = place(`${key}.b${layer}`, [outputs]);
        layers.push({ inputs, outputs, weight, bias });
      }
    }
    placed.push({ key, spec, offset, layers });
  }
  return { placed, segments, count };
}
