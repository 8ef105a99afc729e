/** Colour ramps that colour-blind readers can tell apart: those of the reports (src/report/colours.ts). */
type Rgb = readonly [number, number, number];

const stopsOf: Readonly<Record<"sequential" | "diverging", readonly Rgb[]>> = {
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

/** A ramp as a function of [0, 1], linear between its stops; [r, g, b] of 255. */
export function rampRgb(name: keyof typeof stopsOf): (share: number) => Rgb {
  const stops = stopsOf[name];
  return (share) => {
    const position = Math.min(1, Math.max(0, share)) * (stops.length - 1);
    const i = Math.min(stops.length - 2, Math.floor(position));
    const mix = (c: 0 | 1 | 2): number =>
      Math.round(stops[i][c] + (position - i) * (stops[i + 1][c] - stops[i][c]));
    return [mix(0), mix(1), mix(2)];
  };
}

/** The same as a CSS colour. */
export function colourRamp(name: keyof typeof stopsOf): (share: number) => string {
  const ramp = rampRgb(name);
  return (share) => `rgb(${ramp(share).join(",")})`;
}
