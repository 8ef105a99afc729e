/**
 * A chart as a file: the SVG as it is seen, with its styles written into it, a title and a legend.
 */
const copied = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "fill-opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
] as const;

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
}

const headHeight = 34;
const legendLine = 20;

/** Text of a stand-alone SVG file. */
export function svgText(svg: SVGSVGElement, title: string, legend: readonly LegendEntry[]): string {
  const width = svg.width.baseVal.value;
  const height = svg.height.baseVal.value;
  const copy = svg.cloneNode(true) as SVGSVGElement;
  writeStyles(svg, copy);
  for (const part of copy.querySelectorAll(".cursor, .export-hidden")) part.remove();
  const rows = legendRows(legend, width);
  const top = headHeight + rows.length * legendLine;
  const page = getComputedStyle(document.body);
  const ink = page.color;
  const card = getComputedStyle(svg.closest(".panel") ?? document.body).backgroundColor;
  const font = page.fontFamily.replaceAll('"', "'");
  const body = new XMLSerializer().serializeToString(copy);
  const entries = rows.flatMap((row, r) =>
    row.map(({ label, colour, x }) => {
      const y = headHeight + r * legendLine;
      return `<rect x="${x}" y="${y}" width="16" height="4" rx="2" fill="${resolved(colour)}"/><text x="${x + 22}" y="${y + 6}" font-size="12" fill="${ink}">${escaped(label)}</text>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + top}" viewBox="0 0 ${width} ${height + top}" font-family="${font}"><title>${escaped(title)}</title><rect width="100%" height="100%" fill="${card}"/><text x="14" y="22" font-size="15" font-weight="600" fill="${ink}">${escaped(title)}</text>${entries.join("")}<g transform="translate(0 ${top})">${body}</g></svg>`;
}

/** The legend broken into rows of about the chart's width. */
function legendRows(legend: readonly LegendEntry[], width: number) {
  const rows: (LegendEntry & { readonly x: number })[][] = [];
  let x = Infinity;
  for (const entry of legend) {
    const space = 40 + 7 * entry.label.length;
    if (x + space > width - 10) {
      rows.push([]);
      x = 14;
    }
    rows[rows.length - 1].push({ ...entry, x });
    x += space;
  }
  return rows;
}

function writeStyles(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  if (from instanceof SVGElement) {
    const text = copied.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
    to.setAttribute("style", text);
    to.removeAttribute("class");
    if (from.classList.contains("cursor") || from.classList.contains("export-hidden")) {
      to.setAttribute("class", "export-hidden");
    }
  }
  for (let i = 0; i < from.children.length; i++) writeStyles(from.children[i], to.children[i]);
}

/** A CSS colour as the browser resolves it in the present theme. */
export function resolved(colour: string): string {
  const probe = document.createElement("span");
  probe.style.color = colour;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** The picture at twice its size, for sharp screens and print. */
export async function pngOfSvg(text: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * image.width;
    canvas.height = 2 * image.height;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob === null) reject(new Error("the picture is too large for this browser"));
        else resolve(blob);
      }, "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
