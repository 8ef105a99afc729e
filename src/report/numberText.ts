/** Numbers as a report prints them. What is not finite prints as "n/a". */

function finite(value: number, text: (v: number) => string): string {
  return Number.isFinite(value) ? trueMinus(text(value)) : "n/a";
}

/** A minus as long as a plus, and none before a zero. */
export const trueMinus = (text: string): string =>
  text.replace(/^-(?=[0.]+([^0-9.]|$))/, "").replace(/^-/, "−");

/** 0.2345 → "23.45 %". */
export const percentText = (value: number, digits = 1): string =>
  finite(value, (v) => `${(100 * v).toFixed(digits)} %`);

export const fixedText = (value: number, digits = 2): string =>
  finite(value, (v) => v.toFixed(digits));

/** Whole numbers in groups of three. */
export const countText = (value: number): string =>
  finite(value, (v) => v.toLocaleString("en-GB", { maximumFractionDigits: 0 }));

/** Few digits whatever the size: 1.2e-9, 0.0312, 5,210. */
export function shortText(value: number, digits = 3): string {
  return finite(value, (v) => {
    const size = Math.abs(v);
    if (size >= 1e6 || (size > 0 && size < 1e-3))
      return v.toExponential(1).replace(/(\.0)?e\+?/, "e");
    return size >= 1000 ? countText(v) : `${Number(v.toPrecision(digits))}`;
  });
}

/** 1.2 million in words short enough for a tile: "1.2 M". */
export function magnitudeText(value: number): string {
  return finite(value, (v) => {
    for (const [unit, size] of [
      ["T", 1e12],
      ["G", 1e9],
      ["M", 1e6],
    ] as const) {
      if (v >= size) return `${(v / size).toPrecision(3)} ${unit}`;
    }
    return countText(v);
  });
}

/** "8.4 s", "3 min 20 s". */
export function durationText(seconds: number): string {
  return finite(seconds, (s) => {
    if (s < 59.95) return `${s.toFixed(1)} s`;
    const whole = Math.round(s);
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  });
}

/** "2026-03-27T15:30:00.000Z" → "2026-03-27 15:30 UTC". What is no date stays as it is. */
export const dateText = (iso: string): string =>
  iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2 UTC");
