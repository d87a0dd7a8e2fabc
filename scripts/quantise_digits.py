#!/usr/bin/env python3
"""Quantises the default network with onnxruntime, for the tests of quantised ONNX networks.

    cmake --build build --target digits_export
    scripts/quantise_digits.py --export build/workloads/digits_export --out tests/workloads/quantised

Needs Python 3 with numpy, onnx and onnxruntime. Writes, for each way in which onnxruntime stores integers,

    digits_NAME.onnx    the network, its ranges calibrated on 100 training pictures (seed 1001)
    digits_NAME.npy     what onnxruntime computes for the first 50 evaluation pictures (seed 1), float32 [50][10],
                        every node by itself (no optimisation of the graph)

Last run: numpy 2.4.6, onnx 1.23.2, onnxruntime 1.31.1.
"""

import argparse
import pathlib
import subprocess
import tempfile

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

SOURCE = pathlib.Path(__file__).parent.parent / "workloads" / "catalog" / "digits_cnn.onnx"
CALIBRATION = (1001, 100)  # generator seed, number of samples
EVALUATION = (1, 50)


def load(export, seed, count):
    """Pictures [count][1][28][28], grey levels 0..255."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "digits.npz"
        subprocess.run([export, path, str(seed), "0", str(count)], check=True)
        with np.load(path) as data:
            return data["images"][:, None].astype(np.float32)


class Reader(CalibrationDataReader):
    def __init__(self, name, images):
        self.images = iter([{name: image[None]} for image in images])

    def get_next(self):
        return next(self.images, None)


def session(path):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--export", required=True, help="the program digits_export")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder to write into")
    arguments = parser.parse_args()
    name = session(str(SOURCE)).get_inputs()[0].name
    calibration = load(arguments.export, *CALIBRATION)
    images = load(arguments.export, *EVALUATION)

    def static(path, form, activations, weights, per_channel):
        quantize_static(SOURCE, path, Reader(name, calibration), quant_format=form, activation_type=activations,
                        weight_type=weights, per_channel=per_channel)

    variants = {
        "qdq_per_channel": lambda path: static(path, QuantFormat.QDQ, QuantType.QInt8, QuantType.QInt8, True),
        "qdq_unsigned": lambda path: static(path, QuantFormat.QDQ, QuantType.QUInt8, QuantType.QUInt8, False),
        "qoperator": lambda path: static(path, QuantFormat.QOperator, QuantType.QUInt8, QuantType.QInt8, False),
        "dynamic": lambda path: quantize_dynamic(SOURCE, path, weight_type=QuantType.QInt8,
                                                 op_types_to_quantize=["Conv", "Gemm", "MatMul"]),
    }
    arguments.out.mkdir(exist_ok=True)
    for variant, write in variants.items():
        path = arguments.out / f"digits_{variant}.onnx"
        write(path)
        outputs = [session(str(path)).run(None, {name: image[None]})[0][0] for image in images]
        np.save(path.with_suffix(".npy"), np.array(outputs, np.float32))
        print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
