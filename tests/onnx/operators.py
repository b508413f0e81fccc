"""Writes the small models of `operators`, one for each operator and form, and what ONNX Runtime computes for them.

    pip install onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
    python3 tests/onnx/operators.py

`NAME.onnx` is the model; `NAME.npz` has arrays by the names of its inputs and outputs, a row for each sample. The numbers of each
model are drawn from its name, so a new model changes no other one. ONNX Runtime begins with opset 7: of older models the result is
that of NumPy in 64 bits, which is given here.
"""

import sys
import zlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent / "operators"
FLOAT, DOUBLE, HALF = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16
LATEST = 22
IR = {6: 3, 7: 3, 8: 3, 9: 4, 10: 5, 11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 24: 11}


class Draw:
    """Numbers of one model."""

    def __init__(self, name):
        self.generator = np.random.default_rng(zlib.crc32(name.encode()))

    def __call__(self, *shape, type=np.float32, low=-1.0, high=1.0):
        # Three decimals are legible; a half of 16 bits has them nearly.
        return np.round(self.generator.uniform(low, high, shape), 3).astype(type)


def node(operator, inputs, outputs, **attributes):
    return helper.make_node(operator, inputs.split(), outputs.split(), name=f"{operator}_{outputs.split()[0]}", **attributes)


def write(name, nodes, constants, *, opset=LATEST, inputs={"x": ["N", 3]}, outputs={"y": ["N", 4]}, type=FLOAT, ml=0,
          low=-2.0, rows=5, wants=None, types={}, given=lambda of: of):
    """`wants` computes the outputs from the inputs where ONNX Runtime does not."""
    draw = Draw(name)
    made = {key: value if isinstance(value, np.ndarray) else value(draw) for key, value in constants.items()}
    initializers = [numpy_helper.from_array(value, key) for key, value in made.items()]
    value = lambda key, shape: helper.make_tensor_value_info(key, types.get(key, type), shape)
    ports = [value(key, shape) for key, shape in inputs.items()]
    if IR[opset] < 4:  # Before version 4 of the format each constant is an input too.
        ports += [helper.make_tensor_value_info(of.name, of.data_type, of.dims) for of in initializers]
    graph = helper.make_graph(nodes, name, ports, [value(key, shape) for key, shape in outputs.items()], initializers)
    sets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid("ai.onnx.ml", ml)] if ml else [])
    model = helper.make_model(graph, opset_imports=sets, ir_version=IR[opset], producer_name="tests/onnx/operators.py")
    onnx.checker.check_model(model)
    numbers = {TensorProto.FLOAT: np.float32, TensorProto.DOUBLE: np.float64, TensorProto.FLOAT16: np.float16}
    sizes = lambda shape: [rows if size == "N" else size for size in shape]
    feeds = {key: given(draw(*sizes(shape), type=numbers[types.get(key, type)], low=low, high=2.0))
             for key, shape in inputs.items()}
    if wants:
        found = {key: value.astype(numbers[type]) for key, value in wants(feeds, made).items()}
    else:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        found = dict(zip(outputs, session.run(list(outputs), feeds)))
    onnx.save(model, FOLDER / f"{name}.onnx")
    np.savez(FOLDER / f"{name}.npz", **feeds, **found)


def gemm():
    """Every form of Gemm: transposes, factors, and the shapes of C."""
    w, t = lambda d: d(3, 4), lambda d: d(4, 3)
    c = lambda d: d(4)
    plain = lambda **of: [node("Gemm", "x w c", "y", **of)]
    for opset in (7, 9, 11, 13):
        write(f"gemm_{opset}", plain(), {"w": w, "c": c}, opset=opset)
    write("gemm_trans_b", plain(transB=1), {"w": t, "c": c})
    write("gemm_square", plain(transB=1), {"w": lambda d: d(3, 3), "c": lambda d: d(3)}, outputs={"y": ["N", 3]})
    write("gemm_alpha_beta", plain(alpha=0.5, beta=-2.0, transB=1), {"w": t, "c": c})
    write("gemm_beta_zero", plain(beta=0.0), {"w": w, "c": c})
    write("gemm_without_c", [node("Gemm", "x w", "y", alpha=3.0)], {"w": w})
    write("gemm_c_scalar", plain(), {"w": w, "c": lambda d: d()})
    write("gemm_c_one", plain(), {"w": w, "c": lambda d: d(1)})
    write("gemm_c_one_row", plain(), {"w": w, "c": lambda d: d(1, 4)})
    write("gemm_c_one_number", plain(beta=0.25), {"w": w, "c": lambda d: d(1, 1)})
    write("gemm_c_column_of_one_sample", plain(), {"w": w, "c": lambda d: d(1, 1)}, inputs={"x": [1, 3]},
          outputs={"y": [1, 4]}, rows=1)
    write("gemm_c_of_another_layer", [node("Gemm", "x w", "h"), node("Gemm", "x v h", "y", beta=0.5)],
          {"w": w, "v": w})
    write("gemm_trans_a", plain(transA=1), {"w": w, "c": c}, inputs={"x": [3, 1]}, outputs={"y": [1, 4]})
    write("gemm_trans_a_of_transpose", [node("Transpose", "x", "t", perm=[1, 0]), node("Gemm", "t w c", "y", transA=1)],
          {"w": w, "c": c})
    write("gemm_constant_first", [node("Gemm", "w x c", "y")], {"w": t, "c": lambda d: d(4, 1)}, inputs={"x": [3, 1]},
          outputs={"y": [4, 1]})
    write("gemm_double", plain(transB=1), {"w": lambda d: d(4, 3, type=np.float64), "c": lambda d: d(4, type=np.float64)},
          type=DOUBLE)
    shared = [node("Gemm", "x w c", "h"), node("Tanh", "h", "g"), node("Gemm", "g w c", "y")]
    write("gemm_shared", shared, {"w": lambda d: d(3, 3), "c": lambda d: d(3)}, outputs={"y": ["N", 3]})
    both = [node("Gemm", "x w c", "h"), node("Tanh", "h", "g"), node("Gemm", "g w d", "y", transB=1)]
    write("gemm_shared_transposed", both, {"w": w, "c": c, "d": lambda d: d(3)}, outputs={"y": ["N", 3]})

    def six(alpha=1.0, beta=1.0, trans=False):
        def result(x, of):
            matrix = of["w"].astype(float)
            return {"y": alpha * x["x"].astype(float) @ (matrix.T if trans else matrix) + beta * of["c"].astype(float)}
        return result
    write("gemm_6_broadcast", plain(broadcast=1), {"w": w, "c": c}, opset=6, wants=six())
    write("gemm_6_all", plain(broadcast=1, transB=1, alpha=0.5, beta=3.0), {"w": t, "c": c}, opset=6,
          wants=six(0.5, 3.0, True))
    write("gemm_6_without_broadcast", plain(), {"w": w, "c": lambda d: d(1, 4)}, opset=6,
          inputs={"x": [1, 3]}, outputs={"y": [1, 4]}, rows=1, wants=six())
    halves = {"w": lambda d: d(3, 4, type=np.float16), "c": lambda d: d(4, type=np.float16)}
    cast = [node("Cast", "w", "v", to=FLOAT), node("Cast", "c", "d", to=FLOAT), node("Gemm", "x v d", "y")]
    write("gemm_of_halves", cast, halves)


def products():
    w = lambda d: d(3, 4)
    write("matmul", [node("MatMul", "x w", "y")], {"w": w})
    write("matmul_add", [node("MatMul", "x w", "h"), node("Add", "h c", "y")], {"w": w, "c": lambda d: d(4)})
    write("matmul_add_first", [node("MatMul", "x w", "h"), node("Add", "c h", "y")], {"w": w, "c": lambda d: d(4)})
    write("matmul_of_one_sample", [node("MatMul", "x w", "h"), node("Add", "h c", "y")], {"w": w, "c": lambda d: d(4)},
          inputs={"x": [3]}, outputs={"y": [4]}, rows=1)
    write("matmul_column", [node("MatMul", "w x", "y")], {"w": lambda d: d(4, 3)}, inputs={"x": [3, 1]},
          outputs={"y": [4, 1]})
    write("matmul_of_transpose", [node("Transpose", "w", "v", perm=[1, 0]), node("MatMul", "x v", "y")],
          {"w": lambda d: d(4, 3)})
    write("matmul_add_scalar", [node("MatMul", "x w", "h"), node("Add", "h c", "y")], {"w": w, "c": lambda d: d()})
    six = [node("MatMul", "x w", "h"), node("Add", "h c", "y", broadcast=1)]
    write("matmul_add_6", six, {"w": w, "c": lambda d: d(4)}, opset=6,
          wants=lambda x, of: {"y": x["x"].astype(float) @ of["w"].astype(float) + of["c"].astype(float)})
    same = {"y": ["N", 3]}
    for operator in ("Add", "Sub", "Mul", "Div"):
        name = operator.lower()
        numbers = lambda d: d(3, low=0.5)
        write(f"{name}_vector", [node(operator, "x c", "y")], {"c": numbers}, outputs=same)
        write(f"{name}_row", [node(operator, "c x", "y")], {"c": lambda d: d(1, 3)}, outputs=same, low=0.5)
        write(f"{name}_number", [node(operator, "x c", "y")], {"c": lambda d: d(low=0.5)}, outputs=same)
    write("skip", [node("Gemm", "x w c", "h"), node("Relu", "h", "g"), node("Add", "g x", "y")],
          {"w": lambda d: d(3, 3), "c": lambda d: d(3)}, outputs=same)
    write("gate", [node("Gemm", "x w", "h"), node("Sigmoid", "h", "g"), node("Mul", "g x", "y")],
          {"w": lambda d: d(3, 3)}, outputs=same)
    write("two_inputs", [node("Gemm", "a w c", "h"), node("Gemm", "b v", "g"), node("Sub", "h g", "y")],
          {"w": w, "c": lambda d: d(4), "v": lambda d: d(2, 4)}, inputs={"a": ["N", 3], "b": ["N", 2]})
    write("two_outputs", [node("Gemm", "x w c", "h"), node("Tanh", "h", "y"), node("Gemm", "y v", "z")],
          {"w": w, "c": lambda d: d(4), "v": lambda d: d(4, 2)}, outputs={"y": ["N", 4], "z": ["N", 2]})
    write("sum_of_three", [node("Gemm", "x w", "h"), node("Sum", "h x c", "y")],
          {"w": lambda d: d(3, 3), "c": lambda d: d(3)}, outputs=same)


def activations():
    """Element by element, after a layer; each with its attributes left out and given."""
    def write_after_layer(name, operator, opset=LATEST, constants={}, inputs="", positive=False, **attributes):
        weights = {"w": lambda d: d(3, 4, low=0.1 if positive else -1.0), "c": lambda d: d(4, low=0.1 if positive else -1.0)}
        nodes = [node("Gemm", "x w c", "h"), node(operator, f"h {inputs}", "y", **attributes)]
        write(name, nodes, weights | constants, opset=opset, low=0.1 if positive else -2.0, rows=8)

    for operator in ("Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Softplus",
                     "Softsign", "Gelu", "Mish", "ThresholdedRelu", "Exp", "Neg", "Abs", "Identity", "Erf", "Floor", "Ceil",
                     "Sign"):
        write_after_layer(operator.lower(), operator)
    for operator in ("Log", "Sqrt", "Reciprocal"):
        write_after_layer(operator.lower(), operator, positive=True)
    write_after_layer("leakyrelu_alpha", "LeakyRelu", alpha=0.2)
    write_after_layer("elu_alpha", "Elu", alpha=0.7)
    write_after_layer("selu_own", "Selu", alpha=1.5, gamma=1.1)
    write_after_layer("celu_alpha", "Celu", alpha=2.0)
    write_after_layer("hardsigmoid_own", "HardSigmoid", alpha=1 / 6, beta=0.5)
    write_after_layer("thresholdedrelu_alpha", "ThresholdedRelu", alpha=0.3)
    write_after_layer("gelu_tanh", "Gelu", approximate="tanh")
    write_after_layer("prelu", "PRelu", constants={"s": lambda d: d(4)}, inputs="s")
    write_after_layer("prelu_one", "PRelu", constants={"s": lambda d: d(1)}, inputs="s")
    write_after_layer("prelu_7", "PRelu", opset=7, constants={"s": lambda d: d(1, 4)}, inputs="s")
    write_after_layer("clip_7", "Clip", opset=7, min=-0.5, max=0.75)
    write_after_layer("clip_7_min", "Clip", opset=7, min=0.0)
    limits = {"low": np.array(-0.5, np.float32), "high": np.array(0.75, np.float32)}
    write_after_layer("clip", "Clip", constants=limits, inputs="low high")
    write_after_layer("clip_min", "Clip", constants={"low": np.array(0, np.float32)}, inputs="low")
    write_after_layer("clip_relu6", "Clip", constants={"low": np.array(0, np.float32), "high": np.array(6, np.float32)},
                      inputs="low high")
    write_after_layer("pow_two", "Pow", constants={"p": np.array(2, np.float32)}, inputs="p")
    write_after_layer("pow_half", "Pow", constants={"p": np.array(0.5, np.float32)}, inputs="p", positive=True)
    write_after_layer("max_number", "Max", constants={"p": np.array(0.25, np.float32)}, inputs="p")
    write_after_layer("min_vector", "Min", constants={"p": lambda d: d(4)}, inputs="p")
    silu = [node("Gemm", "x w", "h"), node("Sigmoid", "h", "g"), node("Mul", "h g", "y")]
    write("silu", silu, {"w": lambda d: d(3, 4)})
    gelu = [node("Gemm", "x w", "h"), node("Div", "h r", "a"), node("Erf", "a", "e"), node("Add", "e one", "f"),
            node("Mul", "h f", "g"), node("Mul", "g half", "y")]
    number = lambda value: np.array(value, np.float32)
    write("gelu_in_parts", gelu, {"w": lambda d: d(3, 4), "r": number(2**0.5), "one": number(1), "half": number(0.5)}, opset=13)
    mish = [node("Gemm", "x w", "h"), node("Softplus", "h", "a"), node("Tanh", "a", "b"), node("Mul", "h b", "y")]
    write("mish_in_parts", mish, {"w": lambda d: d(3, 4)}, opset=13)
    # The names of nodes and values are no names of the language.
    odd = [node("Gemm", "input.1 fc1.weight fc1.bias", "/fc1/Gemm_output_0", transB=1), node("Relu", "/fc1/Gemm_output_0", "layer")]
    write("names", odd, {"fc1.weight": lambda d: d(4, 3), "fc1.bias": lambda d: d(4)}, inputs={"input.1": ["N", 3]},
          outputs={"layer": ["N", 4]})


    taken = [node("Gemm", "W_h w", "h"), node("Relu", "h", "net_y"), node("Gemm", "net_y v", "y")]
    write("names_that_are_made", taken, {"w": lambda d: d(3, 4), "v": lambda d: d(4, 2)}, inputs={"W_h": ["N", 3]},
          outputs={"y": ["N", 2]})


def softmaxes():
    """The default axis was 1 up to opset 12, with all axes after it as one; it is the last one since."""
    for operator in ("Softmax", "LogSoftmax"):
        name = operator.lower()
        for opset in (7, 11, 12, 13):
            nodes = [node("Gemm", "x w c", "h"), node(operator, "h", "y")]
            write(f"{name}_{opset}", nodes, {"w": lambda d: d(3, 4), "c": lambda d: d(4)}, opset=opset)
        nodes = [node("Gemm", "x w", "h"), node(operator, "h", "y", axis=1)]
        write(f"{name}_axis_1", nodes, {"w": lambda d: d(3, 4)})
    far = [node("Gemm", "x w", "h"), node("LogSoftmax", "h", "y")]
    write("logsoftmax_far", far, {"w": lambda d: d(3, 4, low=-150, high=150)})
    large = [node("Gemm", "x w c", "h"), node("LogSoftmax", "h", "y")]
    write("logsoftmax_large", large, {"w": lambda d: d(3, 4), "c": lambda d: d(4, low=9999, high=10001)})
    write("softmax_11_last_axis", [node("Gemm", "x w", "h"), node("Softmax", "h", "y", axis=-1)], {"w": lambda d: d(3, 4)},
          opset=11)
    flattened = {"x": ["N", 2, 3]}
    write("softmax_12_of_two_axes", [node("Softmax", "x", "p"), node("Flatten", "p", "y")], {}, opset=12, inputs=flattened,
          outputs={"y": ["N", 6]})
    hot = [node("Gemm", "x w", "h"), node("Hardmax", "h", "y")]
    write("hardmax", hot, {"w": lambda d: d(3, 4)})


def shapes():
    image = {"x": ["N", 2, 3]}
    w = {"w": lambda d: d(6, 4)}
    gemm = node("Gemm", "f w", "y")
    integers = lambda *numbers: np.array(numbers, np.int64)
    write("flatten", [node("Flatten", "x", "f"), gemm], w, inputs=image)
    write("flatten_9", [node("Flatten", "x", "f", axis=1), node("Gemm", "f w c", "y")], w | {"c": lambda d: d(4)}, inputs=image,
          opset=9)
    write("reshape_minus_one", [node("Reshape", "x s", "f"), gemm], w | {"s": integers(-1, 6)}, inputs=image)
    write("reshape_zero", [node("Reshape", "x s", "f"), gemm], w | {"s": integers(0, -1)}, inputs=image)
    of_constant = [node("Constant", "", "s", value=numpy_helper.from_array(integers(-1, 6))), node("Reshape", "x s", "f"), gemm]
    write("reshape_of_constant", of_constant, w, inputs=image)
    as_shape = [node("Shape", "x", "all"), node("Gather", "all zero", "rows"), node("Unsqueeze", "rows axis", "one"),
                node("Concat", "one six", "s", axis=0), node("Reshape", "x s", "f"), gemm]
    write("reshape_of_shape", as_shape, w | {"zero": np.array(0, np.int64), "axis": integers(0), "six": integers(-1)},
          inputs=image, opset=13)
    write("squeeze", [node("Squeeze", "x a", "f"), node("Gemm", "f w", "y")], {"w": lambda d: d(3, 4), "a": integers(1)},
          inputs={"x": ["N", 1, 3]})
    write("squeeze_11", [node("Squeeze", "x", "f", axes=[2]), node("Gemm", "f w", "y")], {"w": lambda d: d(3, 4)},
          inputs={"x": ["N", 3, 1]}, opset=11)
    write("unsqueeze", [node("Gemm", "x w", "h"), node("Unsqueeze", "h a", "y")], {"w": lambda d: d(3, 4), "a": integers(1)},
          outputs={"y": ["N", 1, 4]})
    write("unsqueeze_11", [node("Gemm", "x w", "h"), node("Unsqueeze", "h", "u", axes=[2]), node("Flatten", "u", "y")],
          {"w": lambda d: d(3, 4)}, opset=11)
    write("transpose_of_ones", [node("Transpose", "x", "t", perm=[0, 2, 1]), node("Flatten", "t", "f"), node("Gemm", "f w", "y")],
          {"w": lambda d: d(3, 4)}, inputs={"x": ["N", 3, 1]})
    write("cast", [node("Cast", "x", "d", to=FLOAT), node("Gemm", "d w", "y")], {"w": lambda d: d(3, 4)})
    halves = [node("Cast", "x", "d", to=HALF), node("Cast", "d", "f", to=FLOAT), node("Gemm", "f w", "y")]
    write("cast_to_halves", halves, {"w": lambda d: d(3, 4)}, given=lambda of: np.float16(of).astype(np.float32))
    whole = [node("Cast", "x", "d", to=TensorProto.INT32), node("Cast", "d", "f", to=FLOAT), node("Gemm", "f w", "y")]
    write("cast_to_whole_numbers", whole, {"w": lambda d: d(3, 4)})
    write("one_sample_for_all", [node("Add", "a b", "y")], {}, inputs={"a": [2, 3], "b": [1, 3]}, outputs={"y": [2, 3]})
    for opset in (7, 10, 12, 13, 22):
        drop = [node("Gemm", "x w c", "h"), node("Dropout", "h", "d"), node("Relu", "d", "y")]
        write(f"dropout_{opset}", drop, {"w": lambda d: d(3, 4), "c": lambda d: d(4)}, opset=opset)
    ratio = [node("Gemm", "x w", "h"), node("Dropout", "h r t", "y mask")]
    write("dropout_ratio", ratio, {"w": lambda d: d(3, 4), "r": np.array(0.3, np.float32), "t": np.array(False)}, opset=13)
    write("concat", [node("Gemm", "x w", "h"), node("Concat", "h x", "y", axis=1)], {"w": lambda d: d(3, 4)},
          outputs={"y": ["N", 7]})
    write("concat_last_axis", [node("Concat", "a b", "h", axis=-1), node("Gemm", "h w", "y")], {"w": lambda d: d(5, 4)},
          inputs={"a": ["N", 3], "b": ["N", 2]})
    write("split", [node("Split", "x s", "a b", axis=1), node("Gemm", "b w", "y")],
          {"s": integers(1, 2), "w": lambda d: d(2, 4)})
    write("slice", [node("Slice", "x begin end axis", "a"), node("Gemm", "a w", "y")],
          {"begin": integers(1), "end": integers(3), "axis": integers(1), "w": lambda d: d(2, 4)})
    write("gather", [node("Gather", "x i", "a", axis=1), node("Gemm", "a w", "y")], {"i": integers(2, 0), "w": lambda d: d(2, 4)})
    one = {"y": ["N", 1]}
    write("reducemean", [node("ReduceMean", "x a", "y", keepdims=1)], {"a": integers(1)}, outputs=one)
    write("reducesum_13", [node("ReduceSum", "x a", "y", keepdims=1)], {"a": integers(1)}, outputs=one, opset=13)
    write("reducemean_13", [node("ReduceMean", "x", "y", axes=[1], keepdims=1)], {}, outputs=one, opset=13)


def constants():
    w = {"w": lambda d: d(3, 4)}
    def write_with(name, **attributes):
        write(name, [node("Constant", "", "c", **attributes), node("MatMul", "x w", "h"), node("Add", "h c", "y")], w, opset=13)
    write_with("constant", value=numpy_helper.from_array(np.array([1, -2, 0.5, 3], np.float32)))
    write_with("constant_float", value_float=0.75)
    write_with("constant_floats", value_floats=[1.0, -2.0, 0.5, 3.0])
    made = [node("ConstantOfShape", "s", "c", value=helper.make_tensor("v", FLOAT, [1], [0.25])), node("MatMul", "x w", "h"),
            node("Add", "h c", "y")]
    write("constantofshape", made, w | {"s": np.array([4], np.int64)})
    folded = [node("Mul", "w k", "v"), node("Transpose", "v", "t", perm=[1, 0]), node("Add", "c c", "d"),
              node("Gemm", "x t d", "y")]
    write("folded", folded, {"w": lambda d: d(4, 3), "k": np.array(0.5, np.float32), "c": lambda d: d(4)})


def normalizations():
    vectors = {"s": lambda d: d(4), "b": lambda d: d(4), "m": lambda d: d(4), "v": lambda d: d(4, low=0.2)}
    layer = {"w": lambda d: d(3, 4), "c": lambda d: d(4)}
    for opset in (7, 9, 14, 15, 22):
        nodes = [node("Gemm", "x w c", "h"), node("BatchNormalization", "h s b m v", "n", epsilon=1e-3), node("Relu", "n", "y")]
        write(f"batchnormalization_{opset}", nodes, layer | vectors, opset=opset)
    first = {"s": lambda d: d(3), "b": lambda d: d(3), "m": lambda d: d(3), "v": lambda d: d(3, low=0.2)}
    write("batchnormalization_first", [node("BatchNormalization", "x s b m v", "n"), node("Gemm", "n w c", "y")], layer | first)

    def six(x, of):
        wide = {key: value.astype(float) for key, value in of.items()}
        return {"y": (x["x"].astype(float) - wide["m"]) / np.sqrt(wide["v"] + 1e-5) * wide["s"] + wide["b"]}
    write("batchnormalization_6", [node("BatchNormalization", "x s b m v", "y", is_test=1)], first, opset=6,
          outputs={"y": ["N", 3]}, wants=six)
    write("batchnormalization_6_of_training", [node("BatchNormalization", "x s b m v", "y")], first, opset=6,
          outputs={"y": ["N", 3]}, wants=six)
    for axis, name in ((-1, "layernormalization"), (1, "layernormalization_axis_1")):
        nodes = [node("Gemm", "x w c", "h"), node("LayerNormalization", "h s b", "y", axis=axis, epsilon=1e-4)]
        write(name, nodes, layer | {key: vectors[key] for key in "sb"})
    write("layernormalization_without_bias", [node("Gemm", "x w c", "h"), node("LayerNormalization", "h s", "y")],
          layer | {"s": vectors["s"]}, opset=17)
    parts = [node("Gemm", "x w c", "h"), node("ReduceMean", "h", "m", axes=[-1]), node("Sub", "h m", "d"), node("Pow", "d two", "q"),
             node("ReduceMean", "q", "v", axes=[-1]), node("Add", "v e", "f"), node("Sqrt", "f", "r"), node("Div", "d r", "n"),
             node("Mul", "n s", "o"), node("Add", "o b", "y")]
    numbers = {"two": np.array(2, np.float32), "e": np.array(1e-5, np.float32)}
    write("layernormalization_in_parts", parts, layer | numbers | {key: vectors[key] for key in "sb"}, opset=13)


def machine_learning():
    """Operators of the domain ai.onnx.ml, as scikit-learn's converter writes them."""
    ml = lambda operator, inputs, outputs, **attributes: node(operator, inputs, outputs, domain="ai.onnx.ml", **attributes)
    layer = {"w": lambda d: d(3, 4), "c": lambda d: d(4)}
    scale = ml("Scaler", "x", "n", offset=[0.5, -1.0, 2.0], scale=[2.0, 0.25, 1.5])
    write("scaler", [scale, node("Gemm", "n w c", "y")], layer, ml=1)
    write("scaler_of_one_number", [ml("Scaler", "x", "n", offset=[0.5], scale=[2.0]), node("Gemm", "n w c", "y")], layer, ml=1)
    for norm in ("L1", "L2", "MAX"):
        write(f"normalizer_{norm.lower()}", [ml("Normalizer", "x", "n", norm=norm), node("Gemm", "n w c", "y")], layer, ml=1,
              low=0.1)
    write("binarizer", [ml("Binarizer", "x", "n", threshold=0.25), node("Gemm", "n w c", "y")], layer, ml=1)
    def some_missing(numbers):
        numbers[::2, 1] = np.nan
        return numbers
    imputer = ml("Imputer", "x", "n", imputed_value_floats=[0.5, -1.0, 2.0], replaced_value_float=float("nan"))
    write("imputer", [imputer, node("Gemm", "n w c", "y")], layer, ml=1, given=some_missing)
    write("imputer_of_zeros", [ml("Imputer", "x", "n", imputed_value_floats=[0.5], replaced_value_float=0.0),
                               node("Gemm", "n w c", "y")], layer, ml=1)
    regressor = ml("LinearRegressor", "x", "y", coefficients=[0.5, -1.0, 2.0, 1.5, 0.25, -0.75], intercepts=[0.1, -0.2], targets=2)
    write("linearregressor", [regressor], {}, ml=1, outputs={"y": ["N", 2]})
    features = ml("ArrayFeatureExtractor", "x i", "a")
    write("arrayfeatureextractor", [features, node("Gemm", "a w", "y")],
          {"i": np.array([2, 0], np.int64), "w": lambda d: d(2, 4)}, ml=1)
    # What gives a label: the numbers before it are the output.
    labels = {"label": TensorProto.INT64}
    argmax = [node("Gemm", "x w c", "h"), node("Softmax", "h", "p"), node("ArgMax", "p", "label", axis=1, keepdims=0)]
    write("argmax_beside", argmax, layer, outputs={"p": ["N", 4], "label": ["N"]}, types=labels)


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for part in (gemm, products, activations, softmaxes, shapes, constants, normalizations, machine_learning):
        part()
    print(len(list(FOLDER.glob("*.onnx"))), "models", file=sys.stderr)


main()
