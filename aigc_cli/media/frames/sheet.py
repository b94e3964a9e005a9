"""What a clip looks like at a glance: a contact sheet, and a poster.

Each shot is looked at while it is rendered, so that neither costs a second drawing: what was seen is kept as a strip of small
pictures with the shot's segment. A shot that was not rendered now is read from its strip, and `glimpse` draws one from nothing.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import Planes, matrix, to_rgb
from aigc_cli.media.timeline import TextOp, Timeline

if TYPE_CHECKING:
    from aigc_cli.media.frames.planes import Bytes

_GROUND = 24  # grey level of the sheet
_GAP = 20
_LABEL = 40
_CELL_PIXELS = 480 * 270 * 2
_SHEET_PIXELS = 6_000_000  # of all cells together
_CELLS_MOST = 72  # shots; more would be too small to be seen
_TWICE_MAX = 8  # shots up to which each is seen twice
_BEST = 0.62  # of a shot: everything has entered, nothing has left
_SEEN_AT = (0.3, _BEST, 0.75)


@dataclass(frozen=True)
class Glimpse:
    """A shot at a glance: small pictures of it side by side as one JPEG, and how lively it is, about 0 to 2.

    A long clip has many: what is in a file is read from there when it is wanted.
    """

    strip: bytes | Path
    liveliness: float

    def read(self) -> bytes:
        """The JPEG."""
        return self.strip.read_bytes() if isinstance(self.strip, Path) else self.strip


class Onlooker:
    """Watches the frames of one shot as they are drawn, and keeps a glimpse of it."""

    def __init__(self, timeline: Timeline, index: int) -> None:
        self._places = [int(timeline.shots[index].frames * part) for part in _SEEN_AT]
        self._size = _cell(timeline)
        self._small: dict[int, Bytes] = {}
        self._liveliness = 0.0
        self.best: Planes | None = None
        """The frame for a poster, at full size."""

    def see(self, local: int, planes: Planes) -> None:
        """Looks at a frame, counted from the shot's start."""
        if local not in self._places:
            return
        self._small[local] = _small_rgb(planes, self._size)
        if local == self._places[_SEEN_AT.index(_BEST)]:
            self._liveliness = _liveliness(planes)
            self.best = Planes(*(plane.copy() for plane in planes))

    def glimpse(self) -> Glimpse:
        """What was seen, once every frame went by."""
        import numpy as np

        return Glimpse(jpeg(np.concatenate([self._small[n] for n in self._places], axis=1), quality=95), self._liveliness)


def glimpse(composer: Composer, index: int) -> Glimpse:
    """A glimpse of a shot that is not being rendered: its few frames are drawn for it."""
    onlooker = Onlooker(composer.timeline, index)
    shot = composer.timeline.shots[index]
    for part in _SEEN_AT:
        local = int(shot.frames * part)
        onlooker.see(local, composer.frame(shot.start + local))
    return onlooker.glimpse()


class Album:
    """The glimpses of a clip, added shot by shot, and what is made of them."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._glimpses: list[Glimpse] = []
        self._best = 0
        self._best_score = -math.inf
        self._best_frame: Planes | None = None

    def add(self, seen: Glimpse, best: Planes | None = None) -> None:
        """Adds the next shot's glimpse, and its best frame where it is at hand."""
        shots = self._composer.timeline.shots
        index = len(self._glimpses)
        self._glimpses.append(seen)
        # a picture, contrast and colour, early rather than late
        has_picture = any(layer.role == "picture" for layer in shots[index].layers)
        score = seen.liveliness + 0.4 * has_picture - 0.5 * index / len(shots)
        if score > self._best_score:
            self._best, self._best_score, self._best_frame = index, score, best

    def poster(self) -> bytes:
        """The clip's best frame as JPEG; it is drawn again when it is not at hand."""
        shot = self._composer.timeline.shots[self._best]
        return jpeg(to_rgb(self._best_frame or self._composer.frame(shot.start + int(shot.frames * _BEST))))

    def contact_sheet(self) -> bytes:
        """A JPEG with one or two frames of each shot in a grid, each with its time and the shot's id.

        Of more than 72 shots so many are shown, spread evenly; from about 20 on the pictures are smaller, so that the sheet does not grow.
        """
        return jpeg(self._sheet())

    def _sheet(self) -> Bytes:
        import cv2
        import numpy as np

        timeline = self._composer.timeline
        shots = timeline.shots
        parts = (_SEEN_AT[0], _SEEN_AT[2]) if len(shots) <= _TWICE_MAX else (_BEST,)
        count = min(len(shots), _CELLS_MOST)
        shown = [(index * len(shots) // count, part) for index in range(count) for part in parts]
        given = _cell(timeline)
        zoom = min(1.0, math.sqrt(_SHEET_PIXELS / (len(shown) * given[0] * given[1])))
        width, height = round(given[0] * zoom), round(given[1] * zoom)
        columns = _columns(len(shown), (width + _GAP) / (height + _GAP + _LABEL))
        rows = math.ceil(len(shown) / columns)
        sheet = np.full((rows * (height + _LABEL + _GAP) + _GAP, columns * (width + _GAP) + _GAP, 3), _GROUND, np.uint8)
        for k, (index, part) in enumerate(shown):
            x, y = _GAP + k % columns * (width + _GAP), _GAP + k // columns * (height + _LABEL + _GAP)
            strip = cv2.cvtColor(cv2.imdecode(np.frombuffer(self._glimpses[index].read(), np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
            left = _SEEN_AT.index(part) * given[0]
            picture = strip[:, left : left + given[0]]
            if zoom < 1:
                picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            sheet[y : y + height, x : x + width] = picture
            n = shots[index].start + int(shots[index].frames * part)
            label = _label(self._composer, f"{_clock(n / timeline.fps)}  {shots[index].id}", width)
            area = sheet[y + height : y + height + _LABEL, x : x + width]
            area[...] = (area * (1 - label[..., 3:] / 255.0) + label[..., :3]).astype(np.uint8)
        return sheet


def contact_sheet(albums: Sequence[Album]) -> bytes:
    """The sheets of one clip in several formats, one under the other, all as wide as the first, as one JPEG."""
    import cv2
    import numpy as np

    sheets = [album._sheet() for album in albums]
    width = sheets[0].shape[1]
    parts = [
        each
        if each.shape[1] == width
        else cv2.resize(each, (width, round(each.shape[0] * width / each.shape[1])), interpolation=cv2.INTER_AREA)
        for each in sheets
    ]
    return jpeg(np.concatenate(parts, axis=0))


def _cell(timeline: Timeline) -> tuple[int, int]:
    zoom = min(1.0, math.sqrt(_CELL_PIXELS / (timeline.width * timeline.height)))
    return round(timeline.width * zoom), round(timeline.height * zoom)


def _columns(cells: int, shape: float) -> int:
    """Columns of the grid closest to 3:2 with the fewest empty cells, for cells of this width over height."""

    def fault(columns: int) -> float:
        rows = math.ceil(cells / columns)
        return abs(math.log(columns * shape / rows / 1.5)) + (columns * rows - cells) / cells

    return min(range(1, cells + 1), key=fault)


def _small_rgb(planes: Planes, size: tuple[int, int]) -> Bytes:
    """A frame scaled down plane by plane; where chroma sits by a quarter of a sample is not seen at this size."""
    import cv2
    import numpy as np

    # means of two by two are taken in a tenth of the time that means over parts of pixels take
    luma = planes.y
    if luma.shape[1] >= 2 * size[0]:
        luma = cv2.resize(luma, (luma.shape[1] // 2, luma.shape[0] // 2), interpolation=cv2.INTER_AREA)
    small = cv2.merge([cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (luma, planes.u, planes.v)])
    m, offset = matrix()
    back = np.linalg.inv(m)
    return cv2.transform(small, np.hstack([back, -(back @ offset)[:, None]]))  # type: ignore[no-any-return]


def _liveliness(planes: Planes) -> float:
    """About 0 for a blank frame, about 2 for one full of contrast and colour."""
    small = [plane[::4, ::4].astype("float32") for plane in planes]
    return float(small[0].std() / 60 + (small[1].std() + small[2].std()) / 40)


def jpeg(rgb: Bytes, *, quality: int = 90) -> bytes:
    """An RGB picture (h, w, 3) as JPEG."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=quality, subsampling=0 if quality > 90 else -1)
    return out.getvalue()


def _label(composer: Composer, text: str, width: int) -> Bytes:
    line = TextOp(text=text, x=2, y=_LABEL - 13, family="Inter", weight=500, size=20, colour="#D8D8D8", is_tabular=True)
    return composer.draw((line,), width, _LABEL)


def _clock(seconds: float) -> str:
    tenths = int(seconds * 10 + 1e-6)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def png(planes: Planes) -> bytes:
    """A frame as PNG."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(to_rgb(planes)).save(out, "PNG", compress_level=4)
    return out.getvalue()
