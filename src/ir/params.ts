/**
 * Between named parameters and the flat vector theta that programs run on.
 *
 * `packParams` and `unpackParams` are inverses; they are the only places that know the layout by name.
 */
import { InputError, ShapeError } from "../num/errors.ts";
import { philoxUniforms } from "../random/normals.ts";
import type { ParamSegment, Program } from "./node.ts";

/** Parameters by segment name: a number for a scalar, an array for anything else (matrices row-major). */
export type ParamValues = { readonly [segment: string]: number | ArrayLike<number> };

/** Numbers in a segment. */
export function segmentLength(segment: ParamSegment): number {
  return segment.shape.reduce((product, extent) => product * extent, 1);
}

/**
 * The segment of a given name.
 *
 * Throws    InputError listing the names there are
 */
export function segmentNamed(program: Program, name: string): ParamSegment {
  const segment = program.params.find((candidate) => candidate.name === name);
  if (segment !== undefined) return segment;
  const names = program.params.map((candidate) => candidate.name).join(", ") || "none";
  throw new InputError(
    `${program.name}: expected a parameter among ${names}, got "${name}". Correct the name.`,
  );
}

/** Is it a layer of a network ("net.w0", "net.b0")? Dots appear in no other name. */
function isLayer(segment: ParamSegment): boolean {
  return segment.name.includes(".");
}

/**
 * The flat vector of named parameters. Layers of networks that are left out are 0 (see `initialiseMlp`).
 *
 * Throws    InputError on an unknown or missing name or a value that is not finite; ShapeError on a wrong length
 */
export function packParams(program: Program, values: ParamValues): Float64Array {
  for (const name of Object.keys(values)) segmentNamed(program, name);
  const theta = new Float64Array(program.paramCount);
  for (const segment of program.params) {
    const value = Object.hasOwn(values, segment.name) ? values[segment.name] : undefined;
    if (value === undefined) {
      if (isLayer(segment)) continue;
      throw new InputError(
        `packParams: expected a value of ${segment.name} of ${program.name}, got none. Add it.`,
      );
    }
    theta.set(numbersOf(segment, value), segment.offset);
  }
  return theta;
}

function numbersOf(segment: ParamSegment, value: number | ArrayLike<number>): ArrayLike<number> {
  const numbers = typeof value === "number" ? [value] : value;
  const length = segmentLength(segment);
  if (numbers.length !== length || (typeof value === "number" && segment.shape.length > 0))
    throw new ShapeError(
      `packParams: expected ${segment.name} [${segment.shape.join("][")}] (${length} numbers), ` +
        `got ${typeof value === "number" ? "one number" : `${numbers.length} numbers`}. Give the whole array, row-major.`,
    );
  for (let i = 0; i < length; i++)
    if (!Number.isFinite(numbers[i]))
      throw new InputError(
        `packParams: expected finite numbers in ${segment.name}, got ${numbers[i]} at ${i}. Correct it.`,
      );
  return numbers;
}

/** Named parameters from the flat vector: a number for each scalar, a copied array for the rest. */
export function unpackParams(
  program: Program,
  theta: Float64Array,
): { readonly [segment: string]: number | Float64Array } {
  requireTheta(program, theta);
  const entries = program.params.map((segment) => {
    const { name, offset, shape } = segment;
    const value =
      shape.length === 0 ? theta[offset] : theta.slice(offset, offset + segmentLength(segment));
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

/** Throws a ShapeError unless theta has one number per parameter. */
export function requireTheta(program: Program, theta: Float64Array): void {
  if (theta.length !== program.paramCount)
    throw new ShapeError(
      `${program.name}: expected theta [param] with ${program.paramCount} numbers, got ${theta.length}. Make it with packParams.`,
    );
}

/** How `initialiseMlp` draws. */
export interface MlpInitialisation {
  /** Factor on the weights of the output layer; 0 gives a network that is silent but can learn. Default 1. */
  readonly lastScale?: number;
}

/**
 * Fills the layers of network `key` in place and returns theta: weights uniform in ±√(6/(inputs+outputs)),
 * biases 0. The same seed gives the same weights on every platform.
 *
 * Throws    InputError when the program has no such network or seed is not an integer in [0, 2^53)
 * Source    Glorot & Bengio (2010), eq. (16)
 */
export function initialiseMlp(
  program: Program,
  key: string,
  theta: Float64Array,
  seed: number,
  options: MlpInitialisation = {},
): Float64Array {
  requireTheta(program, theta);
  const { lastScale = 1 } = options;
  const weights = program.params.filter((segment) => segment.name.startsWith(`${key}.w`));
  if (weights.length === 0)
    throw new InputError(
      `initialiseMlp: expected the name of a network of ${program.name}, got "${key}". Declare it with mlp({ … }).`,
    );
  for (const [layer, segment] of weights.entries()) {
    const [outputs, inputs] = segment.shape;
    const scale = layer === weights.length - 1 ? lastScale : 1;
    const bound = scale * Math.sqrt(6 / (inputs + outputs));
    // The offset as stream: networks of one program get other weights from the same seed.
    const uniforms = philoxUniforms(seed, segment.offset, outputs * inputs);
    for (const [i, u] of uniforms.entries()) theta[segment.offset + i] = bound * (2 * u - 1);
    const bias = segmentNamed(program, `${key}.b${layer}`);
    theta.fill(0, bias.offset, bias.offset + outputs);
  }
  return theta;
}
