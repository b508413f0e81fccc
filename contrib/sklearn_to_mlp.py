"""A fitted model of scikit-learn as a specification, with its weights.

    pip install numpy scikit-learn joblib
    python sklearn_to_mlp.py pipeline.joblib samples.npy -o net.mlp

or in a program:

    from sklearn_to_mlp import write
    write(pipeline, samples, "net.mlp")

Reads `MLPClassifier`, `MLPRegressor`, `LinearRegression`, `Ridge`, `LogisticRegression`, alone or in a pipeline after `StandardScaler`,
`MinMaxScaler` or `MaxAbsScaler`. The samples are what the specification is held to: at most 64 rows are kept.
"""

import argparse
import pathlib

import numpy as np

from mlp_files import Specification, name_like

ACTIVATIONS = {"identity": "{}", "logistic": "sigmoid({})", "tanh": "tanh({})", "relu": "relu({})"}


def scaling(step):
    """The mean and the deviation of a scaler."""
    kind = type(step).__name__
    ones = np.ones(step.n_features_in_)
    if kind == "StandardScaler":
        return ones * (step.mean_ if step.with_mean else 0), ones * (step.scale_ if step.with_std else 1)
    if kind == "MinMaxScaler" and not step.clip:
        return -step.min_ / step.scale_, 1 / step.scale_
    if kind == "MaxAbsScaler":
        return 0 * ones, step.scale_
    raise SystemExit(f"the step {kind} is not read: let it prepare the table before the network")


def layers(model):
    """Matrices, biases and activations, the last of which is that of the output."""
    kind = type(model).__name__
    if kind in ("MLPClassifier", "MLPRegressor"):
        inner = [ACTIVATIONS[model.activation]] * (len(model.coefs_) - 1)
        last = {"identity": "{}", "logistic": "sigmoid({})", "softmax": "softmax({})"}[model.out_activation_]
        return list(zip(model.coefs_, model.intercepts_, [*inner, last]))
    if kind in ("LinearRegression", "Ridge", "LogisticRegression"):
        matrix = np.atleast_2d(model.coef_).T
        last = "{}" if kind != "LogisticRegression" else "sigmoid({})" if matrix.shape[1] == 1 else "softmax({})"
        return [(matrix, np.broadcast_to(model.intercept_, matrix.shape[1]), last)]
    raise SystemExit(f"{kind} is not read: the program reads linear models and multilayer perceptrons")


def outputs(model, samples):
    """What the model computes: probabilities, or the numbers of a regression."""
    if not hasattr(model, "predict_proba"):
        return model.predict(samples)
    found = model.predict_proba(samples)
    # A list has the probabilities of several labels.
    return np.column_stack([one[:, 1] for one in found]) if isinstance(found, list) else found


def specification(pipeline, samples, name, within=1e-5):
    steps = [step for _, step in pipeline.steps] if hasattr(pipeline, "steps") else [pipeline]
    *scalers, model = [step for step in steps if step not in (None, "passthrough")]
    net = Specification(name, about=f"Imported from a {type(model).__name__} of scikit-learn.")
    net.say(f"input x[{np.shape(samples)[1]}];")
    last = "x"
    for number, step in enumerate(scalers, 1):
        mean, deviation = scaling(step)
        layer = "scaled" if number == 1 else f"scaled{number}"
        net.say(f"layer {layer}[{len(mean)}] = standardize({last});")
        net.tensor(f"mean_{layer}", mean)
        net.tensor(f"deviation_{layer}", deviation)
        last = layer
    found = outputs(pipeline, samples)
    all_layers = layers(model)
    for number, (matrix, bias, activation) in enumerate(all_layers, 1):
        is_last = number == len(all_layers)
        # Two classes: the network has the probability of the second.
        is_binary = is_last and hasattr(model, "predict_proba") and matrix.shape[1] == 1
        layer = "p" if is_binary else "y" if is_last else f"h{number}"
        net.dense(layer, matrix, bias, last, activation)
        last = layer
        if is_binary:
            net.say("layer y[2] = concat(1 - p, p);")
    if hasattr(model, "classes_"):
        net.about += f" The classes are {', '.join(str(name) for name in np.ravel(model.classes_))}."
    net.expect(within, x=np.asarray(samples)[:64], y=np.asarray(found)[:64])
    return net


def write(pipeline, samples, path):
    """Writes the specification and the weights of a fitted pipeline."""
    stem = pathlib.Path(path).stem
    specification(pipeline, np.asarray(samples), name_like(stem.title(), "Model").replace("_", "")).write(path)


def main():
    import joblib

    parser = argparse.ArgumentParser(description="A fitted model of scikit-learn as a specification.")
    parser.add_argument("pipeline", help="a file that joblib wrote; it can run any code, so read only your own")
    parser.add_argument("samples", help="an npy file with a row for each sample")
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    write(joblib.load(arguments.pipeline), np.load(arguments.samples), arguments.output)
    print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()
