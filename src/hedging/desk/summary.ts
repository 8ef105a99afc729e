/** A configuration in a sentence. */
import type { HedgeConfig } from "./schema.ts";
import { horizonDays, tradingDates } from "./units.ts";

/** "−1 straddle 100% of 30 days in heston, hedged with perpetual and call 110% on 30 dates" */
export function summaryOf(config: HedgeConfig): string {
  const { position, instruments, market } = config;
  const lines = position.map((line) => {
    const strike = "strike" in line && line.strike !== undefined ? ` ${line.strike}` : "";
    return `${String(line.quantity).replace("-", "−")} ${line.type}${strike} of ${line.days} days`;
  });
  const shown = lines.length > 4 ? [...lines.slice(0, 3), `${lines.length - 3} more`] : lines;
  const dates = Math.round(tradingDates(config));
  return `${joined(shown)} in ${market.kind}, hedged with ${joined(instruments.map(({ name }) => name))} on ${dates} dates over ${horizonDays(config)} days.`;
}

const joined = (parts: readonly string[]): string =>
  parts.length < 2
    ? parts.join("")
    : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
