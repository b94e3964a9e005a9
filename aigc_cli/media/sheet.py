"""What a clip looks like at a glance: a contact sheet, and a poster. Both ask the composer for frames; nothing is decoded."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from aigc_cli.media.compose import Composer
from aigc_cli.media.planes import Planes, to_rgb
from aigc_cli.media.timeline import TextOp

if TYPE_CHECKING:
    from aigc_cli.media.planes import Bytes

_GROUND = 24  # grey level of the sheet
_GAP = 20
_LABEL = 40
_CELL_PIXELS = 480 * 270 * 2
_TWICE_MAX = 8  # shots up to which each is seen twice
_SEEN_AT = 0.62  # of a shot: everything has entered, nothing has left


def contact_sheet(composer: Composer) -> bytes:
    """A JPEG with one or two frames of each shot in a grid, each with its time and the shot's id."""
    import cv2
    import numpy as np

    timeline = composer.timeline
    parts = (0.3, 0.75) if len(timeline.shots) <= _TWICE_MAX else (_SEEN_AT,)
    picks = [(shot.start + int(shot.frames * part), shot.id) for shot in timeline.shots for part in parts]
    zoom = min(1.0, math.sqrt(_CELL_PIXELS / (timeline.width * timeline.height)))
    width, height = round(timeline.width * zoom), round(timeline.height * zoom)
    columns = _columns(len(picks), (width + _GAP) / (height + _GAP + _LABEL))
    rows = math.ceil(len(picks) / columns)
    sheet = np.full((rows * (height + _LABEL + _GAP) + _GAP, columns * (width + _GAP) + _GAP, 3), _GROUND, np.uint8)
    for k, (n, name) in enumerate(picks):
        x, y = _GAP + k % columns * (width + _GAP), _GAP + k // columns * (height + _LABEL + _GAP)
        picture = to_rgb(composer.frame(n))
        sheet[y : y + height, x : x + width] = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        label = _label(composer, f"{_clock(n / timeline.fps)}  {name}", width)
        area = sheet[y + height : y + height + _LABEL, x : x + width]
        area[...] = (area * (1 - label[..., 3:] / 255.0) + label[..., :3]).astype(np.uint8)
    return jpeg(sheet)


def _columns(cells: int, shape: float) -> int:
    """Columns of the grid closest to 3:2 with the fewest empty cells, for cells of this width over height."""

    def fault(columns: int) -> float:
        rows = math.ceil(cells / columns)
        return abs(math.log(columns * shape / rows / 1.5)) + (columns * rows - cells) / cells

    return min(range(1, cells + 1), key=fault)


def poster(composer: Composer) -> bytes:
    """The clip's best frame as JPEG: one with a picture, contrast and colour, early rather than late."""
    timeline = composer.timeline
    picks = [shot.start + int(shot.frames * _SEEN_AT) for shot in timeline.shots]
    scores = []
    for k, n in enumerate(picks):
        has_picture = any(layer.role == "picture" for layer in timeline.shots[k].layers)
        scores.append(_liveliness(composer.frame(n)) + 0.4 * has_picture - 0.5 * k / len(picks))
    return jpeg(to_rgb(composer.frame(picks[scores.index(max(scores))])))


def _liveliness(planes: Planes) -> float:
    """About 0 for a blank frame, about 2 for one full of contrast and colour."""
    small = [plane[::4, ::4].astype("float32") for plane in planes]
    return float(small[0].std() / 60 + (small[1].std() + small[2].std()) / 40)


def jpeg(rgb: Bytes) -> bytes:
    """An RGB picture (h, w, 3) as JPEG."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=90, optimize=True)
    return out.getvalue()


def _label(composer: Composer, text: str, width: int) -> Bytes:
    line = TextOp(text=text, x=2, y=_LABEL - 13, family="Inter", weight=500, size=20, colour="#D8D8D8", is_tabular=True)
    return composer.draw((line,), width, _LABEL)


def _clock(seconds: float) -> str:
    tenths = int(seconds * 10 + 1e-6)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
