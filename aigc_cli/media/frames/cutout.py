"""A clip without its ground: frames with alpha, found by drawing each twice.

Over black a picture of colour F and alpha a is aF, over white aF + (1 - a): the difference is 1 - a, whatever lies over what, moves or
fades (A. R. Smith and J. F. Blinn, "Blue Screen Matting", SIGGRAPH 1996, 4.2: triangulation).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.artifacts import Artifact
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import blank, to_rgb
from aigc_cli.media.packed import Packed
from aigc_cli.media.timeline import Box, Layer, RectOp, Sprite, Timeline

if TYPE_CHECKING:
    from aigc_cli.media.frames.planes import Bytes

_RANGE = 219  # levels of luma from black to white (ITU-R BT.709-6, 3.4)
_NOISE = 4  # levels of alpha that rounding leaves where all or nothing is seen
_SPREAD = 3.0  # pixels that colours reach into what is not seen: a coder mixes neighbours
_REACH = 10


class Cutout:
    """The frames of a timeline as straight RGBA."""

    def __init__(self, timeline: Timeline, open_: Callable[[Artifact], Path]) -> None:
        self.timeline = timeline
        self._black, self._white = (Composer(_on(timeline, colour), open_) for colour in ("#000000", "#FFFFFF"))
        self._first, self._second = (blank(timeline.width, timeline.height) for _ in range(2))

    def frame(self, n: int) -> Bytes:
        """Frame `n`, (h, w, 4) uint8, not premultiplied; what is not seen has the colour of what is nearest. Raises as `Composer.frame`."""
        import cv2
        import numpy as np

        black, white = self._black.frame(n, self._first), self._white.frame(n, self._second)
        gone = cv2.subtract(white.y, black.y).astype(np.float32) * np.float32(255 / _RANGE)
        alpha = np.rint(np.clip((255 - gone - _NOISE) * (255 / (255 - 2 * _NOISE)), 0, 255)).astype(np.uint8)
        rgb = to_rgb(black)
        made: Bytes = np.zeros((*alpha.shape, 4), np.uint8)
        x, y, wide, high = cv2.boundingRect(alpha)
        if wide:
            x0, y0, x1, y1 = max(x - _REACH, 0), max(y - _REACH, 0), x + wide + _REACH, y + high + _REACH
            made[y0:y1, x0:x1, :3] = _straight(rgb[y0:y1, x0:x1], alpha[y0:y1, x0:x1])
        made[..., 3] = alpha
        return made


def _straight(over: Bytes, alpha: Bytes) -> Bytes:
    """The colours of what was drawn over black. What is hardly seen says little of its colour: it takes that of what is around it."""
    import cv2
    import numpy as np

    small = (max(1, over.shape[1] // 2), max(1, over.shape[0] // 2))
    whole = over.shape[1::-1]
    near = cv2.GaussianBlur(cv2.resize(over, small, interpolation=cv2.INTER_AREA).astype(np.float32), (0, 0), _SPREAD / 2)
    seen = cv2.GaussianBlur(cv2.resize(alpha, small, interpolation=cv2.INTER_AREA).astype(np.float32), (0, 0), _SPREAD / 2)
    around = cv2.resize(cv2.divide(near, cv2.merge([cv2.max(seen, 1e-3)] * 3), scale=255, dtype=cv2.CV_8U), whole)
    solid = cv2.compare(alpha, 255, cv2.CMP_EQ)
    own = cv2.divide(over, cv2.merge([alpha] * 3), scale=255)
    mixed = cv2.add(
        cv2.multiply(own, cv2.merge([alpha] * 3), scale=1 / 255), cv2.multiply(around, cv2.merge([255 - alpha] * 3), scale=1 / 255)
    )
    cv2.copyTo(over, solid, mixed)
    return mixed  # type: ignore[no-any-return]


def _on(timeline: Timeline, colour: str) -> Timeline:
    """The timeline with a plain ground in every shot, and without the shapes that decorate it."""
    frame = Box(x=0, y=0, w=timeline.width, h=timeline.height)
    ground = Layer(id="ground", box=frame, content=Sprite(drawing=(RectOp(box=frame, fill=colour),), is_opaque=True), role="ground")
    shots = [shot.model_copy(update={"layers": Packed((ground, *_stripped(shot.layers)), Layer)}) for shot in timeline.shots]
    return timeline.model_copy(update={"shots": tuple(shots)})


def _stripped(layers: Sequence[Layer]) -> Sequence[Layer]:
    """Without the lowest layer, where it is a ground; what dims a picture for the words over it stays."""
    rest = layers[1:] if layers and layers[0].role == "ground" else layers
    return [layer for layer in rest if not layer.id.startswith("motif")]
