#!/usr/bin/env python3
"""Trains the default network of cimera on its synthetic digits and writes it as ONNX.

    cmake --build build --target digits_export
    scripts/train_digits.py --export build/workloads/digits_export --out workloads/catalog/digits_cnn.onnx

Needs Python 3 with numpy and onnx; takes about one minute on one core. All pictures come from the generator in
workloads/synthetic: training pictures from seed 1001, validation pictures from seed 1002, evaluation pictures from seed
1. The last two take no part in training; the weights after the last epoch are kept.

Network: conv 5x5, 8 channels; ReLU; max-pool 2; conv 5x5, 16 channels; ReLU; max-pool 2; dense 32; ReLU; dense 10.
It takes raw grey levels 0..255: the factor 1/255 is in the weights of the first layer.

Last run (numpy 2.4.6, one BLAS thread; another BLAS may differ in the last digits):
    training (seed 1001): 29667 of 30000 right
    validation (seed 1002): 4881 of 5000 right
    evaluation (seed 1): 975 of 1000, 1953 of 2000, 9746 of 10000 right
    digits_cnn.onnx: 49112 bytes
"""

import argparse
import os
import pathlib
import subprocess
import tempfile

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one order of additions, so that a run can be repeated

import numpy as np  # noqa: E402  (after the thread count)
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper, reference  # noqa: E402

WEIGHT_SEED = 7
TRAINING = (1001, 30000)  # generator seed, number of samples
VALIDATION = (1002, 5000)
EVALUATION = (1, 10000)
EPOCHS, BATCH, PEAK_RATE = 8, 100, 3e-3


def load(export, seed, count):
    """Pictures [count][1][28][28] scaled to 0..1, and labels."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "digits.npz"
        subprocess.run([export, path, str(seed), "0", str(count)], check=True)
        with np.load(path) as data:
            return data["images"][:, None].astype(np.float32) / np.float32(255), data["labels"].astype(np.int64)


class Conv:
    """Valid convolution, stride 1, as one matrix product over patches."""

    def __init__(self, rng, inputs, outputs, kernel):
        rows = inputs * kernel * kernel
        self.kernel, self.inputs = kernel, inputs
        self.weight = (rng.standard_normal((rows, outputs)) * np.sqrt(2 / rows)).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)

    def forward(self, x):
        k = self.kernel
        patches = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))  # n, c, h, w, k, k
        n, _, h, w = patches.shape[:4]
        self.patches = patches.transpose(0, 2, 3, 1, 4, 5).reshape(n * h * w, -1)
        self.size = (n, h, w)
        return (self.patches @ self.weight + self.bias).reshape(n, h, w, -1).transpose(0, 3, 1, 2)

    def exported(self):
        """[outputs][inputs][kernel][kernel]"""
        return self.weight.T.reshape(-1, self.inputs, self.kernel, self.kernel)

    def backward(self, gradient, need_input):
        n, h, w = self.size
        gradient = gradient.transpose(0, 2, 3, 1).reshape(n * h * w, -1)
        self.slopes = [self.patches.T @ gradient, gradient.sum(0)]
        if not need_input:
            return None
        k = self.kernel
        patches = (gradient @ self.weight.T).reshape(n, h, w, self.inputs, k, k)
        x = np.zeros((n, self.inputs, h + k - 1, w + k - 1), np.float32)
        for row in range(k):
            for column in range(k):
                x[:, :, row : row + h, column : column + w] += patches[:, :, :, :, row, column].transpose(0, 3, 1, 2)
        return x


class Dense:
    """Matrix product and bias; flattens its input."""

    def __init__(self, rng, inputs, outputs):
        self.weight = (rng.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs)).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)

    def forward(self, x):
        self.shape, self.x = x.shape, x.reshape(len(x), -1)
        return self.x @ self.weight + self.bias

    def exported(self):
        """[outputs][inputs]"""
        return self.weight.T

    def backward(self, gradient, need_input):
        self.slopes = [self.x.T @ gradient, gradient.sum(0)]
        return (gradient @ self.weight.T).reshape(self.shape)


class Relu:
    """max(x, 0)."""

    def forward(self, x):
        self.open = x > 0
        return x * self.open

    def backward(self, gradient, need_input):
        return gradient * self.open


class MaxPool:
    """2x2, stride 2. Follows a ReLU, so places that tie are zeros, whose gradient the ReLU stops."""

    def forward(self, x):
        n, c, h, w = x.shape
        x = x.reshape(n, c, h // 2, 2, w // 2, 2)
        y = x.max((3, 5), keepdims=True)
        self.chosen = x == y
        return y.reshape(n, c, h // 2, w // 2)

    def backward(self, gradient, need_input):
        n, c, h, w = gradient.shape
        return (self.chosen * gradient.reshape(n, c, h, 1, w, 1)).reshape(n, c, 2 * h, 2 * w)


def forward(layers, x):
    for layer in layers:
        x = layer.forward(x)
    return x


def correct(layers, x, y):
    """How many of the pictures are recognised."""
    blocks = range(0, len(x), 500)
    return int(sum((forward(layers, x[i : i + 500]).argmax(1) == y[i : i + 500]).sum() for i in blocks))


def train(layers, x, y, rng):
    """Adam (Kingma and Ba, 2015) on the cross-entropy; the rate rises over the first tenth and falls as a cosine."""
    weighted = [layer for layer in layers if hasattr(layer, "weight")]
    mean = [[np.zeros_like(p) for p in (layer.weight, layer.bias)] for layer in weighted]
    power = [[np.zeros_like(p) for p in (layer.weight, layer.bias)] for layer in weighted]
    steps, step = EPOCHS * (len(x) // BATCH), 0
    for epoch in range(EPOCHS):
        order, loss = rng.permutation(len(x)), 0.0
        for start in range(0, len(x) - BATCH + 1, BATCH):
            chosen = order[start : start + BATCH]
            logits = forward(layers, x[chosen])
            logits = np.exp(logits - logits.max(1, keepdims=True))
            gradient = logits / logits.sum(1, keepdims=True)
            loss -= np.log(gradient[np.arange(BATCH), y[chosen]] + 1e-12).sum()
            gradient[np.arange(BATCH), y[chosen]] -= 1
            gradient /= BATCH
            for layer in reversed(layers):
                gradient = layer.backward(gradient, need_input=layer is not layers[0])
            step += 1
            share = step / steps
            rate = PEAK_RATE * (share / 0.1 if share < 0.1 else 0.5 + 0.5 * np.cos(np.pi * (share - 0.1) / 0.9))
            for layer, m, v in zip(weighted, mean, power):
                for i, (value, slope) in enumerate(zip((layer.weight, layer.bias), layer.slopes)):
                    m[i] += 0.1 * (slope - m[i])
                    v[i] += 0.001 * (slope * slope - v[i])
                    value -= (rate * (m[i] / (1 - 0.9**step)) / (np.sqrt(v[i] / (1 - 0.999**step)) + 1e-8)).astype(
                        np.float32
                    )
        print(f"epoch {epoch + 1}: loss {loss / len(x):.4f}", flush=True)


def onnx_model(layers, figures):
    """The same network with standard operators of opset 13 and a free batch size."""
    weighted = [layer for layer in layers if hasattr(layer, "weight")]
    constants = {}
    for name, layer in zip(("conv1", "conv2", "dense1", "dense2"), weighted):
        constants[f"{name}.weight"] = layer.exported()
        constants[f"{name}.bias"] = layer.bias
    constants["conv1.weight"] = constants["conv1.weight"] / np.float32(255)  # the input is 0..255

    pool = {"kernel_shape": [2, 2], "strides": [2, 2]}
    nodes, source = [], "image"
    for op, name, attributes in (
        ("Conv", "conv1", {"kernel_shape": [5, 5]}),
        ("Relu", "relu1", {}),
        ("MaxPool", "pool1", pool),
        ("Conv", "conv2", {"kernel_shape": [5, 5]}),
        ("Relu", "relu2", {}),
        ("MaxPool", "pool2", pool),
        ("Flatten", "flat", {"axis": 1}),
        ("Gemm", "dense1", {"transB": 1}),
        ("Relu", "relu3", {}),
        ("Gemm", "dense2", {"transB": 1}),
    ):
        inputs = [source] + [key for key in constants if key.startswith(name + ".")]
        nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        source = name
    graph = helper.make_graph(
        nodes,
        "digits_cnn",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info(source, TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name) for name, value in constants.items()],
        doc_string="input: grey levels 0..255, light ink on a dark ground; output: ten logits",
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=7,
        producer_name="cimera",
        doc_string="trained on synthetic digits of cimera; " + "; ".join(figures),
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--export", required=True, help="the digits_export program")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the .onnx file to write")
    arguments = parser.parse_args()

    rng = np.random.default_rng(WEIGHT_SEED)
    layers = [Conv(rng, 1, 8, 5), Relu(), MaxPool(), Conv(rng, 8, 16, 5), Relu(), MaxPool()]
    layers += [Dense(rng, 256, 32), Relu(), Dense(rng, 32, 10)]
    x, y = load(arguments.export, *TRAINING)
    train(layers, x, y, rng)

    figures = [f"training (seed {TRAINING[0]}): {correct(layers, x, y)} of {len(x)} right"]
    x, y = load(arguments.export, *VALIDATION)
    figures += [f"validation (seed {VALIDATION[0]}): {correct(layers, x, y)} of {len(x)} right"]
    x, y = load(arguments.export, *EVALUATION)
    for count in (1000, 2000, len(x)):
        figures += [f"evaluation (seed {EVALUATION[0]}): {correct(layers, x[:count], y[:count])} of {count} right"]
    print("\n".join(figures))

    model = onnx_model(layers, figures)
    (again,) = reference.ReferenceEvaluator(model).run(None, {"image": x[:100] * np.float32(255)})
    np.testing.assert_allclose(again, forward(layers, x[:100]), rtol=1e-3, atol=1e-3)
    part = arguments.out.with_suffix(".part")
    part.write_bytes(model.SerializeToString(deterministic=True))
    part.replace(arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
