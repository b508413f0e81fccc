"""Writes orders.csv: the order of samples as mlp_training::Order documents it, in Python's whole numbers."""

M = 2**64 - 1


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & M
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & M
    return z ^ (z >> 31)


def following(state):
    return mix(state + 0x9E3779B97F4A7C15 & M)


def fnv1a(text):
    hash = 0xCBF29CE484222325
    for byte in text.encode():
        hash = (hash ^ byte) * 0x100000001B3 & M
    return hash


def order(seed, epoch, samples):
    state = following(following(following(seed) ^ epoch) ^ fnv1a("order"))
    indices = list(range(samples))
    for last in range(samples - 1, 0, -1):
        drawn = following(state)
        state = state + 0x9E3779B97F4A7C15 & M
        other = drawn * (last + 1) >> 64
        indices[last], indices[other] = indices[other], indices[last]
    return indices


if __name__ == "__main__":
    with open("orders.csv", "w") as file:
        for seed, epoch in [(0, 0), (7, 0), (7, 1), (M, 2**40)]:
            for samples in [1, 2, 10, 100]:
                file.write(",".join(map(str, order(seed, epoch, samples))) + "\n")
    print(order(7, 0, 10))
