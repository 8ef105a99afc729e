/** The documented example that `volterra hedge example` prints. */

/** A short BTC straddle of 30 days. */
export const exampleConfig = `# A short BTC straddle of 30 days. Prices in dollars, volatility as a decimal per year, costs as
# shares of the value traded. \`volterra hedge schema\` prints every field that there is.
version: 1
name: btc-straddle

market:
  kind: heston
  spot: 60000
  v0: 0.3025        # 55 % volatility now
  kappa: 6
  theta: 0.36       # 60 % in the long run
  nu: 2.2
  rho: -0.35

position:           # what the desk holds: -1 is one sold
  - { type: straddle, quantity: -1, strike: 100%, days: 30 }

instruments:        # what it may trade
  - kind: spot
    costs:
      - { kind: proportional, share: 0.0006 }   # 5 basis points of fee, 1 of half-spread

rebalancing:
  everyHours: 24

risk:
  kind: entropic
  aversion: 0.0005  # per dollar: 30 when multiplied by the spot

policy: { kind: band, hidden: 8 }
`;
