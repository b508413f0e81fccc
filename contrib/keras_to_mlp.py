"""A Sequential model of Keras 3 as a specification, with its weights.

    pip install numpy keras jax
    KERAS_BACKEND=jax python keras_to_mlp.py model.keras -o net.mlp

Reads `InputLayer`, `Flatten`, `Dense`, `Activation`, `ReLU`, `LeakyReLU`, `ELU`, `Softmax`, `Dropout`, `BatchNormalization`, `LayerNormalization`,
`Normalization` and `Rescaling`. What Keras computes for random inputs is what the specification is held to.
"""

import argparse
import pathlib

import numpy as np

from mlp_files import Specification, name_like

ACTIVATIONS = {
    "linear": "{}", "relu": "relu({})", "sigmoid": "sigmoid({})", "tanh": "tanh({})", "softmax": "softmax({})", "softplus": "softplus({})",
    "softsign": "softsign({})", "selu": "selu({})", "elu": "elu({})", "silu": "silu({})", "gelu": "gelu({})", "mish": "mish({})",
    "exponential": "exp({})", "leaky_relu": "leaky_relu({}, slope = 0.2)", "hard_sigmoid": "hard_sigmoid({})", "relu6": "relu6({})",
}


def activation(function):
    name = getattr(function, "__name__", str(function))
    if name not in ACTIVATIONS:
        raise SystemExit(f"the activation {name} is not read")
    return ACTIVATIONS[name]


def around(layer):
    """The text around a value, for layers without parameters; none for others."""
    kind = type(layer).__name__
    if kind == "Activation":
        return activation(layer.activation)
    if kind == "ReLU" and layer.max_value is None and not layer.negative_slope and not layer.threshold:
        return "relu({})"
    if kind == "LeakyReLU":
        return f"leaky_relu({{}}, slope = {float(layer.negative_slope)!r})"
    if kind == "ELU":
        return f"elu({{}}, alpha = {float(layer.alpha)!r})"
    if kind == "Softmax":
        return "softmax({})"
    if kind == "Dropout":
        # Gone in inference; in a network with `train` it is `dropout(…, rate = …)`.
        return "{}"
    if kind == "Rescaling":
        scale, offset = float(layer.scale), float(layer.offset)
        return f"({scale!r} * {{}} {'-' if offset < 0 else '+'} {abs(offset)!r})"
    return None


def specification(model, name, rows=32, within=1e-5):
    import keras

    width = int(np.prod(model.input_shape[1:]))
    net = Specification(name, about="Imported from a Sequential model of Keras.")
    net.say(f"input x[{width}];")
    # The formula of the last layer is open: activations are written around it.
    state = {"formula": "x", "tensors": {}, "width": width}
    names = set()

    def close(called):
        if state["formula"] in names | {"x"}:
            return state["formula"]
        layer = name_like(called, "h")
        while layer in names | {"x"}:
            layer += "_"
        names.add(layer)
        net.say(f"layer {layer}[{state['width']}] = {state['formula']};")
        for role, array in state["tensors"].items():
            net.tensor(f"{role}_{layer}", array)
        state.update(formula=layer, tensors={})
        return layer

    called = "h"
    for layer in model.layers:
        kind, text = type(layer).__name__, around(layer)
        if kind in ("InputLayer", "Flatten"):
            continue
        if text is not None:
            state["formula"] = text.format(state["formula"])
            continue
        before, numbers = close(called), [np.asarray(array) for array in layer.get_weights()]
        called = layer.name
        if kind == "Dense":
            roles = {"W": numbers[0]} | ({"b": numbers[1]} if layer.use_bias else {})
            state["width"] = numbers[0].shape[1]
            function = activation(layer.activation).format(f"{'dense' if layer.use_bias else 'linear'}({before})")
        elif kind == "Normalization":
            mean, variance = np.ravel(layer.mean), np.ravel(layer.variance)
            ones = np.ones(state["width"])
            deviation = np.maximum(np.sqrt(variance), keras.config.epsilon())
            roles, function = {"mean": mean * ones, "deviation": deviation * ones}, f"standardize({before})"
        elif kind in ("BatchNormalization", "LayerNormalization"):
            if np.prod(np.shape(numbers[0])) != state["width"]:
                raise SystemExit(f"the layer {layer.name} normalizes something else than vectors")
            numbers, ones = iter(numbers), np.ones(state["width"])
            roles = {"scale": next(numbers) if layer.scale else ones, "shift": next(numbers) if layer.center else 0 * ones}
            if kind == "BatchNormalization":
                roles |= {"mean": next(numbers), "variance": next(numbers)}
            word = "batch_norm" if kind == "BatchNormalization" else "layer_norm"
            function = f"{word}({before}, epsilon = {float(layer.epsilon)!r})"
        else:
            raise SystemExit(f"the layer {layer.name} is a {kind}, which is not part of a multilayer perceptron that is read")
        state.update(formula=function, tensors=roles)
    last = close(called)
    inputs = np.random.default_rng(0).normal(size=(rows, *model.input_shape[1:])).astype(np.float32)
    outputs = np.asarray(model(inputs, training=False))
    net.expect(within, x=inputs, **{last: outputs})
    return net


def main():
    import keras

    parser = argparse.ArgumentParser(description="A Sequential model of Keras as a specification.")
    parser.add_argument("model")
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    stem = pathlib.Path(arguments.output).stem
    model = keras.models.load_model(arguments.model)
    specification(model, name_like(stem.title(), "Model").replace("_", "")).write(arguments.output)
    print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()
