/** One path, day by day: price, position, band, trades, and the reason of each. */
import { effect, signal } from "@preact/signals";
import { threads } from "../../app/threads.ts";
import { Chart } from "../../charts/Chart.tsx";
import type { Layer } from "../../charts/layers.ts";
import { Button, Select, Slider } from "../../ui/controls.tsx";
import { JobNotice } from "../../ui/JobNotice.tsx";
import { amount, decimals } from "../../ui/numberText.ts";
import { Panel } from "../../ui/Panel.tsx";
import { Stat, Stats } from "../../ui/Stat.tsx";
import type { Replay, ReplayPath } from "../../work/jobs/hedge/replay.ts";
import { measures, reason, replay, task, trained } from "./hedgeState.ts";
import { looks } from "./looks.ts";
import { digitsOf } from "./Progress.tsx";
import { isTrade, tradeText, whatHappened, whyItPays } from "./reasons.ts";
import { pathIds, view } from "./settings.ts";

const pathNames = {
  usual: { label: "A usual path", note: "Its profit is the median of 1,024 futures." },
  bad: { label: "A bad path", note: "One future in forty is worse." },
  good: { label: "A good path", note: "One future in forty is better." },
  dear: { label: "The dearest path", note: "Of 1,024 futures the one with the highest costs." },
} as const;

/** Milliseconds between two days when the path plays. */
const playMs = 420;
const isPlaying = signal(false);
let timer: ReturnType<typeof setInterval> | null = null;

function play(dates: number): void {
  if (view.day.peek() >= dates - 1) view.day.value = 0;
  isPlaying.value = true;
  timer ??= setInterval(() => {
    if (view.day.peek() >= dates - 1) pause();
    else view.day.value += 1;
  }, playMs);
}

function pause(): void {
  if (timer !== null) clearInterval(timer);
  timer = null;
  isPlaying.value = false;
}

/** The reason of the chosen day, once the reader stays at it. */
let asking: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  const found = replay.result.value;
  const [id, day, now, result] = [view.path.value, view.day.value, task.value, trained.value];
  clearTimeout(asking);
  reason.reset();
  if (isPlaying.value || found === null || now === null || result === null) return;
  const path = found.paths.find((own) => own.id === id);
  if (path === undefined) return;
  const { days, spot, state, trades } = path.dates[Math.min(day, path.dates.length - 1)];
  const held = trades.map((trade) => trade.held);
  const [years, { theta }] = [days / 365, result];
  asking = setTimeout(
    () => reason.start({ task: now, theta, threads, years, spot, state, held }),
    350,
  );
});

export function ReplayPanel() {
  const found = replay.result.value;
  const { label, note } = pathNames[view.path.value];
  return (
    <Panel
      title="One path, day by day"
      note={found === null ? undefined : `${label}. ${note}`}
      actions={
        found === null ? undefined : (
          <Select
            label="Path"
            value={view.path.value}
            options={pathIds.map((id) => ({
              value: id,
              label: pathNames[id].label,
            }))}
            onChange={(id) => {
              pause();
              view.path.value = id;
            }}
          />
        )
      }
    >
      <JobNotice job={replay} />
      {found === null ? (
        <p class="soft loading">
          {trained.value === null
            ? "After the training: what the rule does on one future, and why."
            : "Running 1,024 futures…"}
        </p>
      ) : (
        <OnePath found={found} />
      )}
    </Panel>
  );
}

function OnePath({ found }: { readonly found: Replay }) {
  const path = found.paths.find(({ id }) => id === view.path.value) ?? found.paths[0];
  const { dates } = path;
  const day = Math.min(Math.round(view.day.value), dates.length - 1);
  const j = Math.min(view.instrumentShown.value, found.instruments.length - 1);
  return (
    <div class="replay">
      <div class="replay-head">
        <Button onClick={() => (isPlaying.value ? pause() : play(dates.length))}>
          {isPlaying.value ? "Pause" : "Play"}
        </Button>
        <Slider
          label="Day of the path"
          min={0}
          max={dates.length - 1}
          step={1}
          value={day}
          format={(i) => dayText(dates[i].days)}
          onInput={(i) => {
            pause();
            view.day.value = i;
          }}
        />
      </div>
      <Reason path={path} day={day} j={j} names={found.instruments} />
      <div class="columns">
        <Chart
          showTitle
          title="The price, and the trades"
          summary={`From ${amount(dates[0].spot)} to ${amount(path.endSpot)}.`}
          x={{ label: "day", domain: [0, path.endDays] }}
          y={{ label: "price of the underlying" }}
          layers={priceLayers(path, day, j)}
          height={260}
        />
        <Chart
          showTitle
          title={`What is held${found.instruments.length > 1 ? `, ${found.instruments[j]}` : ""}`}
          summary="The learned rule's position with its band, and the delta hedger's."
          x={{ label: "day", domain: [0, path.endDays] }}
          y={{ label: "units held" }}
          layers={heldLayers(path, day, j)}
          height={260}
        />
      </div>
      <PathStats path={path} j={j} />
      <Diary path={path} day={day} names={found.instruments} />
    </div>
  );
}

const dayText = (days: number): string => String(Number(days.toFixed(2)));

interface ReasonProps {
  readonly path: ReplayPath;
  readonly day: number;
  readonly j: number;
  readonly names: readonly string[];
}

function Reason({ path, day, names }: ReasonProps) {
  const at = path.dates[day];
  const why = reason.result.value;
  return (
    <div class="reason" aria-live={isPlaying.value ? "off" : "polite"}>
      <strong>
        Day {dayText(at.days)}, price {amount(at.spot)}.
      </strong>{" "}
      {at.trades.map((trade, j) => (
        <span key={names[j]}>
          {names.length > 1 ? <em>{names[j]}: </em> : null}
          {whatHappened(trade, day)}{" "}
        </span>
      ))}
      <span class="soft">
        {isPlaying.value
          ? ""
          : why !== null && reason.status.value === "done"
            ? whyItPays(why, at)
            : reason.status.value === "failed"
              ? `What it is worth could not be computed: ${reason.error.value ?? ""}`
              : "Working out what the trade is worth…"}
      </span>
    </div>
  );
}

const rule = (id: string, at: number): Layer => ({
  kind: "rule",
  id,
  label: "the chosen day",
  unlisted: true,
  colour: "var(--control)",
  along: "y",
  at,
  dash: "2 3",
});

function priceLayers({ dates, endDays, endSpot }: ReplayPath, day: number, j: number): Layer[] {
  const traded = dates.filter(({ trades }) => isTrade(trades[j]));
  return [
    rule("day", dates[day].days),
    {
      kind: "line",
      id: "price",
      label: "price",
      colour: "var(--c1)",
      x: [...dates.map(({ days }) => days), endDays],
      y: [...dates.map(({ spot }) => spot), endSpot],
    },
    {
      kind: "dots",
      id: "trades",
      label: "a trade of the learned rule",
      colour: looks.learned.colour,
      radius: 4,
      x: traded.map(({ days }) => days),
      y: traded.map(({ spot }) => spot),
    },
  ];
}

function heldLayers({ dates, endDays }: ReplayPath, day: number, j: number): Layer[] {
  const x = [...dates.map(({ days }) => days), endDays];
  const closed = (values: readonly number[]) => [...values, values[values.length - 1]];
  const bands = dates.map(({ trades }) => trades[j].band);
  const own = (pick: (trade: ReplayPath["dates"][number]["trades"][number]) => number) =>
    closed(dates.map(({ trades }) => pick(trades[j])));
  const layers: Layer[] = [rule("day", dates[day].days)];
  if (bands.every((band) => band !== null)) {
    layers.push({
      kind: "band",
      id: "band",
      label: "learned band of the day",
      colour: looks.learned.colour,
      x: dates.map(({ days }) => days),
      low: bands.map(({ low }) => low),
      high: bands.map(({ high }) => high),
    });
  }
  if (dates.every(({ trades }) => trades[j].delta !== null)) {
    const y = own(({ delta }) => delta ?? Number.NaN);
    layers.push({ kind: "line", id: "delta", ...looks.delta, step: true, x, y });
  }
  layers.push({
    kind: "line",
    id: "learned",
    label: "learned",
    colour: looks.learned.colour,
    width: 2.4,
    step: true,
    x,
    y: own(({ position }) => position),
  });
  return layers;
}

function PathStats({ path, j }: { readonly path: ReplayPath; readonly j: number }) {
  const trades = path.dates.filter((own) => isTrade(own.trades[j])).length;
  const money = (value: number): string =>
    decimals(value, digitsOf(measures.result.value?.fairValue ?? 1));
  return (
    <Stats>
      <Stat label="Trades" note={`delta trades on all ${path.dates.length}`}>
        {trades}
      </Stat>
      <Stat label="Costs" note={`delta pays ${money(path.deltaCost)}`}>
        {money(path.cost)}
      </Stat>
      <Stat label="Profit" note={`delta ends at ${money(path.deltaProfit)}`}>
        {money(path.profit)}
      </Stat>
    </Stats>
  );
}

interface DiaryProps {
  readonly path: ReplayPath;
  readonly day: number;
  readonly names: readonly string[];
}

/** Every date in a table; a click chooses it. */
function Diary({ path, day, names }: DiaryProps) {
  return (
    <details class="diary">
      <summary>Every day in a table</summary>
      <div class="scroll" role="region" aria-label="Every day of the path" tabIndex={0}>
        <table>
          <caption class="unseen">Every day of the path</caption>
          <thead>
            <tr>
              <th class="text">Day</th>
              <th>Price</th>
              {names.map((name) => [
                <th key={`${name} band`}>{names.length > 1 ? `Band, ${name}` : "Band"}</th>,
                <th key={`${name} delta`}>Delta</th>,
                <th key={`${name} trade`}>Trade</th>,
                <th key={`${name} held`}>Held then</th>,
                <th key={`${name} cost`}>Cost</th>,
              ])}
            </tr>
          </thead>
          <tbody>
            {path.dates.map(({ days, spot, trades }, i) => (
              <tr key={days} class={i === day ? "chosen" : undefined}>
                <th class="text" scope="row">
                  {dayText(days)}
                </th>
                <td>{amount(spot)}</td>
                {trades.map((trade, j) => [
                  <td key={`${j} band`}>
                    {trade.band === null
                      ? "–"
                      : `${decimals(trade.band.low, 3)} to ${decimals(trade.band.high, 3)}`}
                  </td>,
                  <td key={`${j} delta`}>
                    {trade.delta === null ? "–" : decimals(trade.delta, 3)}
                  </td>,
                  <td key={`${j} trade`}>{isTrade(trade) ? tradeText(trade) : "–"}</td>,
                  <td key={`${j} held`}>{decimals(trade.position, 3)}</td>,
                  <td key={`${j} cost`}>{isTrade(trade) ? decimals(trade.cost, 4) : "–"}</td>,
                ])}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
