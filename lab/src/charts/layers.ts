/**
 * What a chart can draw. Layers are drawn in their order; every one with a `label` has its place in the legend.
 *
 * Colours are CSS: a token such as `var(--c1)`, so that a change of theme costs nothing.
 */
interface Named {
  /** Unique in the chart. */
  readonly id: string;
  /** In the legend and in exported tables. */
  readonly label: string;
  readonly colour: string;
  /** Drawn, but not in the legend. */
  readonly unlisted?: boolean;
}

/** y over x. NaN breaks the line. */
export interface LineLayer extends Named {
  readonly kind: "line";
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** As in SVG's stroke-dasharray. */
  readonly dash?: string;
  readonly width?: number;
  readonly opacity?: number;
  /** Constant up to the next x. */
  readonly step?: boolean;
}

/** The area between low and high. */
export interface BandLayer extends Named {
  readonly kind: "band";
  readonly x: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

/** A whisker from low to high at each x: bid and ask. */
export interface IntervalsLayer extends Named {
  readonly kind: "intervals";
  readonly x: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  /** Those to draw as hollow: quotes that a fit did not see. */
  readonly faint?: readonly boolean[];
}

/** Points. */
export interface DotsLayer extends Named {
  readonly kind: "dots";
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly radius?: number;
}

/** Heights between edges: a histogram. One more edge than heights. */
export interface BarsLayer extends Named {
  readonly kind: "bars";
  readonly edges: ArrayLike<number>;
  readonly heights: ArrayLike<number>;
  readonly opacity?: number;
}

/** A straight line across the chart at one value. */
export interface RuleLayer extends Named {
  readonly kind: "rule";
  readonly along: "x" | "y";
  /** Where it crosses the other axis. */
  readonly at: number;
  readonly dash?: string;
}

export type Layer = LineLayer | BandLayer | IntervalsLayer | DotsLayer | BarsLayer | RuleLayer;

export interface AxisSpec {
  readonly label: string;
  /** Ends of the axis; from the data where absent. */
  readonly domain?: readonly [number, number];
  readonly scale?: "linear" | "log";
  readonly format?: (value: number) => string;
  /** Values that must be in sight when the ends come from the data. */
  readonly include?: readonly number[];
}
