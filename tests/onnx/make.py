"""Writes the models of this folder, with what ONNX Runtime computes for them.

    pip install numpy onnx onnxruntime && python make.py

Each model is `models/NAME.onnx`; `models/NAME.npz` has its inputs and outputs, by name, a row for each sample. The names say
what a model has; `refused/NAME.onnx` are models that the language can't express.
"""

import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, version_converter

HERE = pathlib.Path(__file__).parent
RANDOM = np.random.default_rng(23)
ROWS = 5


def numbers(*shape, kind=np.float32):
    """Numbers between -1 and 1 with few digits."""
    return (RANDOM.integers(-1000, 1001, shape) / 1000).astype(kind)


def model(nodes, constants, inputs, outputs, opset, kind=np.float32, domains=()):
    """A model; inputs and outputs are pairs of a name and sizes."""
    element = TensorProto.DOUBLE if kind == np.float64 else TensorProto.FLOAT
    value = lambda name, sizes: helper.make_tensor_value_info(name, element, sizes)
    graph = helper.make_graph(
        [node if isinstance(node, onnx.NodeProto) else helper.make_node(*node[:3], **node[3]) for node in nodes],
        "test",
        [value(*pair) for pair in inputs],
        [value(*pair) for pair in outputs],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    imports = [helper.make_opsetid("", opset)] + [helper.make_opsetid(domain, version) for domain, version in domains]
    made = helper.make_model(graph, opset_imports=imports, producer_name="make.py")
    made.ir_version = 3 if opset < 9 else 8
    if made.ir_version == 3:
        # Initializers were inputs, too.
        known = {pair[0] for pair in inputs}
        for name, array in constants.items():
            if name not in known:
                of = helper.np_dtype_to_tensor_dtype(np.asarray(array).dtype)
                graph.input.append(helper.make_tensor_value_info(name, of, np.asarray(array).shape))
        made = helper.make_model(graph, opset_imports=imports, producer_name="make.py")
        made.ir_version = 3
    onnx.checker.check_model(made)
    return made


def evaluate(made, inputs):
    made = onnx.ModelProto.FromString(made.SerializeToString())
    if made.opset_import[0].version < 7:
        # ONNX Runtime has no operators of this age: those of the same meaning take their place.
        for value in [*made.graph.input, *made.graph.output]:
            size = value.type.tensor_type.shape.dim[0]
            if size.dim_param:
                size.dim_value = ROWS
        made = version_converter.convert_version(made, 9)
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def write(name, nodes, constants, inputs, outputs, opset=17, kind=np.float32, domains=()):
    made = model(nodes, constants, inputs, outputs, opset, kind, domains)
    (HERE / "models" / f"{name}.onnx").write_bytes(made.SerializeToString())
    given = {}
    for called, sizes in inputs:
        is_batched = len(sizes) > 1 or isinstance(sizes[0], str)
        given[called] = numbers(*((ROWS if isinstance(sizes[0], str) else sizes[0],) + tuple(sizes[1:])) if is_batched else sizes, kind=kind) * 3
    found = evaluate(made, given)
    rows = lambda array: array.reshape(array.shape[0] if array.ndim > 1 else 1, -1)
    np.savez(HERE / "models" / f"{name}.npz", **{key: rows(array) for key, array in {**given, **found}.items()})


def refused(name, nodes, constants, inputs, outputs, opset=17, domains=()):
    made = model(nodes, constants, inputs, outputs, opset, domains=domains)
    (HERE / "refused" / f"{name}.onnx").write_bytes(made.SerializeToString())


N = "N"
X = [("x", [N, 3])]


def elementwise(name, operator, opset=17, constants=(), **attributes):
    """A function between two layers."""
    weights = {"first.weight": numbers(3, 4), "first.bias": numbers(4)}
    weights.update(constants)
    nodes = [
        ("MatMul", ["x", "first.weight"], ["a"], {}),
        # Until version 6 a vector is added to each row only where it says so.
        ("Add", ["a", "first.bias"], ["b"], {"broadcast": 1} if opset < 7 else {}),
        (operator, ["b", *dict(constants)], ["y"], attributes),
    ]
    write(name, nodes, weights, X, [("y", [N, 4])], opset)


def functions():
    for operator in ["Relu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Exp", "Abs", "Neg", "Erf", "Floor", "Identity", "Mish"]:
        elementwise(operator.lower(), operator, 18)
    elementwise("leaky_relu", "LeakyRelu")
    elementwise("leaky_relu_alpha", "LeakyRelu", alpha=0.25)
    elementwise("elu", "Elu")
    elementwise("elu_alpha", "Elu", alpha=0.5)
    elementwise("selu", "Selu")
    elementwise("selu_own", "Selu", alpha=1.5, gamma=1.25)
    elementwise("celu", "Celu", alpha=2.0)
    elementwise("hard_sigmoid", "HardSigmoid")
    elementwise("hard_swish", "HardSwish")
    elementwise("thresholded_relu", "ThresholdedRelu", alpha=0.5)
    elementwise("shrink", "Shrink", lambd=0.5, bias=0.25)
    elementwise("gelu", "Gelu", 20)
    elementwise("gelu_tanh", "Gelu", 20, approximate="tanh")
    elementwise("prelu", "PRelu", constants={"slope": numbers(4)})
    elementwise("prelu_one", "PRelu", constants={"slope": numbers(1)})
    elementwise("clip_6", "Clip", 6, min=-0.5, max=0.75)
    elementwise("clip", "Clip", 13, constants={"low": np.float32(-0.5), "high": np.float32(0.75)})
    elementwise("softmax_1", "Softmax", 6)
    elementwise("softmax", "Softmax", 13)
    elementwise("log_softmax", "LogSoftmax", 13, axis=1)
    elementwise("power", "Pow", constants={"two": np.float32(2)})
    elementwise("dropout_6", "Dropout", 6, ratio=0.25)
    elementwise("dropout", "Dropout", 13, constants={"ratio": np.float32(0.25)})


def gemm():
    square, wide = numbers(3, 3), numbers(3, 4)
    def one(name, matrix, bias=None, opset=13, **attributes):
        outputs = matrix.shape[0] if attributes.get("transB") else matrix.shape[1]
        constants = {"net.weight": matrix} | ({} if bias is None else {"net.bias": bias})
        node = ("Gemm", ["x", *constants], ["y"], attributes)
        write(f"gemm_{name}", [node], constants, X, [("y", [N, outputs])], opset)

    one("plain", wide, numbers(4))
    one("transposed", numbers(4, 3), numbers(4), transB=1)
    one("square_transposed", square, numbers(3), transB=1)
    one("without_bias", wide, opset=11)
    one("scalar_bias", wide, numbers(1).reshape(()))
    one("row_bias", wide, numbers(1, 4))
    one("one_bias", wide, numbers(1))
    one("alpha_beta", wide, numbers(4), alpha=0.5, beta=2.0)
    one("beta_zero", wide, numbers(4), beta=0.0)
    one("one_output", numbers(3, 1), numbers(1))
    one("opset_6", wide, numbers(4), opset=6, broadcast=1)
    one("opset_7", wide, numbers(4), opset=7)
    one("opset_9", wide, numbers(4), opset=9)


def networks():
    three = {"0.weight": numbers(5, 3), "0.bias": numbers(5), "2.weight": numbers(4, 5), "2.bias": numbers(4)}
    gemm = lambda x, layer, y: ("Gemm", [x, f"{layer}.weight", f"{layer}.bias"], [y], {"transB": 1})
    write("pytorch", [gemm("x", "0", "/0/Gemm_output_0"), ("Relu", ["/0/Gemm_output_0"], ["/1/Relu_output_0"], {}),
                      gemm("/1/Relu_output_0", "2", "output")], three, X, [("output", [N, 4])])
    doubles = {name: array.astype(np.float64) for name, array in three.items()}
    write("double", [gemm("x", "0", "a"), ("Tanh", ["a"], ["b"], {}), gemm("b", "2", "output")], doubles, X,
          [("output", [N, 4])], kind=np.float64)
    halves = {"0.weight": numbers(3, 4).astype(np.float16)}
    write("half", [("Cast", ["0.weight"], ["w"], {"to": 1}), ("MatMul", ["x", "w"], ["y"], {})], halves, X, [("y", [N, 4])])
    write("residual", [("MatMul", ["x", "w"], ["a"], {}), ("Tanh", ["a"], ["b"], {}), ("MatMul", ["b", "v"], ["c"], {}),
                       ("Add", ["c", "b"], ["d"], {}), ("Sigmoid", ["d"], ["s"], {}), ("Mul", ["d", "s"], ["y"], {})],
          {"w": numbers(3, 4), "v": numbers(4, 4)}, X, [("y", [N, 4])])
    norm = {"norm.weight": numbers(4), "norm.bias": numbers(4), "mean": numbers(4), "var": np.abs(numbers(4)) + np.float32(0.1)}
    write("batch_norm", [("MatMul", ["x", "w"], ["a"], {}), ("BatchNormalization", ["a", *norm], ["n"], {"epsilon": 1e-3}),
                         ("Relu", ["n"], ["y"], {})], {"w": numbers(3, 4), **norm}, X, [("y", [N, 4])])
    write("layer_norm", [("MatMul", ["x", "w"], ["a"], {}), ("LayerNormalization", ["a", "scale", "shift"], ["y"], {})],
          {"w": numbers(3, 4), "scale": numbers(4), "shift": numbers(4)}, X, [("y", [N, 4])])
    write("layer_norm_by_parts", [
        ("MatMul", ["x", "w"], ["a"], {}), ("ReduceMean", ["a"], ["m"], {"axes": [-1]}), ("Sub", ["a", "m"], ["d"], {}),
        ("Pow", ["d", "two"], ["q"], {}), ("ReduceMean", ["q"], ["v"], {"axes": [-1]}), ("Add", ["v", "eps"], ["e"], {}),
        ("Sqrt", ["e"], ["s"], {}), ("Div", ["d", "s"], ["n"], {}), ("Mul", ["n", "scale"], ["k"], {}), ("Add", ["k", "shift"], ["y"], {}),
    ], {"w": numbers(3, 4), "two": np.float32(2), "eps": np.float32(1e-5), "scale": numbers(4), "shift": numbers(4)}, X,
        [("y", [N, 4])], opset=13)
    write("images", [("Reshape", ["x", "shape"], ["f"], {}), ("MatMul", ["f", "w"], ["y"], {})],
          {"shape": np.array([-1, 12], np.int64), "w": numbers(12, 2)}, [("x", [N, 1, 3, 4])], [("y", [N, 2])])
    write("flattened", [("Flatten", ["x"], ["f"], {}), ("MatMul", ["f", "w"], ["y"], {})], {"w": numbers(12, 2)},
          [("x", [N, 3, 4])], [("y", [N, 2])])
    write("flattened_by_shape", [
        ("Shape", ["x"], ["s"], {}), ("Gather", ["s", "zero"], ["n"], {}), ("Unsqueeze", ["n", "axes"], ["u"], {}),
        ("Concat", ["u", "rest"], ["to"], {"axis": 0}), ("Reshape", ["x", "to"], ["f"], {}), ("MatMul", ["f", "w"], ["y"], {}),
    ], {"zero": np.array(0, np.int64), "axes": np.array([0], np.int64), "rest": np.array([-1], np.int64), "w": numbers(12, 2)},
        [("x", [N, 3, 4])], [("y", [N, 2])], opset=13)
    write("two_inputs", [("Concat", ["left", "right"], ["x"], {"axis": 1}), ("MatMul", ["x", "w"], ["a"], {}),
                         ("Tanh", ["a"], ["y"], {})], {"w": numbers(5, 2)}, [("left", [N, 2]), ("right", [N, 3])], [("y", [N, 2])])
    write("two_outputs", [("MatMul", ["x", "w"], ["h"], {}), ("Relu", ["h"], ["a"], {}), ("Sigmoid", ["h"], ["b"], {})],
          {"w": numbers(3, 2)}, X, [("a", [N, 2]), ("b", [N, 2])])
    write("split", [("Split", ["x", "sizes"], ["a", "b"], {"axis": 1}), ("Relu", ["a"], ["c"], {}), ("Concat", ["c", "b"], ["y"], {"axis": -1})],
          {"sizes": np.array([1, 2], np.int64)}, X, [("y", [N, 3])], opset=13)
    write("gather", [("Gather", ["x", "places"], ["y"], {"axis": 1})], {"places": np.array([2, 0], np.int64)}, X, [("y", [N, 2])])
    write("slice", [("Slice", ["x", "one", "three", "one"], ["y"], {})],
          {"one": np.array([1], np.int64), "three": np.array([3], np.int64)}, X, [("y", [N, 2])])
    write("binary_classes", [("MatMul", ["x", "w"], ["a"], {}), ("Sigmoid", ["a"], ["p"], {}), ("Sub", ["one", "p"], ["q"], {}),
                             ("Concat", ["q", "p"], ["y"], {"axis": 1})], {"w": numbers(3, 1), "one": np.float32(1)}, X, [("y", [N, 2])])
    write("max_min", [("Max", ["x", "low"], ["a"], {}), ("Min", ["a", "high"], ["y"], {})],
          {"low": np.float32(-0.5), "high": np.float32(1.5)}, X, [("y", [N, 3])])
    write("sums", [("Sum", ["x", "x", "x"], ["a"], {}), ("Mean", ["a", "x"], ["y"], {})], {}, X, [("y", [N, 3])])
    write("unit", [("ReduceL2", ["x"], ["n"], {"axes": [1]}), ("Div", ["x", "n"], ["y"], {})], {}, X, [("y", [N, 3])], opset=13)
    write("folded", [("Transpose", ["w"], ["v"], {}), ("Mul", ["v", "half"], ["u"], {}), ("MatMul", ["x", "u"], ["y"], {})],
          {"w": numbers(4, 3), "half": np.float32(0.5)}, X, [("y", [N, 4])])
    write("one_sample", [("MatMul", ["x", "w"], ["a"], {}), ("Relu", ["a"], ["y"], {})], {"w": numbers(3, 2)}, [("x", [3])], [("y", [2])])
    scaler = helper.make_node("Scaler", ["x"], ["s"], domain="ai.onnx.ml", offset=[0.5, -1.0, 2.0], scale=[2.0, 0.25, 0.125])
    linear = helper.make_node("LinearRegressor", ["s"], ["y"], domain="ai.onnx.ml", targets=2,
                              coefficients=[0.5, -1.0, 0.25, 1.5, 0.75, -0.125], intercepts=[0.1, -0.2])
    write("pipeline", [scaler, linear], {}, X, [("y", [N, 2])], domains=[("ai.onnx.ml", 3)])
    unit = helper.make_node("Normalizer", ["x"], ["y"], domain="ai.onnx.ml", norm="L2")
    write("normalizer", [unit], {}, X, [("y", [N, 3])], domains=[("ai.onnx.ml", 3)])


def refusals():
    image = [("x", [N, 1, 4, 4])]
    refused("conv", [("Conv", ["x", "w"], ["y"], {})], {"w": numbers(1, 1, 3, 3)}, image, [("y", [N, 1, 2, 2])])
    refused("pool_before_dense", [("MaxPool", ["x"], ["p"], {"kernel_shape": [2, 2]}), ("Flatten", ["p"], ["f"], {}),
                                  ("MatMul", ["f", "w"], ["y"], {})], {"w": numbers(9, 2)}, image, [("y", [N, 2])])
    refused("two_factors", [("MatMul", ["x", "z"], ["y"], {})], {}, [("x", [N, 3]), ("z", [3, 4])], [("y", [N, 4])])
    refused("across_samples", [("Softmax", ["x"], ["y"], {"axis": 0})], {}, X, [("y", [N, 3])])
    refused("samples_reduced", [("ReduceMean", ["x"], ["y"], {"axes": [0]})], {}, X, [("y", [1, 3])], opset=13)
    refused("label", [("MatMul", ["x", "w"], ["a"], {}), ("ArgMax", ["a"], ["k"], {"axis": 1}), ("Cast", ["k"], ["y"], {"to": 1})],
            {"w": numbers(3, 4)}, X, [("y", [N, 1])])
    refused("no_sizes", [("Relu", ["x"], ["y"], {})], {}, [("x", [N, "K"])], [("y", [N, "K"])])
    refused("trees", [helper.make_node("SVMRegressor", ["x"], ["y"], domain="ai.onnx.ml", kernel_type="LINEAR",
                                       coefficients=[1.0, 2.0, 3.0], rho=[0.5])], {}, X, [("y", [N, 1])], domains=[("ai.onnx.ml", 3)])


if __name__ == "__main__":
    for folder in ["models", "refused"]:
        (HERE / folder).mkdir(exist_ok=True)
    functions()
    gemm()
    networks()
    refusals()
