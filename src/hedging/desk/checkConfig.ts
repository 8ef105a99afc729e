/** What no single field can know: strikes against the spot, dates against the horizon, limits against what must be hedged. */
import type { Complaint, FieldPath } from "./fieldPath.ts";
import type { HedgeConfig } from "./schema.ts";
import { horizonDays, priceOf, tradingDates } from "./units.ts";

/** Complaints about a configuration whose fields are each in range. */
export function checkConfig(config: HedgeConfig): Complaint[] {
  return [
    ...config.position.flatMap((line, i) => lineComplaints(line, ["position", i], config)),
    ...config.instruments.flatMap((_, i) => instrumentComplaints(config, i)),
    ...dateComplaints(config),
    ...riskComplaints(config),
    ...conditionComplaints(config),
  ];
}

/** Strikes beyond this multiple of the spot, or this part of it, are written in another unit. */
const farthestStrike = 20;

function priceComplaints(price: number | string, path: FieldPath, spot: number): Complaint[] {
  const ratio = priceOf(price, spot) / spot;
  if (ratio <= farthestStrike && ratio >= 1 / farthestStrike) return [];
  return [
    {
      path,
      text: `expected a price within ${farthestStrike} times the spot ${spot}, got ${price}. Write it in the market's currency, or as a share of the spot such as 105%.`,
    },
  ];
}

function lineComplaints(
  line: HedgeConfig["position"][number],
  path: FieldPath,
  { market: { spot } }: HedgeConfig,
): Complaint[] {
  const found: Complaint[] = [];
  for (const field of ["strike", "barrier"] as const) {
    const price = (line as { readonly [name in typeof field]?: number | string })[field];
    if (price !== undefined) found.push(...priceComplaints(price, [...path, field], spot));
  }
  if (line.quantity === 0) {
    found.push({
      path: [...path, "quantity"],
      text: "expected a quantity other than 0, got 0. Take the line out.",
    });
  }
  if (line.type === "forward-start" && line.startDays >= line.days) {
    found.push({
      path: [...path, "startDays"],
      text: `expected days before the expiry in ${line.days} days, got ${line.startDays}. The strike is set before the expiry.`,
    });
  }
  if ("deliveryMinutes" in line && (line.deliveryMinutes ?? 0) >= 1440 * line.days) {
    found.push({
      path: [...path, "deliveryMinutes"],
      text: `expected minutes shorter than the ${line.days} days to expiry, got ${line.deliveryMinutes}. Deribit's is 30.`,
    });
  }
  return found;
}

/** Markets in which a listed option has a price along the path: a formula, or a learned conditional expectation. */
const pricesOptions: ReadonlySet<string> = new Set([
  "black-scholes",
  "heston",
  "bates",
  "neural-sde",
]);

function instrumentComplaints(config: HedgeConfig, i: number): Complaint[] {
  const instrument = config.instruments[i];
  const { kind, name, limits, lot, costs } = instrument;
  const path: FieldPath = ["instruments", i];
  const found: Complaint[] = [];
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY, trade } = limits;
  if (!(low < high)) {
    found.push({
      path: [...path, "limits"],
      text: `expected room between low ${low} and high ${high}, got none: no hedge is possible. Widen the limits, or take the instrument out.`,
    });
  }
  if (lot > 0 && lot > Math.max(-low, high)) {
    found.push({
      path: [...path, "lot"],
      text: `expected a lot within the limits ${low} to ${high}, got ${lot}: no position but 0 is possible. Trade smaller lots or widen the limits.`,
    });
  }
  if (trade !== undefined && lot > trade) {
    found.push({
      path: [...path, "limits", "trade"],
      text: `expected a largest trade of at least one lot, ${lot}, got ${trade}: no trade is possible. Raise it.`,
    });
  }
  const twin = config.instruments.findIndex((other) => other.name === name);
  if (twin < i) {
    found.push({
      path: [...path, "name"],
      text: `expected a name of its own, got "${name}", which is instruments[${twin}]'s. Name it.`,
    });
  }
  costs.forEach((cost, j) => {
    if (cost.kind === "venue" && kind === "spot") {
      found.push({
        path: [...path, "costs", j, "kind"],
        text: `expected a venue's fees on a perpetual, future or option, got them on ${kind}. Write proportional costs.`,
      });
    }
    if (cost.kind === "venue" && cost.day !== undefined && Number.isNaN(Date.parse(cost.day))) {
      found.push({
        path: [...path, "costs", j, "day"],
        text: `expected a day of the calendar, got ${cost.day}. Write it as 2026-03-28.`,
      });
    }
  });
  if (instrument.kind === "option") {
    if (!pricesOptions.has(config.market.kind)) {
      found.push({
        path: [...path, "kind"],
        text: `expected options as hedges in a market that prices them (${[...pricesOptions].join(", ")}), got ${config.market.kind}. Change the market or take the option out.`,
      });
    }
    found.push(...priceComplaints(instrument.strike, [...path, "strike"], config.market.spot));
  }
  if (config.account === "coin" && config.instruments.length === 1 && kind === "spot") {
    found.push({
      path: [...path, "kind"],
      text: "expected something other than spot when profit is counted in coin, got spot, which is the unit of account. Use a perpetual.",
    });
  }
  return found;
}

/** More trading dates than this are a mistake in a unit. */
const mostDates = 20_000;

function dateComplaints(config: HedgeConfig): Complaint[] {
  const { everyHours } = config.rebalancing;
  const dates = tradingDates(config);
  const path = ["rebalancing", "everyHours"];
  if (dates > mostDates) {
    return [
      {
        path,
        text: `expected at most ${mostDates} trading dates, got ${Math.round(dates)}. Trade less often.`,
      },
    ];
  }
  if (isWhole(dates)) return [];
  const days = horizonDays(config);
  const near = usualHours
    .filter((every) => isWhole((24 * days) / every))
    .toSorted((a, b) => Math.abs(a - everyHours) - Math.abs(b - everyHours))[0];
  return [
    {
      path,
      text: `expected hours of which the ${days} days to the last expiry are a multiple, got ${everyHours}. ${near ?? 24 * days} would do.`,
    },
  ];
}

const usualHours = [0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168] as const;

const isWhole = (value: number): boolean =>
  value > 0.5 && Math.abs(value - Math.round(value)) < 1e-6;

function riskComplaints({ risk, market, account }: HedgeConfig): Complaint[] {
  if (risk.kind === "oce") return kinkComplaints(risk);
  if (!("aversion" in risk)) return [];
  // per coin already when profit is counted in coin
  const scaled = risk.aversion * (account === "coin" ? 1 : market.spot);
  if (scaled >= 1e-3 && scaled <= 1e5) return [];
  const unit =
    account === "coin"
      ? "per coin between 0.001 and 100000"
      : "per unit of currency, times the spot between 0.001 and 100000";
  const shown = account === "coin" ? "" : `, times the spot ${Number(scaled.toPrecision(3))}`;
  const averse = account === "coin" ? 100 : Number((100 / market.spot).toPrecision(3));
  return [
    {
      path: ["risk", "aversion"],
      text: `expected a risk aversion ${unit}, got ${risk.aversion}${shown}. ${averse} is averse.`,
    },
  ];
}

/** A disutility is convex and has the slope 1 somewhere, or no threshold is best. */
function kinkComplaints({
  below,
  kinks,
}: Extract<HedgeConfig["risk"], { readonly kind: "oce" }>): Complaint[] {
  const found = kinks.flatMap(({ at, weight }, k): Complaint[] => {
    const [place, slope] =
      k === 0 ? [Number.NEGATIVE_INFINITY, below] : [kinks[k - 1].at, kinks[k - 1].weight];
    const path = ["risk", "kinks", k];
    if (at <= place) {
      return [
        {
          path: [...path, "at"],
          text: `expected kinks in increasing order, got ${at} after ${place}. Sort them.`,
        },
      ];
    }
    if (weight > slope) return [];
    return [
      {
        path: [...path, "weight"],
        text: `expected a weight above ${slope}, that below the kink, got ${weight}. Larger losses weigh more.`,
      },
    ];
  });
  const last = kinks[kinks.length - 1].weight;
  if (last > 1) return found;
  return [
    ...found,
    {
      path: ["risk", "kinks", kinks.length - 1, "weight"],
      text: `expected the last weight above 1, got ${last}. Weights go from below 1 to above it.`,
    },
  ];
}

function conditionComplaints({ condition, risk }: HedgeConfig): Complaint[] {
  if (condition === undefined) return [];
  const ranges = (["aversion", "costScale"] as const).flatMap((name): Complaint[] => {
    const [low, high] = condition[name];
    return low <= high
      ? []
      : [
          {
            path: ["condition", name],
            text: `expected a range from low to high, got ${low} to ${high}. Turn it round.`,
          },
        ];
  });
  if (risk.kind === "entropic" || risk.kind === "mean-variance") return ranges;
  return [
    ...ranges,
    {
      path: ["condition"],
      text: `expected entropic or mean-variance risk, whose aversion a policy can be told, got ${risk.kind}. Take the condition out.`,
    },
  ];
}
