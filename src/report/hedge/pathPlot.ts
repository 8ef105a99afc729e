/** One path: the price above, and the position of an instrument by the policy and by a rule below it. */
import type { ShownPath } from "../../hedging/index.ts";
import { at, extent, type Frame, plotArea, svg } from "../svg.ts";
import { policyClass } from "./colours.ts";

const upper: Frame = { width: 360, height: 150, left: 52, right: 12, top: 8, bottom: 36 };

/** SVG of the price over days. */
export function spotPlot(title: string, { days, spot }: ShownPath): string {
  const { x, y, axes } = plotArea(
    upper,
    { label: "day", kind: "linear", extent: extent(days) },
    { label: "spot", kind: "linear", extent: extent(spot, 0.08) },
  );
  const line = days.map((day, i) => `${i === 0 ? "M" : "L"}${at(x(day))} ${at(y(spot[i]))}`);
  return svg(upper, title, `${axes}<path class="curve" d="${line.join("")}"/>`);
}

/** SVG of a position over days: the policy's as a strong line of steps, a rule's as a thin one. */
export function positionPlot(
  title: string,
  { days }: ShownPath,
  instrument: ShownPath["instruments"][number],
  ruleRank: number,
): string {
  const { position, rule, name } = instrument;
  const { x, y, axes } = plotArea(
    upper,
    { label: "day", kind: "linear", extent: extent(days) },
    { label: name, kind: "linear", extent: extent([...position, ...(rule ?? []), 0], 0.08) },
  );
  const steps = (values: readonly number[]): string =>
    values
      .map(
        (value, i) =>
          `${i === 0 ? "M" : "L"}${at(x(days[i]))} ${at(y(value))}H${at(x(days[i + 1]))}`,
      )
      .join("");
  const thin =
    rule === null ? "" : `<path class="curve ${policyClass(ruleRank)}" d="${steps(rule)}"/>`;
  return svg(
    upper,
    title,
    `${axes}${thin}<path class="curve ${policyClass(0)}" d="${steps(position)}"/>`,
  );
}
