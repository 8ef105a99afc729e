/**
 * Colour ramps that colour-blind readers can tell apart: sequential (dark blue to yellow, in the manner of
 * viridis) and diverging (blue, grey, orange).
 */
type Rgb = readonly [number, number, number];

const RAMPS: Readonly<Record<"sequential" | "diverging", readonly Rgb[]>> = {
  sequential: [
    [45, 30, 90],
    [55, 90, 145],
    [40, 150, 140],
    [125, 200, 90],
    [250, 225, 60],
  ],
  diverging: [
    [30, 95, 180],
    [130, 175, 220],
    [225, 225, 225],
    [240, 170, 110],
    [200, 80, 10],
  ],
};

/** A ramp as a function of [0, 1], linear between its stops. */
export function colourRamp(name: keyof typeof RAMPS): (share: number) => string {
  const stops = RAMPS[name];
  return (share) => {
    const position = share * (stops.length - 1);
    const i = Math.min(stops.length - 2, Math.floor(position));
    const mix = (c: 0 | 1 | 2) =>
      Math.round(stops[i][c] + (position - i) * (stops[i + 1][c] - stops[i][c]));
    return `rgb(${mix(0)},${mix(1)},${mix(2)})`;
  };
}
