"""Frames between frames: a film of few frames a second is shown at the clip's rate without judder.

Optical flow (Kroeger et al. 2016, DIS) is found both ways between two frames; a moment between them is read from both along the
flow (Jiang et al. 2018, Super SloMo, equation 4) and mixed. Where both disagree too much nothing is mixed: the nearer frame stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rgb = NDArray[np.uint8]
    Floats = NDArray[np.float32]

_FLOW_PX = 384  # the shorter side at which motion is looked for
_CUT_LEVELS = 36.0  # of 255, mean: two frames that differ so much along their motion belong to two shots
_APART_LEVELS = 48.0  # of 255: where both readings differ so much, one of them sees what the other does not
_NEAR = 0.02  # of the way between two frames: as good as on one of them


class InBetween:
    """A film's frames (height, width, 3; uint8 RGB, all of one size) at any moment, asked for in order of time."""

    def __init__(self, frames: Sequence[Rgb]) -> None:
        self._frames = frames
        self._pair = -1
        self._flow: tuple[Floats, Floats] | None = None

    def at(self, position: float) -> Rgb:
        """The picture at a position, counted in frames from 0; before the first and after the last these stand still."""
        position = min(max(float(position), 0.0), len(self._frames) - 1.0)
        first = min(int(position), len(self._frames) - 2)
        part = position - first
        if len(self._frames) == 1 or part < _NEAR:
            return self._frames[max(first, 0)]
        if part > 1 - _NEAR:
            return self._frames[first + 1]
        if self._pair != first:
            self._pair, self._flow = first, _flows(self._frames[first], self._frames[first + 1])
        before, after = self._frames[first], self._frames[first + 1]
        return (before if part < 0.5 else after) if self._flow is None else _mixed(before, after, *self._flow, part)


def _flows(before: Rgb, after: Rgb) -> tuple[Floats, Floats] | None:
    """Motion forth and back in pixels (height, width, 2); None when the two belong to different shots."""
    import cv2
    import numpy as np

    height, width = before.shape[:2]
    zoom = min(1.0, _FLOW_PX / min(height, width))
    size = max(16, round(width * zoom)), max(16, round(height * zoom))
    a, b = (cv2.cvtColor(cv2.resize(each, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY) for each in (before, after))
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    forth, back = finder.calc(a, b, None), finder.calc(b, a, None)
    if float(np.abs(_read(b, forth).astype(np.float32) - a).mean()) > _CUT_LEVELS:
        return None
    scale = np.array([width / size[0], height / size[1]], np.float32)
    grown = [cv2.resize(each, (width, height), interpolation=cv2.INTER_LINEAR) * scale for each in (forth, back)]
    return grown[0], grown[1]


def _mixed(before: Rgb, after: Rgb, forth: Floats, back: Floats, part: float) -> Rgb:
    import cv2
    import numpy as np

    rest = 1 - part
    from_before = _read(before, -rest * part * forth + part * part * back)
    from_after = _read(after, rest * rest * forth - part * rest * back)
    mixed = cv2.addWeighted(from_before, rest, from_after, part, 0)
    apart = cv2.absdiff(from_before, from_after).max(axis=2) > _APART_LEVELS
    if not apart.any():
        return np.asarray(mixed, np.uint8)
    soft = cv2.GaussianBlur(apart.astype(np.float32), (0, 0), 2.0)[..., None]
    nearer = from_before if part < 0.5 else from_after
    return np.asarray(np.rint(mixed * (1 - soft) + nearer * soft), np.uint8)


def _read(picture: Rgb, flow: Floats) -> Rgb:
    """The picture read where the flow points to, from every pixel."""
    import cv2
    import numpy as np

    height, width = flow.shape[:2]
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    read = cv2.remap(picture, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(read, np.uint8)
