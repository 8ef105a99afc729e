/** What no single field can know: expiries against each other, strikes against the spot, dates against the horizon. */
import type { Complaint } from "./fieldPath.ts";
import type { HedgeConfig } from "./schema.ts";

/** Complaints about a configuration whose fields are each in range. */
export function checkConfig(config: HedgeConfig): Complaint[] {
  return [...positionComplaints(config), ...dateComplaints(config), ...riskComplaints(config)];
}

/** Strikes beyond this multiple of the spot, or this part of it, are written in another unit. */
const farthestStrike = 20;

function positionComplaints({ position, market }: HedgeConfig): Complaint[] {
  return position.flatMap((line, i) => {
    const found: Complaint[] = [];
    const ratio = strikeOf(line.strike, market.spot) / market.spot;
    if (ratio > farthestStrike || ratio < 1 / farthestStrike) {
      found.push({
        path: ["position", i, "strike"],
        text: `expected a strike within ${farthestStrike} times the spot ${market.spot}, got ${line.strike}. Write it in the market's currency, or as a share of the spot such as 105%.`,
      });
    }
    if (line.days !== position[0].days) {
      found.push({
        path: ["position", i, "days"],
        text: `expected the expiry of the first line, ${position[0].days} days, got ${line.days}. Hedge one expiry at a time.`,
      });
    }
    if (line.quantity === 0) {
      found.push({
        path: ["position", i, "quantity"],
        text: "expected a quantity other than 0, got 0. Take the line out.",
      });
    }
    return found;
  });
}

/** More trading dates than this are a mistake in a unit. */
const mostDates = 20_000;

function dateComplaints({ position, rebalancing }: HedgeConfig): Complaint[] {
  const dates = (24 * position[0].days) / rebalancing.everyHours;
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
  const hours = 24 * position[0].days;
  const fits = usualHours.filter((every) => isWhole(hours / every));
  const near = fits.toSorted(
    (a, b) => Math.abs(a - rebalancing.everyHours) - Math.abs(b - rebalancing.everyHours),
  )[0];
  return [
    {
      path,
      text: `expected hours of which the ${position[0].days} days to expiry are a multiple, got ${rebalancing.everyHours}. ${near ?? hours} would do.`,
    },
  ];
}

const usualHours = [0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168] as const;

const isWhole = (value: number): boolean =>
  value > 0.5 && Math.abs(value - Math.round(value)) < 1e-6;

function riskComplaints({ risk, market }: HedgeConfig): Complaint[] {
  if (!("aversion" in risk)) return [];
  const scaled = risk.aversion * market.spot;
  if (scaled >= 1e-3 && scaled <= 1e5) return [];
  return [
    {
      path: ["risk", "aversion"],
      text: `expected a risk aversion per unit of currency, times the spot between 0.001 and 100000, got ${risk.aversion}, times the spot ${Number(scaled.toPrecision(3))}. ${Number((100 / market.spot).toPrecision(3))} is averse.`,
    },
  ];
}

/** A strike in currency; `105%` is a share of the spot. */
export const strikeOf = (strike: number | string, spot: number): number =>
  typeof strike === "number" ? strike : (Number.parseFloat(strike) / 100) * spot;
