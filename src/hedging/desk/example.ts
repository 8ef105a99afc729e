/** The documented examples that `volterra hedge example KIND` prints. */

/** A short BTC straddle of 30 days, hedged with the perpetual and a listed option. */
export const exampleConfig = `# A short BTC straddle of 30 days, hedged with the perpetual and a listed option.
#
# Prices in dollars, volatilities and variances as decimals per year, costs as shares.
# \`volterra hedge schema\` prints every field that there is, docs/hedging-desk.md explains them.
version: 1
name: btc-straddle
currency: USD

market:             # what the policy is trained in
  kind: black-scholes
  spot: 60000
  vol: 0.58         # 58 % per year

position:           # what the desk holds: -1 is one sold
  - { type: straddle, quantity: -1, strike: 100%, days: 30 }

instruments:        # what it may trade, at which cost
  - kind: perpetual
    fundingPerYear: 0.05
    lot: 0.001
    limits: { low: -3, high: 3 }
    costs:
      - { kind: venue, venue: deribit }                        # taker fee, 5 basis points
      - { kind: half-spread, shareOfPrice: 0.00005 }
  - kind: option
    name: call 110%
    type: call
    strike: 110%
    days: 60
    lot: 0.1
    limits: { low: 0 }
    costs:
      - { kind: venue, venue: deribit }                        # 0.0003 BTC, at most 12.5 % of the premium
      - { kind: half-spread, shareOfPrice: 0.01, shareOfSpot: 0.0002 }

rebalancing:
  everyHours: 24

risk:
  kind: entropic
  aversion: 0.0005  # per dollar: 30 when multiplied by the spot

policy: { kind: band, hidden: 8 }

training: { iterations: 300, paths: 2048 }
evaluation: { paths: 65536, sets: 8 }
seed: 1
`;

const heston = `# The same straddle in a Heston market: the option's price along the path is learned, and its error reported.
version: 1
name: btc-straddle-heston
currency: USD

market:
  kind: heston
  spot: 60000
  v0: 0.34          # variances: 0.34 is a volatility of 58 %
  kappa: 6
  theta: 0.36
  nu: 2
  rho: -0.3

position:
  - { type: straddle, quantity: -1, strike: 100%, days: 30 }

instruments:
  - kind: perpetual
    limits: { low: -3, high: 3 }
    costs:
      - { kind: venue, venue: deribit }
      - { kind: half-spread, shareOfPrice: 0.00005 }
  - kind: option
    name: call 110%
    type: call
    strike: 110%
    days: 60
    limits: { low: 0 }
    costs:
      - { kind: venue, venue: deribit }
      - { kind: half-spread, shareOfPrice: 0.01, shareOfSpot: 0.0002 }

rebalancing: { everyHours: 24 }
risk: { kind: cvar, level: 0.95 }
policy: { kind: band, hidden: 8, firstTrade: true }
training: { iterations: 300, paths: 2048 }
optionPrices: { iterations: 600, paths: 2048 }   # how prices along the path are learned
`;

const neuralSde = `# A short BTC straddle in the market that \`volterra fit\` learned from a chain.
#
#   volterra fit chain.csv --underlying BTC --out fit     writes the model file
version: 1
name: btc-straddle-learned
currency: USD

market:
  kind: neural-sde
  model: fit/chain-BTC.model.json    # from the folder of this file
  # spot: 66000                      # the model's nearest forward without it

position:
  - { type: straddle, quantity: -1, strike: 100%, days: 30 }

instruments:
  - kind: perpetual
    costs:
      - { kind: venue, venue: deribit }
      - { kind: half-spread, shareOfPrice: 0.00005 }
  - kind: option
    name: call 105%
    type: call
    strike: 105%
    days: 60                         # within the last expiry of the fit
    costs:
      - { kind: venue, venue: deribit }
      - { kind: half-spread, shareOfPrice: 0.01, shareOfSpot: 0.0002 }

rebalancing: { everyHours: 24 }
risk: { kind: cvar, level: 0.95 }    # mean of the worst twentieth: the market has jumps
training: { iterations: 300, paths: 2048 }
`;

const history = `# A short straddle on recorded prices, drawn in blocks of ten days.
#
# The CSV has a header with time and price (or timestamp and close), evenly spaced rows, and no gaps.
version: 1
name: btc-straddle-history
currency: USD

market:
  kind: history
  prices: prices.csv                 # from the folder of this file
  sampling: bootstrap                # or windows: stretches as they were
  blockDays: 10
  removesMean: true

position:
  - { type: straddle, quantity: -1, strike: 100%, days: 30 }

instruments:
  - kind: perpetual
    costs: [{ kind: venue, venue: deribit }]

rebalancing: { everyHours: 24 }      # a multiple of the distance between rows
drift: check                         # a record is no martingale: say what it earns, and take that out of the price
risk: { kind: entropic, aversion: 0.0005 }
policy: { kind: recurrent, hidden: [16, 16], memory: 4 }
training: { iterations: 300, paths: 2048 }
`;

const roughBergomi = `# A short straddle under rough volatility, hedged with the perpetual.
version: 1
name: straddle-rough
currency: USD

market: { kind: rough-bergomi, spot: 60000, xi: 0.34, eta: 1.9, hurst: 0.1, rho: -0.7 }

position:
  - { type: straddle, quantity: -1, strike: 100%, days: 30 }

instruments:
  - kind: perpetual
    costs: [{ kind: venue, venue: deribit }]

rebalancing: { everyHours: 24 }
risk: { kind: entropic, aversion: 0.0001 }            # tails are fat: 6 when multiplied by the spot
condition: { aversion: [0.25, 4], costScale: [0.5, 2] }   # one policy for a range of both
training: { iterations: 400, paths: 4096 }
`;

/** Examples by the kind of their market. */
export const exampleConfigs: Readonly<Record<string, string>> = {
  "black-scholes": exampleConfig,
  heston,
  "neural-sde": neuralSde,
  history,
  "rough-bergomi": roughBergomi,
};
