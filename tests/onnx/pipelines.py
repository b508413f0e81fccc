"""Writes pipelines of scikit-learn as ONNX models, with inputs and what ONNX Runtime computes, into a folder.

    pip install scikit-learn==1.9.1 skl2onnx==1.20.0 onnxruntime==1.32.0 numpy==2.4.6
    python3 tests/onnx/pipelines.py FOLDER

Four activations, no to three hidden layers, with and without a scaler, two classes, three classes and a regression; linear models and
other scalers. The probabilities are compared with scikit-learn's own here, so the numbers have two witnesses.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from skl2onnx import to_onnx
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Binarizer, MaxAbsScaler, MinMaxScaler, Normalizer, RobustScaler, StandardScaler

# Two classes by number, three by name. Logarithms of the measurements, since sums of numbers up to 4254 keep no 6 digits in 32 bits.
TABLES = {
    "binary": (np.log1p(load_breast_cancer().data), load_breast_cancer().target),
    "classes": (load_iris().data, np.array(["setosa", "versicolor", "virginica"])[load_iris().target]),
    "regression": load_diabetes(return_X_y=True),
}


def networks():
    for activation in ("identity", "logistic", "tanh", "relu"):
        for layers in ((), (8,), (8, 6), (8, 6, 5)):
            for scaler in (True, False):
                for task in TABLES:
                    model = MLPRegressor if task == "regression" else MLPClassifier
                    network = model(hidden_layer_sizes=layers, activation=activation, max_iter=30, random_state=1)
                    steps = [StandardScaler(), network] if scaler else [network]
                    yield f"{activation}_{len(layers)}_{'scaled' if scaler else 'plain'}_{task}", task, make_pipeline(*steps)


def others():
    for scaler in (MinMaxScaler(), MaxAbsScaler(), RobustScaler(), Normalizer(), Normalizer("l1"), Binarizer(threshold=1.0), SimpleImputer()):
        name = type(scaler).__name__.lower() + getattr(scaler, "norm", "").replace("l2", "")
        for task in TABLES:
            model = MLPRegressor if task == "regression" else MLPClassifier
            yield f"{name}_{task}", task, make_pipeline(scaler, model(hidden_layer_sizes=(6,), max_iter=30, random_state=1))
    yield "linear", "regression", make_pipeline(StandardScaler(), LinearRegression())
    yield "ridge", "regression", make_pipeline(Ridge())
    yield "logistic_binary", "binary", make_pipeline(StandardScaler(), LogisticRegression())
    yield "logistic_classes", "classes", make_pipeline(StandardScaler(), LogisticRegression())


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    count = 0
    for name, task, pipeline in [*networks(), *others()]:
        x, y = TABLES[task]
        x = x.astype(np.float32)
        pipeline.fit(x, y)
        for kind, options in (("array", {"zipmap": False}), ("zipmap", {})):
            if kind == "zipmap" and task == "regression":
                continue
            model = to_onnx(pipeline, x[:1], options=None if task == "regression" else {id(pipeline[-1]): options})
            rows = x[:: len(x) // 30]
            session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
            names = [value.name for value in session.get_outputs()]
            found = dict(zip(names, session.run(names, {"X": rows})))
            number = found.pop("output_probability", found.pop("probabilities", found.get("variable")))
            if isinstance(number, list):  # a dictionary for each row
                number = np.array([list(row.values()) for row in number], np.float32)
            own = pipeline.predict(rows) if task == "regression" else pipeline.predict_proba(rows)
            np.testing.assert_allclose(number.reshape(len(rows), -1), own.reshape(len(rows), -1), rtol=1e-3, atol=1e-4)
            onnx.save(model, folder / f"{name}_{kind}.onnx")
            np.savez(folder / f"{name}_{kind}.npz", X=rows, **{names[-1]: number})
            count += 1
    print(count, "models")


main()
