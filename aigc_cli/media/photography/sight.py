"""What two small networks see in a photo: where faces are, and which pixels belong to people.

BlazeFace, full range (Bazarevsky et al. 2019), and MediaPipe's selfie segmentation (Howard et al. 2019 for its layers), both
by Google under Apache-2.0, about 1 MB and 0.2 MB, run by onnxruntime on one thread. `docs/assets/make_sight.py` made them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from aigc_cli.assets import data
from aigc_cli.shapes import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rgb = NDArray[np.uint8]

_FACE_SIDE = 192
_CELLS = 48  # the network gives one face for each of 48 x 48 cells
_SURE = 0.6  # of a face; raccoons, cups, coins and the Moon reach 0.25
_ALIKE = 0.3  # shared area over all area above which two boxes are one face
_SMALLEST = 0.012  # of the longer side
_CLOSER = 3.2  # sides of a face in the closer look
_TILE = 0.55  # of the shorter side: tiles find faces that are too small in the whole photo
_MOST_FACES = 12
_PEOPLE_SIDE = 256
_FACES, _PEOPLE = "faces.onnx", "people.onnx"


@cache
def _network(name: str) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(data("sight", name).read_bytes(), options, providers=["CPUExecutionProvider"])


def faces_of(rgb: Rgb) -> tuple[Region, ...]:
    """The faces in a photo (height, width, 3; uint8 sRGB), largest first, as boxes in fractions from brow to chin.

    Looks at the whole photo and at overlapping square tiles of it, so that a face of a thirtieth of the photo is found.
    """
    import cv2

    height, width = rgb.shape[:2]
    longest = max(height, width)
    if longest > 1280:
        scale = 1280 / longest
        rgb = cv2.resize(rgb, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA)
        height, width = rgb.shape[:2]
    found: list[tuple[float, float, float, float, float]] = []
    for left, top, side in _windows(width, height):
        found += [(score, left + bx, top + by, bw, bh) for score, bx, by, bw, bh in _look(rgb[top : top + side, left : left + side])]
    kept: list[tuple[float, float, float, float, float]] = []
    for one in sorted(found, reverse=True):
        is_new = max(one[3], one[4]) >= _SMALLEST * max(width, height) and all(_shared(one, other) < _ALIKE for other in kept)
        if is_new and _is_confirmed(rgb, one):
            kept.append(one)
    kept.sort(key=lambda one: -one[3] * one[4])
    regions = []
    for _, x, y, w, h in kept[:_MOST_FACES]:
        x0, x1 = (round(float(min(max(at / width, 0.0), 1.0)), 4) for at in (x, x + w))
        y0, y1 = (round(float(min(max(at / height, 0.0), 1.0)), 4) for at in (y, y + h))
        if x1 > x0 and y1 > y0:
            regions.append(Region(x=x0, y=y0, w=round(x1 - x0, 4), h=round(y1 - y0, 4)))
    return tuple(regions)


def _is_confirmed(rgb: Rgb, face: tuple[float, ...]) -> bool:
    """Whether a second, closer look finds the same face: chance likenesses of other things do not come back at another scale."""
    height, width = rgb.shape[:2]
    reach = _CLOSER * max(face[3], face[4]) / 2
    x, y = face[1] + face[3] / 2, face[2] + face[4] / 2
    left, top = max(round(x - reach), 0), max(round(y - reach), 0)
    part = rgb[top : min(round(y + reach), height), left : min(round(x + reach), width)]
    again = ((score, left + bx, top + by, bw, bh) for score, bx, by, bw, bh in _look(part))
    return any(_shared(face, other) > _ALIKE for other in again)


def _windows(width: int, height: int) -> list[tuple[int, int, int]]:
    """The squares that are looked at: the whole, and tiles of about half the shorter side that overlap by a third."""
    longest, shortest = max(width, height), min(width, height)
    windows = [(0, 0, longest)]
    if longest > 1.3 * shortest:
        windows += [(x, y, shortest) for x in _starts(width, shortest) for y in _starts(height, shortest)]
    side = round(shortest * _TILE)
    if side >= 160:
        windows += [(x, y, side) for x in _starts(width, side) for y in _starts(height, side)]
    return windows


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    count = -(-(length - side) // max(round(side * 0.66), 1)) + 1
    return [round(index * (length - side) / (count - 1)) for index in range(count)]


def _look(part: Rgb) -> list[tuple[float, float, float, float, float]]:
    """Score and box (x, y, width, height) of every face that the network is sure of, in pixels of a part of a photo."""
    import cv2
    import numpy as np

    height, width = part.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    square = cv2.copyMakeBorder(part, top, side - height - top, left, side - width - left, cv2.BORDER_CONSTANT)
    small = cv2.resize(square, (_FACE_SIDE, _FACE_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
    network = _network(_FACES)
    boxes, scores = network.run(
        ["reshaped_regressor_face_4", "reshaped_classifier_face_4"], {"input": np.ascontiguousarray(small.transpose(2, 0, 1))[None]}
    )
    sure = 1 / (1 + np.exp(-np.clip(scores[0, :, 0], -50, 50)))
    found = []
    for cell in np.nonzero(sure >= _SURE)[0]:
        row, column = divmod(int(cell), _CELLS)
        dx, dy, w, h = (float(value) / _FACE_SIDE for value in boxes[0, cell, :4])
        x, y = (column + 0.5) / _CELLS + dx - w / 2, (row + 0.5) / _CELLS + dy - h / 2
        found.append((float(sure[cell]), x * side - left, y * side - top, w * side, h * side))
    return found


def _shared(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """The area that two faces share, over the smaller's: a tile's edge gives half a face inside a whole one."""
    w = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    h = min(a[2] + a[4], b[2] + b[4]) - max(a[2], b[2])
    return max(w, 0.0) * max(h, 0.0) / max(min(a[3] * a[4], b[3] * b[4]), 1e-9)


def people_in(rgb: Rgb) -> NDArray[np.float32]:
    """How much of each pixel of a photo (height, width, 3; uint8 sRGB) belongs to people: (height, width) float32 in 0..1.

    The network sees 256 x 256 pixels; a guided filter (He et al. 2013) draws its outline along the photo's own edges.
    """
    import cv2
    import numpy as np

    height, width = rgb.shape[:2]
    small = cv2.resize(rgb, (_PEOPLE_SIDE, _PEOPLE_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    (mask,) = _network(_PEOPLE).run(None, {"input_1": np.ascontiguousarray(small.transpose(2, 0, 1))[None]})
    rough = cv2.resize(mask[0, 0], (width, height), interpolation=cv2.INTER_LINEAR)
    return guided(rgb, rough.astype(np.float32), radius=max(2, round(max(height, width) / 100)))


def guided(rgb: Rgb, mask: NDArray[np.float32], *, radius: int, tolerance: float = 2e-4) -> NDArray[np.float32]:
    """A mask (height, width) in 0..1 whose edges follow those of the photo within `radius` pixels: the guided filter, by lightness."""
    import cv2
    import numpy as np

    guide = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Any) -> Any:
        return cv2.blur(values, size, borderType=cv2.BORDER_REFLECT)

    middle, level = mean(guide), mean(mask)
    slope = (mean(guide * mask) - middle * level) / (mean(guide * guide) - middle * middle + tolerance)
    offset = level - slope * middle
    followed: NDArray[np.float32] = np.clip(mean(slope) * guide + mean(offset), 0, 1).astype(np.float32)
    return followed
