"""Pictures that move, and pictures that do not, read as films: GIF, WebP and PNG with their alpha, JPEG; by Pillow, frame by frame.

FFmpeg reads no animated WebP, and its GIF reader keeps no alpha of a picture in a picture: Pillow composes both.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from aigc_cli.errors import WorkflowError

_HEADS = (b"GIF87a", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_FORMATS = ("GIF", "WEBP", "PNG", "JPEG")
_MOST_PIXELS = 4096 * 4096
_MOST_FRAMES = 3600
_SHORTEST_S = 0.02  # browsers show a frame that says less for a tenth of a second
_USUAL_S = 0.1
_STILL_S = 1.0  # how long a picture that does not move lasts when nobody says
_CURE = "save it again as GIF, WebP or PNG, or make a video of it"


@dataclass(frozen=True)
class Animation:
    """What is known of a picture before it is decoded: when each frame begins, in seconds, and how long all of them last."""

    path: Path
    width: int
    height: int
    starts_s: tuple[float, ...]
    length_s: float
    is_endless: bool
    """The file says that it begins again at its end."""

    def frames(self, name: str) -> Iterator[Any]:
        """The frames as RGBA `av.VideoFrame`s with their times. Raises WorkflowError when one is damaged."""
        import av
        import numpy as np

        with _opened(self.path, name) as image:
            for n, start in enumerate(self.starts_s):
                try:
                    image.seek(n)
                    pixels = np.asarray(image.convert("RGBA"))
                except (OSError, EOFError, SyntaxError, ValueError) as error:
                    if n:
                        return  # cut off: what came before it counts
                    raise WorkflowError(f"no frame of `{name}` can be decoded: {error}", _CURE) from error
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgba")
                frame.pts, frame.time_base = round(start * 1_000_000), Fraction(1, 1_000_000)
                yield frame


def is_picture(path: Path) -> bool:
    """Whether a file is one of the pictures read here, by its first bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False  # whoever opens it says so
    return head.startswith(_HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def read(path: Path, name: str) -> Animation:
    """Reads the times of all frames. Raises WorkflowError for what is damaged, too large or too long."""
    with _opened(path, name) as image:
        if image.width * image.height > _MOST_PIXELS or min(image.size) < 16:
            raise WorkflowError(f"`{name}` has pictures of {image.width}x{image.height} pixels", "use 16x16 to 4096x4096 pixels")
        count = getattr(image, "n_frames", 1)
        if count > _MOST_FRAMES:
            raise WorkflowError(f"`{name}` has {count} pictures", f"{_MOST_FRAMES} are the most")
        starts, at = [], 0.0
        for n in range(count):
            starts.append(at)
            if count > 1:
                try:
                    image.seek(n)
                    image.load()  # a WebP's duration is known only then
                except (OSError, EOFError, SyntaxError, ValueError):
                    break
            lasts = float(image.info.get("duration", 0) or 0) / 1000
            at += lasts if lasts >= _SHORTEST_S else _USUAL_S if count > 1 else _STILL_S
        return Animation(path, image.width, image.height, tuple(starts), at, count > 1 and image.info.get("loop", 1) == 0)


def _opened(path: Path, name: str) -> Any:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(path, formats=_FORMATS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise WorkflowError(f"`{name}` is no picture that can be read: {error}".replace(str(path), name), _CURE) from error
