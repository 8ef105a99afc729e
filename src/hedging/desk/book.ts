/** What is owed: the position with its sign turned. */
import {
  asian,
  barrier,
  deliveryAverage,
  digital,
  forwardStart,
  lookback,
  type Payoff,
  vanilla,
  varianceSwap,
} from "../../payoffs/index.ts";
import type { BookLine } from "../problem.ts";
import type { HedgeConfig } from "./schema.ts";
import { fixingYears, priceOf, yearsOf } from "./units.ts";

type Line = HedgeConfig["position"][number];

/** The book of a configuration; a straddle is two lines.
 *
 * Throws  InputError for terms that no payoff has
 */
export function bookOf({ position, market }: Pick<HedgeConfig, "position" | "market">): BookLine[] {
  return position.flatMap((line) =>
    payoffsOf(line, market.spot).map((payoff) => ({ payoff, quantity: -line.quantity })),
  );
}

function payoffsOf(line: Line, spot: number): Payoff[] {
  const expiryYears = yearsOf(line.days);
  switch (line.type) {
    case "call":
    case "put":
    case "straddle": {
      const types = line.type === "straddle" ? (["call", "put"] as const) : [line.type];
      const { deliveryMinutes: minutes } = line;
      return types.map((type) => {
        const own = vanilla({ type, strike: priceOf(line.strike, spot), expiryYears });
        return minutes === undefined ? own : deliveryAverage(own, { minutes });
      });
    }
    case "digital": {
      const { pays: type, cash } = line;
      return [digital({ type, cash, strike: priceOf(line.strike, spot), expiryYears })];
    }
    case "barrier":
      return [
        barrier({
          type: line.pays,
          kind: line.kind,
          strike: priceOf(line.strike, spot),
          barrier: priceOf(line.barrier, spot),
          expiryYears,
          fixings: fixingYears(line.days, line.fixEveryHours),
        }),
      ];
    case "asian":
      return [
        asian({
          type: line.pays,
          strike: priceOf(line.strike, spot),
          expiryYears,
          fixings: fixingYears(line.days, line.fixEveryHours),
        }),
      ];
    case "lookback": {
      const strike = line.strike === undefined ? undefined : priceOf(line.strike, spot);
      const fixings = fixingYears(line.days, line.fixEveryHours);
      return [lookback({ type: line.pays, strike, expiryYears, fixings })];
    }
    case "forward-start": {
      const { pays: type, strikeRatio, startDays } = line;
      return [forwardStart({ type, strikeRatio, startYears: yearsOf(startDays), expiryYears })];
    }
    case "variance-swap": {
      const fixings = fixingYears(line.days, line.fixEveryHours);
      return [varianceSwap({ strikeVol: line.strikeVol, expiryYears, fixings })];
    }
  }
}
