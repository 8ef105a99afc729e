/**
 * A smile drawn with characters: bid and ask of each quote, and the model's line through them.
 *
 * Across: log-moneyness ln(K/F). Up: implied volatility. A bar spans bid to ask; a dot is the model where there
 * is a quote, `×` where it misses the quote.
 */

/** One quote to draw. */
export interface SmilePoint {
  readonly logMoneyness: number;
  readonly bidVol: number;
  readonly askVol: number;
  readonly modelVol?: number;
}

/** Lines of the plot.
 *
 * Units   volatilities decimal; width in columns, height in rows
 */
export function terminalSmile(
  points: readonly SmilePoint[],
  { title, width = 80, height = 16 }: { title: string; width?: number; height?: number },
): string {
  if (points.length === 0) return `${title}\n(no quotes)`;
  const columns = Math.max(20, Math.min(width, 100) - 9);
  const vols = points.flatMap((p) => [p.bidVol, p.askVol, p.modelVol ?? p.bidVol]);
  const low = Math.min(...vols);
  const high = Math.max(...vols);
  const left = Math.min(...points.map((p) => p.logMoneyness));
  const right = Math.max(...points.map((p) => p.logMoneyness));
  const row = (vol: number): number =>
    Math.round(((high - vol) / Math.max(high - low, 1e-12)) * (height - 1));
  const column = (k: number): number =>
    Math.round(((k - left) / Math.max(right - left, 1e-12)) * (columns - 1));
  const cells = Array.from({ length: height }, () => Array.from({ length: columns }, () => " "));
  for (const p of points) {
    for (let r = row(p.askVol); r <= row(p.bidVol); r++) cells[r][column(p.logMoneyness)] = "│";
  }
  for (const p of points) {
    if (p.modelVol === undefined) continue;
    const inside = p.modelVol >= p.bidVol && p.modelVol <= p.askVol;
    cells[row(p.modelVol)][column(p.logMoneyness)] = inside ? "●" : "×";
  }
  const label = (r: number): string =>
    `${(100 * (high - ((high - low) * r) / (height - 1))).toFixed(1)}%`.padStart(7);
  const labelled = (r: number): boolean => r === 0 || r === height - 1 || r % 5 === 0;
  const body = cells.map((line, r) =>
    `${labelled(r) ? `${label(r)} ┤` : "        │"}${line.join("")}`.trimEnd(),
  );
  return [title, ...body, `        └${"─".repeat(columns)}`, kAxis(left, right, columns)].join(
    "\n",
  );
}

function kAxis(left: number, right: number, columns: number): string {
  const first = left.toFixed(2);
  const last = right.toFixed(2);
  const name = "ln(K/F)";
  const room = columns - first.length - last.length - name.length;
  const gap = Math.max(1, Math.floor(room / 2));
  return `         ${first}${" ".repeat(gap)}${name}${" ".repeat(Math.max(1, room - gap))}${last}`;
}
