/** One model: its way from quotes to smile, what the fit came to, its parameters, and its file. */
import { encodeModelFile } from "../../work/modelFile.ts";
import { lookOf } from "../../charts/palette.ts";
import { Button } from "../../ui/controls.tsx";
import { decimals, duration, percent } from "../../ui/numberText.ts";
import { saveFile } from "../../ui/saveFile.ts";
import type { ModelRow, ShownParameter } from "../../work/jobs/modelRow.ts";
import { fitted, type ModelName, modelTitles, rows, waiting } from "./compareState.ts";
import { Pipeline } from "./Pipeline.tsx";

interface Props {
  readonly name: ModelName;
  readonly rank: number;
  readonly expiries: number;
}

export function ModelCard({ name, rank, expiries }: Props) {
  const row = rows.value[name];
  const isWaiting = waiting.value.has(name);
  const { colour, dash, width } = lookOf(name);
  return (
    <article class={isWaiting ? "model-card waiting" : "model-card"} aria-busy={isWaiting}>
      <header>
        <svg viewBox="0 0 34 12" width="34" height="12" aria-hidden="true">
          <path
            d="M1 6H33"
            style={{ stroke: colour }}
            stroke-dasharray={dash}
            stroke-width={width + 0.6}
          />
        </svg>
        <h3>{modelTitles[name]}</h3>
        <span class="soft">
          {isWaiting ? "fitting…" : row === undefined ? "" : statusText(row)}
        </span>
      </header>
      <Pipeline name={name} row={row} expiries={expiries} />
      {row === undefined ? null : (
        <>
          <Figures row={row} />
          <Parameters row={row} rank={rank} />
          {row.message === "" ? null : <p class="soft">{row.message}</p>}
          <Warnings warnings={row.warnings} />
          <SaveButton row={row} />
        </>
      )}
    </article>
  );
}

const statuses: Readonly<Record<ModelRow["status"], string>> = {
  converged: "converged",
  "iteration-limit": "stopped at its last iteration",
  "outside-validity": "outside the validity of its formula",
  cancelled: "stopped early",
  failed: "failed",
};
const statusText = ({ status }: ModelRow): string => statuses[status];

function Figures({ row }: { readonly row: ModelRow }) {
  const { inside, outsideRmse, certificate, seconds } = row;
  return (
    <dl class="figures">
      <dt>Inside bid-ask</dt>
      <dd>{inside?.insideShare == null ? "–" : percent(inside.insideShare, 0)}</dd>
      <dt>Error at quotes it saw</dt>
      <dd>
        {inside?.rmseVolPoints == null ? "–" : `${decimals(inside.rmseVolPoints)} vol points`}
      </dd>
      <dt>Error at quotes it did not see</dt>
      <dd>
        {outsideRmse === undefined
          ? "measuring…"
          : outsideRmse === null
            ? "–"
            : `${decimals(outsideRmse)} vol points`}
      </dd>
      <dt>Time of the fit</dt>
      <dd>{duration(seconds)}</dd>
      <dt>Arbitrage</dt>
      <dd>
        <Verdict certificate={certificate} />
      </dd>
    </dl>
  );
}

function Verdict({ certificate }: Pick<ModelRow, "certificate">) {
  if (certificate === undefined) return <>auditing…</>;
  if (certificate === null) return <>not audited</>;
  const { pass, passAtQuotes, failures, dates, strikesPerDate } = certificate;
  const points = dates * strikesPerDate;
  return pass ? (
    <span class="pass" title={`${points} points looked at`}>
      none found
    </span>
  ) : (
    <span class="fail" title={failures[0]}>
      {passAtQuotes ? "only beyond the quotes" : "found"}
    </span>
  );
}

function Parameters({ row, rank }: { readonly row: ModelRow; readonly rank: number }) {
  if (row.parameters.length === 0) {
    return (
      <p class="soft">
        {row.name === "neural-sde"
          ? `${row.parameterCount} numbers: weights of the network, speeds and sizes of two volatility factors, levels by expiry, jumps.`
          : null}
      </p>
    );
  }
  return (
    <ul class="parameters">
      {row.parameters.map((parameter) => (
        <li key={parameter.name} title={parameter.about}>
          <span>{parameter.name}</span>
          <b>{valueText(parameter, rank)}</b>
          <span class="unseen">{parameter.about}</span>
        </li>
      ))}
    </ul>
  );
}

const valueText = ({ values }: ShownParameter, rank: number): string =>
  String(Number((values.length === 1 ? values[0] : (values[rank] ?? Number.NaN)).toPrecision(3)));

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <details class="warnings">
      <summary>
        {warnings.length} {warnings.length === 1 ? "remark" : "remarks"}
      </summary>
      <ul>
        {warnings.slice(0, 12).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </details>
  );
}

/** The neural SDE as the model file of the command line; the others as their parameters. */
function SaveButton({ row }: { readonly row: ModelRow }) {
  const model = row.name === "neural-sde" ? fitted.value : null;
  const save = async (): Promise<void> => {
    if (model !== null) {
      const name = `${model.underlying.toLowerCase()}.model.json`;
      saveFile(name, await encodeModelFile(model), "application/json");
    } else {
      const { name, title, status, parameters, seconds } = row;
      const text = JSON.stringify({ model: name, title, status, seconds, parameters }, null, 2);
      saveFile(`${name}.parameters.json`, `${text}\n`, "application/json");
    }
  };
  return (
    <Button
      kind="quiet"
      name={`${model === null ? "Save parameters" : "Save model file"} of ${row.title}`}
      onClick={() => void save()}
    >
      {model === null ? "Save parameters" : "Save model file"}
    </Button>
  );
}
