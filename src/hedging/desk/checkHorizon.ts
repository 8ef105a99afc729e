/** What the file of a market does not reach: horizons beyond a model or a record, dates between its rows. */
import { InputError } from "../../num/errors.ts";
import type { Complaint, FieldPath } from "./fieldPath.ts";
import type { MarketData, MarketModel } from "./marketData.ts";
import { type PriceRecord, returnsEvery } from "./priceRecord.ts";
import type { HedgeConfig } from "./schema.ts";
import { horizonDays } from "./units.ts";

/** Complaints about a configuration and the file of its market. */
export function checkHorizon(config: HedgeConfig, data: MarketData): Complaint[] {
  if (data.kind === "model") return beyondModel(config, data.model);
  if (data.kind === "prices") return [...betweenRows(config), ...beyondRecord(config, data.record)];
  return [];
}

/** Share of a horizon that rounding may add. */
const rounding = 1e-9;

function beyondModel({ position, instruments, market }: HedgeConfig, model: MarketModel) {
  const { yearsToExpiry } = model.config;
  const last = 365 * yearsToExpiry[yearsToExpiry.length - 1];
  const name = market.kind === "neural-sde" ? market.model : "the model";
  const tooLong = (days: number, path: FieldPath): Complaint[] =>
    days <= last * (1 + rounding)
      ? []
      : [
          {
            path,
            text: `expected at most ${shown(last)} days, to the last expiry that ${name} was fitted to, got ${days}. Shorten it, or fit a chain that reaches further.`,
          },
        ];
  return [
    ...position.flatMap(({ days }, i) => tooLong(days, ["position", i, "days"])),
    ...instruments.flatMap((instrument, j) =>
      instrument.kind === "option" ? tooLong(instrument.days, ["instruments", j, "days"]) : [],
    ),
  ];
}

/** A step of history is a step between trading dates: nothing may fall between them. */
function betweenRows({ position, instruments, rebalancing }: HedgeConfig): Complaint[] {
  const { everyHours } = rebalancing;
  const between = (hours: number, what: string, path: FieldPath): Complaint[] => {
    const dates = hours / everyHours;
    return Math.abs(dates - Math.round(dates)) < 1e-6
      ? []
      : [
          {
            path,
            text: `expected ${what} on trading dates, a multiple of ${everyHours} hours, in a market of history, got ${hours} hours. Change it or rebalancing.everyHours.`,
          },
        ];
  };
  const horizon = 24 * horizonDays({ position });
  return [
    ...position.flatMap((line, i) => [
      ...between(24 * line.days, "the expiry", ["position", i, "days"]),
      ...("fixEveryHours" in line
        ? between(line.fixEveryHours, "looks at the price", ["position", i, "fixEveryHours"])
        : []),
      ...("startDays" in line
        ? between(24 * line.startDays, "the start", ["position", i, "startDays"])
        : []),
      ...("deliveryMinutes" in line && line.deliveryMinutes !== undefined
        ? between(line.deliveryMinutes / 60, "the averaging", ["position", i, "deliveryMinutes"])
        : []),
    ]),
    ...instruments.flatMap((instrument, j) =>
      instrument.kind === "future" && 24 * instrument.days < horizon
        ? between(24 * instrument.days, "the expiry", ["instruments", j, "days"])
        : [],
    ),
  ];
}

function beyondRecord(config: HedgeConfig, record: PriceRecord): Complaint[] {
  const { everyHours } = config.rebalancing;
  let count: number;
  try {
    count = returnsEvery(record, everyHours).length;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [{ path: ["market", "prices"], text: error.message }];
  }
  const reach = (count * everyHours) / 24;
  return config.position.flatMap(({ days }, i) =>
    days <= reach * (1 + rounding)
      ? []
      : [
          {
            path: ["position", i, "days"],
            text: `expected at most ${shown(reach)} days, as long as the record ${record.source}, got ${days}. Shorten it, or give a longer record.`,
          },
        ],
  );
}

const shown = (days: number): number => Math.floor(days * 100) / 100;
