"""ONNX Runtime and OpenVINO on an ONNX twin, in each precision that they have, as functions from images to logits.

Images are float32 [N x 3 x size x size] in [-1, 1], as inputs.photo makes them, transposed.
"""
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from inputs import photo, photos_in

PYTHON_PROGRAM = """
import json, sys, numpy as np, onnxruntime
from PIL import Image
session = onnxruntime.InferenceSession(sys.argv[1])
for path in sys.argv[2:]:
    image = Image.open(path).convert("RGB").resize((299, 299), Image.BILINEAR)
    values = (np.asarray(image, np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
    logits = session.run(None, {"input": values})[0][0]
    print(json.dumps([int(index) for index in np.argsort(-logits)[:5]]))
"""
"""The program that one would write instead of using xception: a model file and photos in, the top five classes of each out."""


def onnx_runtime(path, threads):
    """Runs a model file in ONNX Runtime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options)
    return lambda images: session.run(None, {"input": images})[0]


def openvino(model, threads, precision="f32"):
    """Runs a model, or a model file, in OpenVINO. `precision` is the allowed precision: f32, or bf16."""
    import openvino

    compiled = openvino.Core().compile_model(model, "CPU", {
        "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": precision})
    request = compiled.create_infer_request()
    return lambda images: request.infer({0: images})[0].copy()


def calibration_images(folder, size, count=100):
    """The first photos of a folder, each as a batch of one."""
    paths = photos_in([folder])[:count]
    if not paths:
        sys.exit(f"{folder}: no photos to calibrate with")
    return [photo(path, size).transpose(2, 0, 1)[None] for path in paths]


def nncf_int8(path, folder, size):
    """The model of a file, quantized by NNCF with its defaults and calibrated on a folder of photos."""
    import nncf
    import openvino

    images = calibration_images(folder, size)
    return nncf.quantize(openvino.Core().read_model(path), nncf.Dataset(images), subset_size=len(images))


def write_qdq_int8(path, folder, size, output):
    """Writes a model file quantized by ONNX Runtime: static QDQ, weights per channel, ranges by minimum and maximum.

    The classifier stays float32, which is kinder to its accuracy than ONNX Runtime's default.
    """
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Reader(CalibrationDataReader):
        images = iter(calibration_images(folder, size))

        def get_next(self):
            image = next(self.images, None)
            return None if image is None else {"input": image}

    quantize_static(path, output, Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
                    op_types_to_quantize=["Conv", "Relu", "Clip", "MaxPool", "Add"])


def runners(precision, path, threads, folder, size):
    """Peer's name -> function from images to logits, for fp32, bf16 or int8.

    `path` is the ONNX twin, `folder` the photos that int8 is calibrated on, `size` the side of its input. ONNX Runtime has no bf16 convolutions
    for this processor family.
    """
    import onnxruntime
    import openvino as ov

    ort, vino = f"ONNX Runtime {onnxruntime.__version__}", f"OpenVINO {ov.__version__.split('-')[0]}"
    if precision == "fp32":
        return {ort: onnx_runtime(path, threads), vino: openvino(path, threads)}
    if precision == "bf16":
        return {f"{vino} bf16": openvino(path, threads, "bf16")}
    quantized = path.removesuffix(".onnx") + "-int8.onnx"
    if not os.path.exists(quantized):
        write_qdq_int8(path, folder, size, quantized)
    saved = path.removesuffix(".onnx") + "-int8.xml"
    if not os.path.exists(saved):
        ov.save_model(nncf_int8(path, folder, size), saved)
    return {f"{ort} int8 (QDQ)": onnx_runtime(quantized, threads), f"{vino} int8 (NNCF)": openvino(saved, threads)}
