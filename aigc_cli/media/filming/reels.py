"""Films in a frame: read frame by frame from what `footage` made, cropped, and laid out as a still is. One frame is held at a time."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_cli.errors import RenderError
from aigc_cli.media.filming.probe import open_media
from aigc_cli.media.frames.planes import Planes, even_up
from aigc_cli.media.frames.resampling import PAD
from aigc_cli.media.frames.stills import Source
from aigc_cli.media.timeline import Box, Footage

if TYPE_CHECKING:
    from aigc_cli.media.frames.planes import Bytes

_AFTER = 6  # samples repeated after the last, as stills have them
_NEAR = 30  # frames that are decoded on rather than sought
_FAINT = 6  # levels of alpha that are taken for nothing, or for all
_DIM = 0.72  # of the light of a blurred ground


class Reel:
    """The frames of a film by number, in any order; in order is cheapest."""

    def __init__(self, path: Path, name: str = "footage") -> None:
        self._name = name
        self._container = open_media(path)
        self._stream: Any = self._container.streams.video[0]
        self._step = round(1 / (float(self._stream.average_rate) * float(self._stream.time_base)))
        self._frames = self._container.decode(self._stream)
        self._at = -1
        self._planes: Planes | None = None

    def frame(self, n: int) -> Planes:
        """Frame `n` as planes, valid until the next is asked for. Raises RenderError when the film does not have it."""
        import av

        if n == self._at and self._planes is not None:
            return self._planes
        try:
            if not self._at < n <= self._at + _NEAR:
                self._container.seek(n * self._step, stream=self._stream)
                self._frames = self._container.decode(self._stream)
            for frame in self._frames:
                self._at = round(frame.pts / self._step)
                if self._at >= n:
                    self._planes = _planes(frame)
                    return self._planes
        except av.FFmpegError as error:
            raise RenderError(f"{self._name} cannot be decoded: {error}", "run again with `--no-cache`") from error
        raise RenderError(f"{self._name} has no frame {n}", "run again with `--no-cache`")


def _planes(frame: Any) -> Planes:
    import numpy as np

    y, u, v = (np.frombuffer(memoryview(p), np.uint8).reshape(p.height, p.line_size)[:, : p.width] for p in frame.planes)
    return Planes(y, u, v)


def frame_at(content: Footage, local: int, fps: int) -> int:
    """Which frame of its film a footage shows at a frame of its shot; after its end it stands still, or begins again."""
    n = int(local * content.fps / fps + 1e-6)
    return n % content.frames if content.is_repeated else min(n, content.frames - 1)


def source_of(planes: Planes, content: Footage, box: Box) -> Source:
    """A film's frame, cropped and scaled to the box it is seen in, as stills are read."""
    import cv2
    import numpy as np

    width, height = max(2, even_up(box.w)), max(2, even_up(box.h))
    sx, sy = width / box.w, height / box.h
    if content.has_matte:
        return _see_through(planes, content, (width, height), (sx, sy))
    made: list[Bytes] = []
    for k, plane in enumerate(planes):
        d = 2 if k else 1
        part = _cropped(plane, content.crop, d)
        size = (width // d, height // d)
        seen = _blurred(part, size, content.blur / d) if content.blur else _resized(part, size)
        if content.blur:
            dark = 16 if not k else 128
            seen = cv2.addWeighted(seen, _DIM, seen, 0, dark * (1 - _DIM))
        made.append(_bordered(seen, d))
    return Source(Planes(*(np.ascontiguousarray(plane) for plane in made)), None, None, -PAD / sx, -PAD / sy, sx, sy)


def _see_through(planes: Planes, content: Footage, size: tuple[int, int], density: tuple[float, float]) -> Source:
    """The same of a film with a matte: premultiplied planes and their alpha."""
    import cv2
    import numpy as np

    upper = Planes(*(plane[: len(plane) // 2] for plane in planes))
    lower = cv2.LUT(_cropped(planes.y[len(planes.y) // 2 :], content.crop, 1), _clean())
    half = (size[0] // 2, size[1] // 2)
    alpha = _resized(lower, size)
    alphas = {1: alpha, 2: cv2.resize(alpha, half, interpolation=cv2.INTER_AREA)}
    made = []
    for k, plane in enumerate(upper):
        d, dark = (2, 128) if k else (1, 16)
        seen = _resized(_cropped(plane, content.crop, d), half if k else size)
        # what stands on black becomes premultiplied as overlays have it: black itself is nothing there
        laid = cv2.addWeighted(seen, 1, alphas[d], dark / 255, -dark)
        made.append(_bordered(laid if k else cv2.min(laid, alphas[d]), d))  # no luma is above its alpha, whatever coding left
    sx, sy = density
    alpha, alpha_half = (_bordered(np.ascontiguousarray(alphas[d]), d) for d in (1, 2))
    return Source(Planes(*made), alpha, alpha_half, -PAD / sx, -PAD / sy, sx, sy)


@cache
def _clean() -> Bytes:
    """Alpha as it was meant: coding leaves a few levels of noise where all or nothing was seen."""
    import numpy as np

    return np.rint(np.clip((np.arange(256) - _FAINT) * 255 / (255 - 2 * _FAINT), 0, 255)).astype(np.uint8)


def _cropped(plane: Bytes, crop: Box, d: int) -> Bytes:
    x0, y0 = round(crop.x / d), round(crop.y / d)
    return plane[y0 : max(y0 + 1, round(crop.bottom / d)), x0 : max(x0 + 1, round(crop.right / d))]


def _bordered(seen: Bytes, d: int) -> Bytes:
    import cv2

    return cv2.copyMakeBorder(seen, PAD // d, _AFTER // d, PAD // d, _AFTER // d, cv2.BORDER_REPLICATE)  # type: ignore[no-any-return]


def _resized(part: Bytes, size: tuple[int, int]) -> Bytes:
    import cv2

    if part.shape[:2] == size[::-1]:
        return part
    is_smaller = size[0] < part.shape[1]
    return cv2.resize(part, size, interpolation=cv2.INTER_AREA if is_smaller else cv2.INTER_CUBIC)  # type: ignore[no-any-return]


def _blurred(part: Bytes, size: tuple[int, int], sigma: float) -> Bytes:
    """Blurred at a small size: a soft picture has no more in it."""
    import cv2

    step = max(1, int(sigma / 3))
    small = cv2.resize(part, (max(4, size[0] // step), max(4, size[1] // step)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(sigma / step, 0.5))
    return cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC)  # type: ignore[no-any-return]
