"""Makes small photos larger without a model: Lanczos in steps, and detail that does not ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rgb = NDArray[np.uint8]

LONGEST_PX = 4096
_STEP = 1.6  # at most at once: many small steps keep edges steeper than one large one
_DETAIL = 0.85


def enlarged(rgb: Rgb, factor: float) -> Rgb:
    """A photo (height, width, channels; uint8) with sides `factor` times as long, none above 4096 pixels.

    After each Lanczos step an unsharp mask gives edges back what the step took; every pixel stays within the lightest and the
    darkest of its neighbours, so that no halo is drawn around dark things on light ones.
    """
    import cv2
    import numpy as np

    height, width = rgb.shape[:2]
    factor = max(min(factor, LONGEST_PX / max(height, width)), 1.0)
    target = (round(width * factor), round(height * factor))
    kernel = np.ones((3, 3), np.uint8)
    while (rgb.shape[1], rgb.shape[0]) != target:
        size = (min(round(rgb.shape[1] * _STEP), target[0]), min(round(rgb.shape[0] * _STEP), target[1]))
        larger = cv2.resize(rgb, size, interpolation=cv2.INTER_LANCZOS4)
        low, high = (cv2.resize(part(rgb, kernel), size, interpolation=cv2.INTER_LINEAR) for part in (cv2.erode, cv2.dilate))
        detail = larger.astype(np.float32)
        detail += _DETAIL * (detail - cv2.GaussianBlur(detail, (0, 0), 1.1))
        rgb = np.clip(np.rint(detail), low, high).astype(np.uint8)
    return rgb
