/** Price against volatility at this strike and time: why some prices have no volatility. */
import { quantityOf } from "volterra/formulas";
import { Chart } from "../../charts/Chart.tsx";
import type { Layer } from "../../charts/layers.ts";
import { Panel } from "../../ui/Panel.tsx";
import { shown } from "./fields.ts";
import { terms } from "./state.ts";

const points = 120;

export function PriceCurve() {
  const option = terms.value;
  const { type, forward, strike, vol } = option;
  const last = Math.max(1.2, 1.6 * vol);
  const vols = Float64Array.from({ length: points + 1 }, (_, i) => (last * i) / points);
  const priceAt = (sigma: number): number => {
    const answer = quantityOf({ ...option, vol: sigma }, "price");
    return answer.ok ? answer.value : Number.NaN;
  };
  const least = Math.max(0, type === "call" ? forward - strike : strike - forward);
  const layers: Layer[] = [
    {
      kind: "line",
      id: "price",
      label: `Price of this ${type}`,
      colour: "var(--c1)",
      x: vols,
      y: vols.map(priceAt),
    },
    {
      kind: "rule",
      id: "least",
      label: "Least it can be worth",
      colour: "var(--c2)",
      along: "x",
      at: least,
      dash: "6 4",
    },
    {
      kind: "dots",
      id: "here",
      label: "Your option",
      colour: "var(--c6)",
      x: [vol],
      y: [priceAt(vol)],
      radius: 6,
    },
  ];
  return (
    <Panel
      title="Each price has one volatility"
      note="The curve only rises, so a price between its ends can be read backwards as a volatility: that is what “implied” means."
    >
      <Chart
        title="Option price against volatility"
        summary={`At a volatility of ${shown("vol", vol)} % the ${type} costs ${shown("price", priceAt(vol))}. It can never be worth less than ${shown("price", least)}.`}
        x={{ label: "volatility", format: (v) => `${Math.round(100 * v)} %` }}
        y={{ label: "price", include: [least] }}
        layers={layers}
        height={260}
      />
    </Panel>
  );
}
