"""Reads one line of text from pixels, by a small recognition network (PP-OCRv4, Apache-2.0) that a wheel ships.

`pip install --no-deps rapidocr-onnxruntime==1.4.4`: only its model file is used, none of its code.
"""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

import cv2
import numpy as np

_HEIGHT = 48  # the network's own


def model() -> Path | None:
    """The network's file, None when the wheel is not installed."""
    spec = importlib.util.find_spec("rapidocr_onnxruntime")
    folder = next(iter(spec.submodule_search_locations or ()), None) if spec else None
    path = Path(folder, "models", "ch_PP-OCRv4_rec_infer.onnx") if folder else None
    return path if path and path.is_file() else None


@functools.cache
def _network():
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model()), options)
    characters = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    return session, ["", *characters, " "]


def read(line: np.ndarray) -> str:
    """The text of a line, RGB (h, w, 3): CTC decoding of the likeliest characters."""
    session, characters = _network()
    width = max(round(line.shape[1] * _HEIGHT / line.shape[0]), _HEIGHT)
    small = cv2.resize(line, (width, _HEIGHT), interpolation=cv2.INTER_AREA)[..., ::-1]
    values = (small.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
    (found,) = session.run(None, {session.get_inputs()[0].name: values})
    best = found[0].argmax(axis=1)
    return "".join(characters[at] for at, before in zip(best, [0, *best[:-1]], strict=True) if at and at != before)
