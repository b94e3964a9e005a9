"""A green or blue screen becomes transparency: a soft matte, and colours without the screen's light.

The way of colour-difference keyers in YCbCr (Vlahos, US patent 3,158,477; K. Jack, Video Demystified, 5th edition, pp. 214-224). A
pixel's key signal is how far its chroma lies along the screen's own hue, less what it lies beside it:

    k = x - |z| / tan(60 deg)

A pixel that mixes foreground F and screen S with the share 1 - a of the screen has k = (1 - a) k(S), for F has none: so the share is
k / k(S), and F a = pixel - (1 - a) S takes the screen's light out of the edge and of what it spills on. Light on a screen is
uneven: S and k(S) are surfaces of second degree over the picture, fitted to frames of the whole part.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from aigc_cli.errors import WorkflowError
from aigc_cli.media.frames.planes import Planes, matrix

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aigc_cli.media.frames.planes import Bytes

    Floats = NDArray[np.float32]

NAMES = {"green": "#00B140", "blue": "#0047BB"}
"""Colours of cloths and paints that are sold for keying (Chroma Key Green and Blue)."""

_TAN = math.tan(math.radians(60))
_NEAR = 40.0  # degrees of hue around the wanted colour in which a screen is looked for
_LEAST_SATURATION = 18.0  # of 112: less colour than this is no screen
_LEAST_BORDER = 0.35  # of the upper border and the sides that must be of one colour to be found unasked
_EDGE = 0.06  # width of the border, of the picture's sides
_GRAIN = 4.0  # standard deviations of the screen's noise that stay transparent
_MOST_GRAIN = 0.5
_GRAINY = 0.1  # noise of the screen from which on single chroma samples are not trusted
_BESIDE = 5  # chroma samples: how far an edge is felt


@dataclass(frozen=True)
class Wish:
    """What is keyed: `green`, `blue`, `auto` or #RRGGBB; how far from the screen is still nothing, and how soft the edge is, 0 to 1."""

    screen: str
    tolerance: float = 0.2
    softness: float = 0.8


class Keyer:
    """Takes one screen out of the frames of a film, which all have one size.

    `samples` are some of its frames, spread over the part. Raises WorkflowError, naming the file, when no such screen is in them.
    """

    def __init__(self, samples: Sequence[Planes], wish: Wish, name: str) -> None:
        import cv2
        import numpy as np

        hue = _hue_of(samples, wish, name)
        self._axis = np.float32(math.cos(hue)), np.float32(math.sin(hue))
        u, v = np.meshgrid(np.arange(256, dtype=np.float32) - 128, np.arange(256, dtype=np.float32) - 128, indexing="ij")
        x, z = u * self._axis[0] + v * self._axis[1], v * self._axis[0] - u * self._axis[1]
        self._signal = np.maximum(x - np.abs(z) / np.float32(_TAN), 0).ravel()  # k of every chroma, by u * 256 + v
        found = _surfaces(samples, self._signal, wish, name)
        self._inverse, self._grain = found.inverse, found.grain
        height, width = samples[0].y.shape
        self._screen_y = cv2.resize(np.clip(found.y - 16, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
        self._screen_u, self._screen_v = found.u, found.v
        self._alpha, self._gain = _ramps(wish, found.grain)

    def __call__(self, planes: Planes) -> tuple[Planes, Bytes]:
        """A frame over black, the screen's light taken out, and its alpha at full size: black and 0 where the screen was."""
        import cv2
        import numpy as np

        place = cv2.addWeighted(planes.u, 256, planes.v, 1, 0, dtype=cv2.CV_32S)
        share = np.take(self._signal, place) * self._inverse
        small = np.minimum(share * 255 + 0.5, 255).astype(np.uint8)
        if self._grain > _GRAINY:
            small = cv2.medianBlur(small, 3)
        height, width = planes.y.shape
        # chroma samples lie on even columns: linear reading between them, not around them
        step = np.array([[0.5, 0, 0], [0, 0.5, -0.25]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        whole = cv2.warpAffine(small, step, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        light = cv2.subtract(cv2.subtract(planes.y, 16), cv2.multiply(whole, self._screen_y, scale=1 / 255))
        y = cv2.add(cv2.multiply(light, cv2.LUT(whole, self._gain), scale=1 / 255), 16)
        gain, part = cv2.LUT(small, self._gain).astype(np.float32) / 255, small.astype(np.float32) / 255
        u, v = (
            (plane - np.float32(128) - part * screen) * gain for plane, screen in ((planes.u, self._screen_u), (planes.v, self._screen_v))
        )
        # what is left along the screen's hue is its light on the subject, or noise: nothing that stays is of that hue
        # beside an edge even what is far from that hue: skin and green mixed are olive
        (cos, sin), zero = self._axis, np.float32(0)
        angle = cv2.LUT(cv2.dilate(small, np.ones((_BESIDE, _BESIDE), np.uint8)), _angles())
        spill = np.maximum(u * cos + v * sin - np.abs(v * cos - u * sin) * angle, zero)
        u, v = (np.clip(plane - spill * way + np.float32(128.5), zero, 255).astype(np.uint8) for plane, way in ((u, cos), (v, sin)))
        return Planes(y, u, v), cv2.LUT(whole, self._alpha)


def _ramps(wish: Wish, grain: float) -> tuple[Bytes, Bytes]:
    """For each share of the screen, 0..255: alpha, and what is left of a pixel from which that share was taken, at most all."""
    import numpy as np

    share = np.arange(256) / 255
    clear = 1 - max(wish.tolerance, min(_GRAIN * grain, _MOST_GRAIN))  # from this share on there is nothing
    solid = clear * (1 - max(wish.softness, 0.02))  # up to this one all is foreground
    alpha = np.clip((clear - share) / (clear - solid), 0, 1)
    gain = np.minimum(alpha / np.maximum(1 - share, 1e-3), 1)
    return np.rint(alpha * 255).astype(np.uint8), np.rint(gain * 255).astype(np.uint8)


@cache
def _angles() -> Floats:
    """1 / tan of the angle around the screen's hue that counts as its spill, for the greatest share of screen near by: 60 to 80 degrees."""
    import numpy as np

    wide = np.clip((np.arange(256) / 255 - 0.2) / 0.4, 0, 1)
    return ((1 - wide) / _TAN + wide / math.tan(math.radians(80))).astype(np.float32)


@dataclass(frozen=True)
class _Surfaces:
    """The screen at half size: 1 / k(S), its luma, its chroma around 0, and the noise of k / k(S)."""

    inverse: Floats
    y: Floats
    u: Floats
    v: Floats
    grain: float


def _surfaces(samples: Sequence[Planes], signal: Floats, wish: Wish, name: str) -> _Surfaces:
    """Fits the screen to what looks like it, twice: what lies far under the first surface is no screen, but its edge or a shadow."""
    import cv2
    import numpy as np

    high, wide = samples[0].u.shape
    rows, columns = np.mgrid[0:high:4, 0:wide:4]
    basis = _basis(columns / wide, rows / high)
    seen: list[Any] = []
    for planes in samples:
        y = cv2.resize(planes.y, (wide, high), interpolation=cv2.INTER_AREA)[::4, ::4]
        u, v = planes.u[::4, ::4], planes.v[::4, ::4]
        k = signal[u.astype(np.int32) * 256 + v]
        seen.append(np.stack([k, y, u.astype(np.float32) - 128, v.astype(np.float32) - 128], axis=-1))
    values = np.concatenate([each.reshape(-1, 4) for each in seen])
    bases = np.tile(basis.reshape(-1, basis.shape[-1]), (len(samples), 1))
    bright = values[:, 0] > _LEAST_SATURATION
    if bright.mean() < 0.02:
        raise _missing(wish, name)
    keep = bright & (values[:, 0] > 0.6 * np.percentile(values[bright, 0], 80))
    for tolerance in (0.25, 0.12):
        fitted, *_ = np.linalg.lstsq(bases[keep], values[keep], rcond=None)
        expected = bases @ fitted[:, 0]
        keep = bright & (np.abs(values[:, 0] - expected) < tolerance * np.maximum(expected, 1))
        if keep.mean() < 0.02:
            raise _missing(wish, name)
    fitted, *_ = np.linalg.lstsq(bases[keep], values[keep], rcond=None)
    grain = float(np.std(values[keep, 0] / np.maximum(bases[keep] @ fitted[:, 0], 1)))
    rows, columns = np.mgrid[0:high, 0:wide]
    # where nothing of the screen was seen, the surface is a guess: it stays within what was seen
    low, top = np.percentile(values[keep], 1, axis=0), np.percentile(values[keep], 99, axis=0)
    laid = np.clip(_basis(columns / wide, rows / high) @ fitted, low, top).astype(np.float32)
    k, y_s, u_s, v_s = (np.ascontiguousarray(laid[..., n]) for n in range(4))
    return _Surfaces(np.float32(1) / np.maximum(k, np.float32(1)), y_s, u_s, v_s, grain)


def _basis(x: Any, y: Any) -> Any:
    import numpy as np

    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _hue_of(samples: Sequence[Planes], wish: Wish, name: str) -> float:
    """The hue of the screen in radians of the chroma plane: where most of the colour lies near what was asked for, or at the border."""
    import numpy as np

    picked = samples if wish.screen != "auto" else [_border(planes) for planes in samples]
    u = np.concatenate([planes.u.ravel()[::7] for planes in picked]).astype(np.float32) - 128
    v = np.concatenate([planes.v.ravel()[::7] for planes in picked]).astype(np.float32) - 128
    saturation, hue = np.hypot(u, v), np.arctan2(v, u)
    coloured = saturation > _LEAST_SATURATION
    if wish.screen == "auto":
        counts, edges = np.histogram(hue[coloured], bins=36, range=(-math.pi, math.pi))
        around = counts + np.roll(counts, 1) + np.roll(counts, -1)
        best = int(np.argmax(around))
        if around[best] < _LEAST_BORDER * len(hue):
            raise _missing(wish, name)
        aim = float((edges[best] + edges[best + 1]) / 2)
    else:
        aim = _hue(NAMES.get(wish.screen, wish.screen))
    away = np.abs((hue - aim + math.pi) % (2 * math.pi) - math.pi)
    near = coloured & (away < math.radians(_NEAR))
    if near.sum() < 0.02 * len(hue):
        raise _missing(wish, name)
    # the mean direction, weighted by saturation, of the strongest half: edges and spill are weaker
    strong = near & (saturation >= np.median(saturation[near]))
    return float(np.arctan2(v[strong].sum(), u[strong].sum()))


def _hue(colour: str) -> float:
    import numpy as np

    rgb = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)], float)
    _, u, v = matrix()[0] @ rgb
    return math.atan2(v, u)


def _border(planes: Planes) -> Planes:
    """The upper edge and both sides: whoever stands before a screen is cut by the lower one."""
    import numpy as np

    high, wide = planes.u.shape
    down, across = max(1, int(high * _EDGE)), max(1, int(wide * _EDGE))
    parts = [np.concatenate([plane[:down].ravel(), plane[down:, :across].ravel(), plane[down:, -across:].ravel()]) for plane in planes[1:]]
    return Planes(planes.y, *parts)


def _missing(wish: Wish, name: str) -> WorkflowError:
    what = "one even colour behind the subject" if wish.screen == "auto" else f"a screen of the colour `{wish.screen}`"
    return WorkflowError(
        f"`{name}` does not show {what}", 'name the screen\'s colour, such as `key: green` or `key: "#00b140"`, or leave `key` out'
    )
