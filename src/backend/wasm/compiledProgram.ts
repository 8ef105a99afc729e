/**
 * What is known of a program once it is compiled: the records that the compiler fills and the block passes read.
 */
import type { Program } from "../../ir/node.ts";
import type { Schedule } from "./schedule.ts";

/** Schedules of the stages; programs without rows have none for `row`. */
export interface Stages {
  readonly init: Schedule;
  readonly step: Schedule;
  readonly observe: Schedule;
  readonly row: Schedule | undefined;
}

/** Where each dense layer's weights are accumulated, and how they map to theta. */
export interface DenseAccumulator {
  readonly weight: number;
  readonly bias: number;
  readonly inputs: number;
  readonly outputs: number;
  /** First accumulator: outputs × inputs weights, then the biases. */
  readonly slot: number;
}

/** Regions of a thread's scratch after the tape, as byte offsets from the end of the tape. */
export interface ScratchLayout {
  readonly initFrame: number;
  readonly observeFrame: number;
  readonly rowFrame: number;
  readonly stageScratch: number;
  readonly stateCotangents: readonly [number, number];
  readonly observedCotangents: number;
  /** Dense accumulators or, for Jacobians, a row per column, then the coefficients of a date's rows. */
  readonly accumulators: number;
}

/** Everything that is known once the program is known. */
export interface CompiledProgram {
  readonly program: Program;
  readonly stages: Stages;
  readonly denseAccumulators: readonly DenseAccumulator[];
  readonly denseSlots: number;
  /** Bytes of one step's frame on the tape: state rows, then stored rows. */
  readonly frameBytes: number;
  readonly scratchLayout: ScratchLayout;
  readonly transposedAddress: ReadonlyMap<number, number>;
  /** First address free for the plan's data. */
  readonly dataAddress: number;
  readonly hasRowDense: boolean;
  readonly pool: readonly number[];
  readonly module: (shared: boolean) => WebAssembly.Module;
}

/** What `emitRun` calls: function indices of the stages. */
export interface StageFunctions {
  readonly forward: {
    readonly init: number;
    readonly step: number;
    readonly observe: number;
    readonly row: number | undefined;
  };
  readonly sum: StageBackwardFunctions;
  readonly perPath: StageBackwardFunctions;
}

/** Function indices of one way of going backward. */
export interface StageBackwardFunctions {
  readonly init: number;
  readonly step: number;
  readonly observe: number;
  readonly row: number | undefined;
}

/** What is known while the module is being written. */
export type ProgramShape = Omit<CompiledProgram, "module" | "pool">;
