/** Maps of the network: volatility in full, and every other output as a departure from the skeleton. */
import { HeatMap } from "../../charts/HeatMap.tsx";
import { Panel } from "../../ui/Panel.tsx";
import type { GridMap, Inspection } from "../../work/jobs/inspect.ts";

const gridOf = ({ xs, ys, values }: GridMap): GridMap => ({ xs, ys, values });

interface Props {
  readonly found: Inspection;
}

const percentText = (v: number): string => `${Number((100 * v).toFixed(0))} %`;
const ratioText = (v: number): string => `× ${v.toFixed(2)}`;
const signedText = (v: number): string => `${v >= 0 ? "+" : "−"}${Math.abs(v).toFixed(2)}`;
const years = { label: "years", format: (v: number): string => String(Number(v.toFixed(2))) };

/** σ as the simulation uses it, the skeleton's, and their ratio. */
export function SigmaPanel({ found }: Props) {
  const { sigma, skeletonSigma, maps } = found;
  const all = [...sigma.values.flat(), ...skeletonSigma.values.flat()];
  const range = [Math.min(...all), Math.max(...all)] as const;
  const y = { label: "slow factor" };
  return (
    <Panel
      title="Volatility: what was learned, and what it started from"
      note="The model's volatility σ depends on time and on two hidden factors, a slow and a fast one. Here it is over time and the slow factor, the fast one at rest. Left: learned. Middle: the classical skeleton alone, a two-factor stochastic volatility model with the same levels. Right: what the network multiplies it by; grey is no change."
    >
      <div class="maps">
        <HeatMap
          title="Learned volatility"
          showTitle
          x={years}
          y={y}
          {...gridOf(sigma)}
          range={range}
          format={percentText}
        />
        <HeatMap
          title="Skeleton’s volatility"
          showTitle
          x={years}
          y={y}
          {...gridOf(skeletonSigma)}
          range={range}
          format={percentText}
        />
        <HeatMap
          title="Learned over skeleton"
          showTitle
          x={years}
          y={y}
          {...gridOf(maps[0])}
          ramp="diverging"
          centre={1}
          format={ratioText}
        />
      </div>
    </Panel>
  );
}

/** The other outputs of the network. */
export function MapsPanel({ found }: Props) {
  return (
    <Panel
      title="Drift, vol-of-vol and correlation"
      note="What the network adds to the rest of the equation, each against the skeleton. Grey is no change."
    >
      <div class="maps">
        {found.maps.slice(1).map(({ title, note, xs, ys, yLabel, values, format }) => (
          <div key={title}>
            <HeatMap
              title={title}
              showTitle
              summary={note}
              x={years}
              y={{ label: yLabel }}
              {...gridOf({ xs, ys, values })}
              ramp="diverging"
              centre={format === "ratio" ? 1 : 0}
              format={format === "ratio" ? ratioText : signedText}
              height={230}
            />
            <p class="soft small">{note}</p>
          </div>
        ))}
      </div>
    </Panel>
  );
}

/** The learned numbers of the skeleton. */
export function SkeletonPanel({ found }: Props) {
  return (
    <Panel
      title="The skeleton’s own numbers"
      note="Learned together with the network. They have the meaning they have in any stochastic volatility model."
    >
      <dl class="skeleton">
        {found.skeleton.map(({ name, about, value }) => (
          <div key={name}>
            <dt>
              {name} <small>{about}</small>
            </dt>
            <dd>{Number(value.toPrecision(3))}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
