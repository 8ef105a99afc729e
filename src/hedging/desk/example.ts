/** The documented example that `volterra hedge example` prints. */

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
