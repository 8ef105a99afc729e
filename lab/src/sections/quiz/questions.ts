/**
 * The questions, with model answers and the place in the lab where each can be seen.
 *
 * Addresses are those of the lab: a test opens every one of them.
 */
export interface Question {
  /** In the address and in what the browser keeps: never renamed. */
  readonly id: string;
  readonly question: string;
  /** Paragraphs. */
  readonly answer: readonly string[];
  readonly places: readonly { readonly href: string; readonly label: string }[];
}

export const questions: readonly Question[] = [
  {
    id: "what-it-learns",
    question: "What does the network in a neural SDE actually learn?",
    answer: [
      "The equation, not the smile. It is a function from a state (the time, the hidden volatility factors) to the coefficients of the next small step: how strongly the price shakes, how the volatility drifts and shakes, and how the two shakes are correlated. In this project it learns corrections to a classical stochastic-volatility equation, so that with all outputs at zero a sensible model is left.",
      "Option prices are then averages over paths of that equation, and the volatility surface is read off those prices. The network never sees a strike as an input and never outputs an implied volatility. That is why one set of knobs answers for every strike and date at once, and why its prices do not contradict each other.",
    ],
    places: [
      { href: "#/lesson?step=6", label: "A tiny one learns its volatility" },
      { href: "#/inside", label: "The learned maps of the full model" },
    ],
  },
  {
    id: "other-ratios",
    question: "Why does deep hedging give other hedge ratios than delta hedging?",
    answer: [
      "Because it answers another question. Delta answers: how much do I hold for an instant, if trading is free, continuous, and the model is right? Deep hedging answers: which positions make the losses at the end most bearable, given what each trade costs, that I trade on some dates only, and how this market moves?",
      "So it differs for four reasons. Costs: inside a no-trade band it does nothing, and what it holds depends on what it held before. Dates: between two dates risk cannot be hedged away. The market: when volatility rises as the price falls, the position that leaves the least risk is not Black and Scholes’ delta. And the risk measure: bad tails count more than good ones. Take costs away, trade often and let the market be Black and Scholes’, and it comes back to delta.",
    ],
    places: [
      { href: "#/lesson?step=9&cost=0.01", label: "Delta and the band, side by side" },
      { href: "#/hedge", label: "Train one and compare" },
    ],
  },
  {
    id: "calendar",
    question:
      "A surface made from a neural SDE contains a calendar-spread arbitrage. What went wrong?",
    answer: [
      "Not the idea: if all prices are expectations under one law of paths whose forward-relative price is a martingale, total variance at a fixed log-moneyness cannot fall with time. So one of the links from the law to the surface broke. Candidates, in the order in which to check them:",
      "The martingale is broken: a scheme that clips or tames the step, or drops the −σ²/2, lets the average price wander. Expiries were priced from different paths (or too few of them), and Monte Carlo noise exceeds the true difference. Expiries were fitted one by one instead of by one equation. Prices were interpolated between dates or strikes by something that knows no arbitrage. Or strikes were compared at fixed K although the forward differs between expiries: then the comparison is wrong, not the surface.",
      "Here the step is an exact martingale, all expiries share their paths, the laws are moved to convex order before publication, and an audit on a dense grid signs the result.",
    ],
    places: [
      { href: "#/lesson?step=8", label: "Make one, and see the auditor complain" },
      { href: "#/compare", label: "Certificates of all models" },
    ],
  },
  {
    id: "total-variance",
    question:
      "An option has an implied volatility of 52 % and expires in 30 days. What is its total variance, and why is this number useful?",
    answer: [
      "w = σ²T = 0.52² × 30/365 = 0.022225. It is the variance that the market expects to be used up until the expiry.",
      "It is useful because variances of successive periods add up, as volatilities do not. So between two expiries the difference of w is the variance of the time between; and if w falls with time at the same log-moneyness, that variance would be negative: a calendar arbitrage.",
    ],
    places: [{ href: "#/explorer?look=totalVariance", label: "The conversion, there and back" }],
  },
  {
    id: "why-smile",
    question: "Why is there a smile at all, if an option’s formula takes only one volatility?",
    answer: [
      "Because the formula assumes a volatility that never moves, and the market does not believe it. When volatility moves, large moves are more frequent than a bell curve says; options far from today’s price are worth more; and to get their higher prices out of the formula you must put higher volatilities in. When volatility rises as the price falls, the left side is higher: skew.",
      "The smile is what a wrong formula needs to say a right price. It carries information about the hidden equation, and this is what a neural SDE is trained on.",
    ],
    places: [{ href: "#/lesson?step=4&nu=1.4&rho=-0.55", label: "Make a smile" }],
  },
  {
    id: "minus-half",
    question: "The log-price is moved by −σ²Δ/2 + σ√Δ z. What is the −σ²Δ/2 there for?",
    answer: [
      "The average of e to the power of σ√Δ z is e^{σ²Δ/2}, more than one: ups and downs of the same percentage do not cancel. Taking σ²Δ/2 away makes the average of the new price exactly the old one, for any step size and for any σ that is known before the toss, so also for whatever the network says.",
      "That is the martingale property. Without it calls and puts with the same strike would contradict each other, and so would expiries.",
    ],
    places: [{ href: "#/lesson?step=2", label: "Drift and diffusion" }],
  },
  {
    id: "gradient",
    question:
      "What does gradient descent do, in one sentence, and what must be true for it to work?",
    answer: [
      "It asks for every knob how the miss changes when this knob is turned a little, and turns all of them a little way downhill, again and again.",
      "The miss must change smoothly with the knobs: then slopes exist, and they say something about the neighbourhood. A digital payment, which jumps from nothing to something at the strike, has slope zero almost everywhere and must be smoothed first. And it finds a valley, not necessarily the deepest one. (The full model here is fitted by Levenberg-Marquardt, which also uses how the slopes bend; the principle is the same.)",
    ],
    places: [
      { href: "#/lesson?step=5", label: "Ten knobs" },
      { href: "#/learn", label: "The full model, step by step" },
    ],
  },
  {
    id: "butterfly",
    question:
      "Calls with strikes 90, 100 and 110 and the same expiry cost 13, 9 and 4. Is something wrong?",
    answer: [
      "Yes: 9 is more than (13 + 4)/2 = 8.5. Sell two of the middle ones for 18, buy one of each neighbour for 17. You are paid 1 today, and at the expiry the three together never cost you anything and pay up to 10 when the price ends near 100. That is a butterfly arbitrage; it would mean a negative probability near 100.",
    ],
    places: [{ href: "#/lesson?step=8", label: "Drag a quote until it happens" }],
  },
  {
    id: "band-width",
    question:
      "Costs rise from 0.1 % to 0.8 % of each trade. What happens to the no-trade band: eight times as wide?",
    answer: [
      "About twice as wide. For small costs the half-width grows like the cube root of the cost (Whalley and Wilmott), and the cube root of eight is two. The reason: inside the band you accept a risk that grows like its width squared, while the number of trades that you save falls quickly at first.",
      "For large costs the rule ends: at some point the best thing to do is hardly anything at all.",
    ],
    places: [
      { href: "#/lesson?step=9&cost=0.001", label: "The band at 0.1 %" },
      { href: "#/lesson?step=9&cost=0.01", label: "And at 1 %" },
    ],
  },
  {
    id: "outside-quotes",
    question:
      "A fit is inside bid and ask at every quote. May you trust its price for a strike far beyond the last quote?",
    answer: [
      "Only as far as its assumptions. Inside the quotes the market decides; outside the equation does, and several equations that agree on all quotes may differ there. This is also true between expiries and for path-dependent options.",
      "What can be checked is checked: strikes and expiries are held out and predicted, models that fit equally well are laid side by side, and the surface refuses to answer beyond its last expiry instead of guessing.",
    ],
    places: [
      { href: "#/compare", label: "Models that agree on quotes, side by side" },
      { href: "#/limits", label: "Measured errors where no quote was shown" },
    ],
  },
  {
    id: "noise",
    question:
      "The same fit priced with other random numbers moves a quote by 0.4 of its half-spread. What does that tell you, and what can be done?",
    answer: [
      "That Monte Carlo noise is nearly as large as what is being measured: a quote counted as inside may be outside with other random numbers, and the other way round. It is not an error of the model but of the number of paths. It happens here for index options whose spreads are a tenth of a volatility point.",
      "Noise falls with the square root of the number of paths: four times the paths halve it. Cheaper: numbers that fill space more evenly (Sobol’ points), or control variates, quantities with known averages that move together with the price. And always: say how large it is beside the result.",
    ],
    places: [{ href: "#/limits", label: "Where the noise was too large" }],
  },
  {
    id: "when-not",
    question: "Give one case in which you would rather use SVI or Heston than a neural SDE.",
    answer: [
      "You want one expiry’s smile, interpolated between good quotes, in a millisecond: SVI has five numbers per expiry and fits in about that time. You want few numbers that can be named, watched from day to day and argued about: Heston has five in all.",
      "The neural SDE earns its seconds when dynamics matter (hedging, path-dependent options, moving from one expiry to another), when all expiries must agree with each other, or when simple shapes miss the quotes.",
    ],
    places: [
      { href: "#/compare", label: "Fit error, parameters and time of each" },
      { href: "#/limits", label: "Strengths and limits" },
    ],
  },
];
