/** Random and quasi-random numbers: counter-based, reproducible, and the noise that drives paths. */
export * from "./brownianBridge.ts";
export * from "./noise.ts";
export * from "./normals.ts";
export * from "./philox.ts";
export * from "./sobol.ts";
