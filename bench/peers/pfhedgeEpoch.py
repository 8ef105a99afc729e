"""The training epoch of bench/hedgingEpoch.ts in pfhedge: a European call on a Brownian stock, 30 dates, cost 1e-3, a network
with hidden layers of the given widths that sees log moneyness, expiry time, volatility and its previous position.

Usage: python bench/peers/pfhedgeEpoch.py WIDTHS PATHS THREADS EPOCHS     e.g. 32,32,32,32 50048 1 5
Prints one line: nanoseconds per path and date, best and median of the epochs after the first.
"""
import statistics, sys, time
import torch
from pfhedge.instruments import BrownianStock, EuropeanOption
from pfhedge.nn import EntropicRiskMeasure, Hedger, MultiLayerPerceptron

widths = [int(w) for w in sys.argv[1].split(",")]
paths, threads, epochs = map(int, sys.argv[2:5])
torch.set_num_threads(threads)
torch.manual_seed(1)
dates = 30
call = EuropeanOption(BrownianStock(sigma=0.2, cost=1e-3, dt=1 / 365), maturity=dates / 365)
network = MultiLayerPerceptron(n_layers=len(widths), n_units=widths, activation=torch.nn.Tanh())
hedger = Hedger(network, ["log_moneyness", "expiry_time", "volatility", "prev_hedge"], criterion=EntropicRiskMeasure(a=1.0))
hedger.compute_loss(call, n_paths=2)  # the lazy layers take their shape
optimizer = torch.optim.Adam(hedger.parameters(), lr=1e-3)
seconds = []
for _ in range(epochs + 1):
    start = time.perf_counter()
    optimizer.zero_grad()
    loss = hedger.compute_loss(call, n_paths=paths)
    loss.backward()
    optimizer.step()
    seconds.append(time.perf_counter() - start)
per_step = [1e9 * s / paths / dates for s in seconds[1:]]
print(
    f"pfhedge, PyTorch {torch.__version__}, {threads} thread(s): {min(per_step):.0f} ns per path and date "
    f"(median {statistics.median(per_step):.0f}), loss {loss.item():.5f}"
)
