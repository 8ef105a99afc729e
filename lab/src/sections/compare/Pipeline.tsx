/** How a model gets from quotes to a smile, in four steps. */
import type { ModelRow } from "../../work/jobs/modelRow.ts";
import type { ModelName } from "./compareState.ts";

interface Props {
  readonly name: ModelName;
  readonly row: ModelRow | undefined;
  readonly expiries: number;
}

export function Pipeline({ name, row, expiries }: Props) {
  return (
    <ol class="pipeline">
      {stepsOf(name, row?.parameterCount ?? null, expiries).map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
  );
}

function stepsOf(name: ModelName, count: number | null, expiries: number): readonly string[] {
  const fitted = count === null ? "fit its parameters" : `fit ${count} parameters`;
  switch (name) {
    case "neural-sde":
      return [
        "market data",
        "neural network",
        `learn drift and diffusion${count === null ? "" : ` (${count} numbers)`}`,
        "simulate",
        "smile",
      ];
    case "sabr":
      return ["market data", "pick a model", `fit 3 parameters × ${expiries} expiries`, "smile"];
    case "svi":
      return ["market data", "pick a curve", `fit 5 parameters × ${expiries} expiries`, "smile"];
    case "ssvi":
      return ["market data", "pick a surface", fitted, "smile"];
    case "heston":
    case "rough-bergomi":
      return ["market data", "pick dynamics", `${fitted} for all expiries`, "smile"];
    case "sanos":
      return ["market data", "find a law for each expiry in order", "smooth", "smile"];
  }
}
