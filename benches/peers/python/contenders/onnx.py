"""ONNX Runtime: inference."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from .common import Contender, versions_of

versions = versions_of("onnxruntime", "onnx")


class Onnx(Contender):
    def __init__(self, workload, folder):
        super().__init__(workload, folder)
        self.passes = ["forward"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = self.model().SerializeToString()
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.feed = {"x0": self.inputs}

    def model(self):
        kind = TensorProto.FLOAT if self.float == "f32" else TensorProto.DOUBLE
        nodes, last = [], len(self.sizes) - 2
        for at in range(last + 1):
            function = {"softmax": "Softmax", "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu"}[
                self.output if at == last else self.hidden
            ]
            nodes.append(helper.make_node("Gemm", [f"x{at}", f"p{2 * at}", f"p{2 * at + 1}"], [f"z{at}"]))
            nodes.append(helper.make_node(function, [f"z{at}"], [f"x{at + 1}"]))
        value = lambda name, size: helper.make_tensor_value_info(name, kind, [self.batch, size])
        parts = [numpy_helper.from_array(part, f"p{at}") for at, part in enumerate(self.start)]
        inputs, outputs = value("x0", self.sizes[0]), value(f"x{last + 1}", self.sizes[-1])
        graph = helper.make_graph(nodes, "network", [inputs], [outputs], parts)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def reset(self):
        pass

    def forward(self):
        (self.result,) = self.session.run(None, self.feed)

    def parameters(self):
        return np.empty(0)


contender = Onnx
