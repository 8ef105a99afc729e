/**
 * Strengths and limits with the project's own measured figures.
 *
 * Every figure names the document and the passage it stands in; test/lab/limitsFigures.test.ts looks the passage up and
 * fails when it is there no more. So when a document's figure moves, this file must follow.
 */
export interface Figure {
  /** As shown: part of the passage. */
  readonly text: string;
  readonly label: string;
  /** Below docs/. */
  readonly document: string;
  /** Word for word, but for line breaks. */
  readonly passage: string;
}

export interface Finding {
  readonly id: string;
  readonly title: string;
  readonly what: string;
  readonly figures: readonly Figure[];
  /** What was done about it, or what makes it so. */
  readonly done: string;
  /** Where in the lab it can be seen. */
  readonly see: { readonly href: string; readonly label: string };
}

const results = "results.md";
const neural = "neural-sde.md";
const hedging = "hedging.md";

export const strengths: readonly Finding[] = [
  {
    id: "fit",
    title: "It meets the quotes of real markets",
    what: "Thirty chains of options on BTC and ETH, from seven months and from June 2021, were fitted with default settings. A quote counts as met when the model’s volatility lies between bid and ask.",
    figures: [
      {
        text: "98.8 %",
        label: "of quotes met, average of 30 chains",
        document: results,
        passage: "On the 30 Deribit chains: 98.8 % of quotes inside on average",
      },
      {
        text: "30 of 30",
        label: "chains with at least 95 % met",
        document: results,
        passage: "at least 95 % in 30 of 30;",
      },
    ],
    done: "The dates were taken at 30 and 70 % of each month’s list, without a look at what they hold.",
    see: { href: "#/compare", label: "Fit it to a market" },
  },
  {
    id: "arbitrage",
    title: "Its surface does not contradict itself",
    what: "An audit that knows nothing of how a surface was made looks for butterflies, calendars and impossible wings on a dense grid.",
    figures: [
      {
        text: "all",
        label: "certificates of the 30 chains passed",
        document: results,
        passage: "certificate passed by all;",
      },
    ],
    done: "Prices are averages over one law of paths; the laws are put into convex order in time before anything is published.",
    see: { href: "#/lesson?step=8", label: "What the auditor looks for" },
  },
  {
    id: "grid",
    title: "The equation, not the time grid, was learned",
    what: "A simulation walks in steps. If twice as many steps gave other prices, the steps would be part of the model.",
    figures: [
      {
        text: "1.0 points",
        label: "of the share met are lost on twice the steps, at most, in 30 chains",
        document: results,
        passage: "at most 1.0 points lost on twice the steps;",
      },
    ],
    done: "Bounds on the speeds of the factors, a better integral of the variance, and grids of growing size during the fit. Without the bounds eight chains lost 3.8 points on average.",
    see: { href: "#/inside", label: "The equation itself" },
  },
  {
    id: "truth",
    title: "It finds known truths",
    what: "Quotes made by a known model should be met by a network that is not told which model it was.",
    figures: [
      {
        text: "100 %",
        label: "of Heston quotes met, 1.6 basis points off",
        document: results,
        passage: "| Heston, 10 expiries | 128 | 100 % | 1.6 bp |",
      },
      {
        text: "97.9 %",
        label: "of rough Bergomi quotes met, 11.0 basis points off",
        document: results,
        passage: "| rough Bergomi, 6 expiries | 48 | 97.9 % | 11.0 bp |",
      },
    ],
    done: "A basis point is a hundredth of a volatility point. Rough Bergomi is not in the family that is fitted.",
    see: { href: "#/lesson?step=6", label: "A tiny one learns from Heston’s quotes" },
  },
  {
    id: "hedge",
    title: "Its hedges come close to the exact optimum",
    what: "For one market the best hedge with costs can be computed exactly. A learned band is compared with it for fifteen pairs of cost and aversion to risk.",
    figures: [
      {
        text: "0.06 %",
        label: "largest gap to the optimum",
        document: hedging,
        passage: "The largest gap is 0.06 %.",
      },
      {
        text: "32.6 %",
        label: "less CVaR with an option beside the perpetual, after costs, on a fitted BTC market",
        document: hedging,
        passage: "| 5,943 ± 118 | 32.6 % |",
      },
    ],
    done: "The band is built around a model’s delta and learns the rest; trades are cheap at the start of training, so that the band has something to learn from.",
    see: { href: "#/hedge", label: "Train one" },
  },
];

export const limits: readonly Finding[] = [
  {
    id: "slow",
    title: "It is slow beside a formula",
    what: "A fit simulates tens of thousands of paths many times over. SVI needs one millisecond per expiry.",
    figures: [
      {
        text: "6.8 s",
        label: "for a chain on two cores, median of 30",
        document: results,
        passage: "cold 6.8 s in the median of the 30",
      },
      {
        text: "2.1 s",
        label: "when it starts from the fit before",
        document: results,
        passage: "warm 2.1 s in the median",
      },
    ],
    done: "An engine of its own in WebAssembly, second-order steps instead of thousands of small ones, and a start from the last fit. The aim of 2 s for that start is just missed.",
    see: { href: "#/compare", label: "Times of all models" },
  },
  {
    id: "noise",
    title: "Where spreads are very narrow, chance is as wide as they are",
    what: "Prices are averages over a sample of paths. For index options of December 2017 the half-spread is a tenth of a volatility point.",
    figures: [
      {
        text: "9 to 15 points",
        label:
          "of the share met were lost on twice the steps on the SPX days of December 2017, until their grid was made finer",
        document: results,
        passage: "with 9 to 15 points lost on twice the steps in December",
      },
      {
        text: "92.4",
        label: "% met on the worst of five SPX days",
        document: results,
        passage: "On the five SPX days: 99.9, 92.4, 98.7, 95.1, 94 % inside",
      },
    ],
    done: "Evenly spread (Sobol’) paths, four times as many of them where spreads are narrow, and the noise stated beside every result.",
    see: { href: "#/lesson?step=3", label: "Why averages have noise" },
  },
  {
    id: "short",
    title: "The shortest expiries are hard",
    what: "Two or three days before the expiry smiles are steep and differ from one day to the next. A price that moves without jumps cannot follow them.",
    figures: [
      {
        text: "26 of 30",
        label: "chains in which every single expiry has 85 % of its quotes met",
        document: results,
        passage: "every expiry at least 85 % in 26 of 30",
      },
      {
        text: "from 95.0 to 97.7 %",
        label: "share met on the ten hardest chains, by jumps and a new loss",
        document: neural,
        passage: "the share inside rose from 95.0 to 97.7 %",
      },
    ],
    done: "Jumps with a law of their own between each two expiries, and a loss that rises at the edge of the spread.",
    see: { href: "#/compare", label: "Errors by expiry" },
  },
  {
    id: "between",
    title: "Quotes say nothing about the days between expiries",
    what: "A network that is left alone between two expiries does there as it likes, and still meets every quote.",
    figures: [
      {
        text: "1.3 vol points",
        label: "largest error at an expiry that was taken out, before the remedy",
        document: neural,
        passage: "the error at that expiry was up to 1.3 vol points without the clock",
      },
      {
        text: "six of eight",
        label: "chains on which it was better than SVI in even time, once remedied",
        document: neural,
        passage: "linear in total variance at fixed k, on six of eight.",
      },
    ],
    done: "Between expiries dates are renamed so that forward variance at the money does not jump, for every model alike.",
    see: { href: "#/lesson?step=7", label: "A surface between its quotes" },
  },
  {
    id: "memory",
    title: "It takes memory",
    what: "Paths, their derivatives and the surface are held at once.",
    figures: [
      {
        text: "426 MB",
        label: "at most, on the Deribit chains",
        document: results,
        passage: "passed by all; at most 426 MB",
      },
      {
        text: "583 MB",
        label: "on the largest SPX day",
        document: results,
        passage: "SPX takes up to 583 MB",
      },
    ],
    done: "Paths are walked again instead of being kept, and mixtures are made node by node.",
    see: { href: "#/learn", label: "Watch it work" },
  },
  {
    id: "chosen",
    title: "Some settings were chosen with the data in sight",
    what: "Whoever tries many variants on the chains they report will find a good one. So the search was done on other chains; only the paths of the tightest index chains were chosen on one that is reported.",
    figures: [
      {
        text: "ten chains",
        label: "of BTC, other than those reported, were looked at while settings were chosen",
        document: results,
        passage:
          "Settings were chosen on BTC chains at other ranks (0.15 to 0.75, ten chains, one seed;",
      },
    ],
    done: "It is written down, with what was chosen on what.",
    see: { href: "#/quiz", label: "Questions about trust" },
  },
];
