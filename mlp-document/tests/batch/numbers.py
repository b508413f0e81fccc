"""Writes numbers.txt: training steps of the networks in this folder, computed by hand in plain Python.

    python3 numbers.py > numbers.txt

A line has the network, the section, the name and the numbers: sample after sample, row after row. The values are
those of the first step; `losses` has the loss of each of five steps, batch after batch, from the first sample again
after the last one.
"""

from math import exp, tanh


def product(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def turned(a):
    return [list(column) for column in zip(*a)]


def each(f, *matrices):
    return [[f(*cells) for cells in zip(*rows)] for rows in zip(*matrices)]


def added(a, row):
    return [[x + y for x, y in zip(line, row)] for line in a]


def mean_rows(a):
    return [sum(column) / len(a) for column in zip(*a)]


def outer(x, d):
    return [[[p * q for q in e] for p in r] for r, e in zip(x, d)]


def mean(matrices):
    count = len(matrices)
    return [[sum(cells) / count for cells in zip(*rows)] for rows in zip(*matrices)]


def sigmoid(x):
    return 1 / (1 + exp(-x))


def softmax(row):
    powers = [exp(x) for x in row]
    return [power / sum(powers) for power in powers]


def flat(value):
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]


def put(network, section, name, value):
    print(network, section, name, *(repr(x) for x in flat(value)))


def column(a, k):
    return [row[k] for row in a]


def half_squares(o, t):
    return each(lambda o, t: (t - o) ** 2 / 2, o, t)


def descended(value, gradient, rate):
    if isinstance(value, list):
        return [descended(v, g, rate) for v, g in zip(value, gradient)]
    return value - rate * gradient


def run(network, samples, batch, rate, parameters, step):
    """The first step in full, then the losses of five."""
    losses = []
    batches = [samples[k : k + batch] for k in range(0, len(samples), batch)]
    for number in range(5):
        part = batches[number % len(batches)]
        x, t = [list(s[0]) for s in part], [list(s[1]) for s in part]
        found = step(parameters, x, t)
        losses.append(sum(found["E"]) / len(part))
        updated = {name: descended(parameters[name], found["mean"][name], rate) for name in parameters}
        if number == 0:
            for section in ["forward", "backward"]:
                for name, value in found[section].items():
                    put(network, section, name, value)
            for name, value in found["parts"].items():
                put(network, "loss", name, value)
            put(network, "loss", "E", found["E"])
            put(network, "loss", "E_mean", losses[0])
            for name, value in found["mean"].items():
                put(network, "gradients", name, value)
                put(network, "updated", name, updated[name])
        parameters = updated
    put(network, "losses", "E_mean", losses)


def line(p, x, t):
    o = [p["w"] * a + p["b"] for (a,) in x]
    d = [value - s for value, (s,) in zip(o, t)]
    e = [v * v / 2 for v in d]
    dw = [v * a for v, (a,) in zip(d, x)]
    return {
        "forward": {"o": o},
        "parts": {"E_o": e},
        "E": e,
        "backward": {"E_o": [1.0] * len(x), "o": d, "w": dw, "b": d},
        "mean": {"w": sum(dw) / len(x), "b": sum(d) / len(x)},
    }


def two_layers(p, x, t, activation, slope):
    """Matrices: hidden = activation(x W1 + b1), output = sigmoid(hidden W2 + b2)."""
    net_h = added(product(x, p["W1"]), p["b1"])
    h = each(activation, net_h)
    net_o = added(product(h, p["W2"]), p["b2"])
    o = each(sigmoid, net_o)
    parts = half_squares(o, t)
    d_o = each(lambda o, t: o - t, o, t)
    delta_o = each(lambda d, o: d * o * (1 - o), d_o, o)
    d_h = product(delta_o, turned(p["W2"]))
    delta_h = each(lambda d, h: d * slope(h), d_h, h)
    w1, w2 = outer(x, delta_h), outer(h, delta_o)
    return {
        "forward": {"net_hidden": net_h, "hidden": h, "net_output": net_o, "output": o},
        "parts": {"E_output": parts},
        "E": [sum(row) for row in parts],
        "backward": {
            "E_output": each(lambda _: 1.0, o), "output": d_o, "net_output": delta_o, "hidden": d_h,
            "net_hidden": delta_h, "W1": w1, "b1": delta_h, "W2": w2, "b2": delta_o,
        },
        "mean": {"W1": mean(w1), "b1": mean_rows(delta_h), "W2": mean(w2), "b2": mean_rows(delta_o)},
    }


def neurons(p, x, t):
    """The same network as xor_layers, with a name for each number."""
    whole = {
        "W1": [[p["w1"], p["w3"]], [p["w2"], p["w4"]]], "b1": [p["c1"], p["c2"]],
        "W2": [[p["v1"]], [p["v2"]]], "b2": [p["c"]],
    }
    found = two_layers(whole, x, t, tanh, lambda h: 1 - h * h)
    f, b, m = found["forward"], found["backward"], found["mean"]

    def names(w1, w2, b1, b2):
        return {
            "w1": w1(0, 0), "w3": w1(0, 1), "w2": w1(1, 0), "w4": w1(1, 1),
            "v1": w2(0, 0), "v2": w2(1, 0), "c1": b1(0), "c2": b1(1), "c": b2(0),
        }

    def of_matrix(matrices):
        return lambda i, k: [matrix[i][k] for matrix in matrices]

    def of_rows(rows):
        return lambda k: column(rows, k)

    per_sample = names(of_matrix(b["W1"]), of_matrix(b["W2"]), of_rows(b["b1"]), of_rows(b["b2"]))
    means = names(
        lambda i, k: m["W1"][i][k], lambda i, k: m["W2"][i][k], lambda k: m["b1"][k], lambda k: m["b2"][k]
    )
    return {
        "forward": {
            "net_h1": column(f["net_hidden"], 0), "h1": column(f["hidden"], 0),
            "net_h2": column(f["net_hidden"], 1), "h2": column(f["hidden"], 1),
            "net_y": column(f["net_output"], 0), "y": column(f["output"], 0),
        },
        "parts": {"E_y": column(found["parts"]["E_output"], 0)},
        "E": found["E"],
        "backward": {
            "E_y": [1.0] * len(x), "y": column(b["output"], 0), "net_y": column(b["net_output"], 0),
            "h1": column(b["hidden"], 0), "h2": column(b["hidden"], 1),
            "net_h1": column(b["net_hidden"], 0), "net_h2": column(b["net_hidden"], 1), **per_sample,
        },
        "mean": means,
    }


def soft(p, x, t):
    net = added(product(x, turned(p["W"])), p["b"])
    out = [softmax(row) for row in net]
    parts = half_squares(out, t)
    g = each(lambda p, t: p - t, out, t)
    # Row by row, with the whole Jacobian matrix of softmax.
    delta = [
        [sum(g[k] * p[k] * ((k == i) - p[i]) for k in range(len(p))) for i in range(len(p))]
        for p, g in zip(out, g)
    ]
    w = outer(delta, x)
    return {
        "forward": {"net_p": net, "p": out},
        "parts": {"E_p": parts},
        "E": [sum(row) for row in parts],
        "backward": {"E_p": each(lambda _: 1.0, out), "p": g, "net_p": delta, "W": w, "b": delta},
        "mean": {"W": mean(w), "b": mean_rows(delta)},
    }


XOR = [((0, 0), (0,)), ((0, 1), (1,)), ((1, 0), (1,)), ((1, 1), (0,))]

run("line", [((1,), (2,)), ((2,), (3,))], 2, 0.1, {"w": 1.0, "b": 0.0}, line)
run(
    "xor_neurons", XOR, 4, 0.5,
    {"w1": 0.5, "w2": -0.4, "w3": 0.3, "w4": 0.8, "v1": 0.7, "v2": -0.6, "c1": 0.1, "c2": -0.2, "c": 0.05},
    neurons,
)
run(
    "xor_layers", XOR, 4, 0.5,
    {"W1": [[0.5, 0.3], [-0.4, 0.8]], "b1": [0.1, -0.2], "W2": [[0.7], [-0.6]], "b2": [0.05]},
    lambda p, x, t: two_layers(p, x, t, tanh, lambda h: 1 - h * h),
)
run(
    "layers",
    [((1, 0.5, -1), (1, 0)), ((0.2, -0.4, 0.6), (0, 1)), ((1, 1, 1), (1, 1))], 2, 0.5,
    {
        "W1": [[0.1, 0.2, -0.3, 0.4], [0.5, -0.6, 0.7, 0.8], [-0.9, 0.15, 0.25, -0.35]],
        "b1": [0.1, 0.2, 0.3, 0.4],
        "W2": [[0.5, -0.5], [0.25, 0.75], [-0.3, 0.6], [0.45, -0.15]],
        "b2": [0.05, -0.05],
    },
    lambda p, x, t: two_layers(p, x, t, sigmoid, lambda h: h * (1 - h)),
)
run(
    "softmax", [((1, 2), (1, 0, 0)), ((-1, 0.5), (0, 0, 1))], 2, 0.5,
    {"W": [[0.1, 0.2], [-0.3, 0.4], [0.5, -0.6]], "b": [0.1, 0.0, -0.1]}, soft,
)
