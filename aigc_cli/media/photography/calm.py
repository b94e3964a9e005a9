"""Where words can stand on a picture: how calm each of its sides is."""

from __future__ import annotations

from typing import Any, Literal

from aigc_cli.media.photography.focus import gaze_of

Side = Literal["top", "bottom", "left", "right"]
SHARE = 0.36
"""How much of the picture a side takes."""
_SIDE = 128
_BUSY = 0.10  # mean steepness of lightness from one of 128 cells to the next that no words can stand on
_UNEVEN = 0.25  # standard deviation of lightness that makes every colour of words hard to read somewhere
_FOCUS = 0.5


def calm_of(picture: Any) -> dict[Side, float]:
    """How well words can stand on each side of a picture (Pillow image), 0 to 1, the calmest side first.

    Detail and uneven light make a side worse, a face or the point of interest in it too.
    """
    import numpy as np
    from PIL import Image

    focus, faces = gaze_of(picture)
    light = np.asarray(picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)).astype(np.float64) / 255
    down, right = np.gradient(light)
    steep = np.hypot(down, right)
    cells = round(_SIDE * SHARE)
    parts: dict[Side, tuple[slice, slice]] = {
        "top": (slice(0, cells), slice(None)),
        "bottom": (slice(_SIDE - cells, _SIDE), slice(None)),
        "left": (slice(None), slice(0, cells)),
        "right": (slice(None), slice(_SIDE - cells, _SIDE)),
    }
    inside = np.zeros((_SIDE, _SIDE), bool)
    for face in faces:
        inside[int(face.y * _SIDE) : int((face.y + face.h) * _SIDE) + 1, int(face.x * _SIDE) : int((face.x + face.w) * _SIDE) + 1] = True
    found: dict[Side, float] = {}
    for side, part in parts.items():
        score = (1 - min(1.0, float(steep[part].mean()) / _BUSY)) * (1 - 0.5 * min(1.0, float(light[part].std()) / _UNEVEN))
        if inside[part].any():
            score = 0.0
        elif _holds(side, focus):
            score *= _FOCUS
        found[side] = round(score, 3)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _holds(side: Side, focus: tuple[float, float]) -> bool:
    along = focus[1] if side in ("top", "bottom") else focus[0]
    return along < SHARE if side in ("top", "left") else along > 1 - SHARE
