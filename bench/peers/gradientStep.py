"""The gradient step of bench/gradientStep.ts in PyTorch, idiomatic and eager. Prints JSON lines:
{"loss", "gradientNorm", "seconds", "peakRssMb", "version", "threads"}.

Usage: python bench/peers/gradientStep.py DIR WIDTH PATHS THREADS REPEATS
DIR holds theta.f64 and noise.f32 (steps, factors, paths) written by the TypeScript benchmark.
"""
import json, resource, sys, time
import numpy as np, torch

directory, width, paths, threads, repeats = sys.argv[1], *map(int, sys.argv[2:6])
torch.set_num_threads(threads)
steps, dates, strikes = 100, (25, 50, 75, 100), torch.tensor([0.8, 0.9, 1.0, 1.1, 1.2])
theta = np.fromfile(f"{directory}/theta.f64", dtype="<f8")
noise = torch.from_numpy(np.fromfile(f"{directory}/noise.f32", dtype="<f4").reshape(steps, 2, paths))
params, offset = [], 0
for fan_in, fan_out in ((3, width), (width, width), (width, 4)):
    w = theta[offset : offset + fan_in * fan_out].reshape(fan_out, fan_in)
    offset += fan_in * fan_out
    b = theta[offset : offset + fan_out]
    offset += fan_out
    params += [torch.tensor(w, dtype=torch.float32, requires_grad=True), torch.tensor(b, dtype=torch.float32, requires_grad=True)]


def loss():
    x = torch.zeros(paths)
    v = torch.full((paths,), -1.5)
    dt = 1 / steps
    means = []
    for i in range(steps):
        h = torch.stack((x, v, torch.full((paths,), i * dt)), 1)
        h = torch.tanh(torch.nn.functional.linear(h, params[0], params[1]))
        h = torch.tanh(torch.nn.functional.linear(h, params[2], params[3]))
        a, b, c, d = torch.nn.functional.linear(h, params[4], params[5]).unbind(1)
        sigma = torch.nn.functional.softplus(v + a)
        z0, z1 = noise[i, 0], noise[i, 1]
        x = x + sigma * (dt**0.5 * z0) - 0.5 * sigma**2 * dt
        v = v + c * dt + d * (dt**0.5 * (torch.tanh(b) * z0 + 0.7 * z1))
        if i + 1 in dates:
            means.append(torch.relu(torch.exp(x)[:, None] - strikes).mean(0))
    return 0.5 * (torch.cat(means) ** 2).sum()


for _ in range(repeats):
    for p in params:
        p.grad = None
    start = time.perf_counter()
    value = loss()
    value.backward()
    seconds = time.perf_counter() - start
    norm = float(torch.sqrt(sum((p.grad.double() ** 2).sum() for p in params)))
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"loss": float(value), "gradientNorm": norm, "seconds": seconds, "peakRssMb": rss, "version": torch.__version__, "threads": threads}), flush=True)
