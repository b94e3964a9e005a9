"""Films without a model: a slow camera over a picture, towards its subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.errors import Refused
from aigc_cli.media.filming.made import written
from aigc_cli.media.photography.focus import gaze_of
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.shapes import FootageTake, MotionRequest

if TYPE_CHECKING:
    from aigc_cli.media.filming.inbetween import Rgb

_LONGEST_PX = 1920
_MOVES = ("in", "out", "across")


class Camera(Provider):
    """Moves a camera over the picture; nothing in the picture itself moves, and a note says so."""

    name: ClassVar[str] = "camera"
    version: ClassVar[int] = 1
    is_embedded: ClassVar[bool] = True

    move: Literal["auto", "in", "out", "across"] = Field("auto", description="Where the camera goes; auto chooses by the seed.")
    travel: float = Field(0.12, ge=0.02, le=0.5, description="How far, as a share of the picture.")

    def misfit(self, step: Step) -> str | None:
        """A camera needs something to look at."""
        return "it films a picture, and no `image` is given" if getattr(step, "image", None) is None else None

    def animate(self, request: MotionRequest, ctx: Context) -> FootageTake:
        """The film that a `video.generate` step asks for. Raises WorkflowError for a picture that cannot be used."""
        import numpy as np

        if request.image is None:
            raise Refused("a camera films a picture, and there is none", "give `image`, or name a provider that draws from words")
        picture = open_photo(ctx.open(request.image), name=request.image.name or "the picture", longest_px=_LONGEST_PX).convert("RGB")
        seen: Rgb = np.asarray(picture.crop((0, 0, picture.width // 2 * 2, picture.height // 2 * 2)))
        focus, _ = gaze_of(picture)
        move = _MOVES[ctx.seed % len(_MOVES)] if self.move == "auto" else self.move
        count = max(2, round(request.seconds * request.fps))
        ctx.note("a camera moves over the picture: what is in it stands still")

        def draw(number: int) -> Rgb:
            ctx.progress(number / count, "filming")
            return _seen(seen, _window(move, _eased(number / (count - 1)), self.travel, focus))

        return written(draw, count, seen, request.fps, ctx)


def _eased(part: float) -> float:
    """Slow at both ends, with the same speed in most of the middle."""
    return part + 0.35 * (part * part * (3 - 2 * part) - part)


def _window(move: str, part: float, travel: float, focus: tuple[float, float]) -> tuple[float, float, float]:
    """Left, top and size of what the camera sees, in fractions of the picture."""
    if move == "across":
        size = 1 - travel
        return travel * part, (1 - size) * focus[1], size
    size = 1 - travel * (part if move == "in" else 1 - part)
    return (1 - size) * focus[0], (1 - size) * focus[1], size


def _seen(picture: Rgb, window: tuple[float, float, float]) -> Rgb:
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    left, top, size = window
    # centres of pixels stay centres: half a pixel of what is seen lies half a pixel inside the window
    place = np.array([[size, 0, left * width + (size - 1) / 2], [0, size, top * height + (size - 1) / 2]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, place, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)
