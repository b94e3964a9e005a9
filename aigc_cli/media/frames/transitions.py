"""How one shot takes over from the one before: pure functions of two frames and of how far the transition is.

All of them begin at the shot before and end at the shot itself without a jump, mix Y, U and V apart, and keep what moves on even
pixels, so that luma and chroma stay together; at the speed of a transition no eye sees the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from aigc_cli.media.frames.planes import Planes, blank, copy
from aigc_cli.media.timeline import ease
from aigc_cli.storyboard import Transition

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aigc_cli.media.frames.planes import Bytes

_WIPE_SOFT = 0.10  # of the frame's width
_SHADE = 0.06  # of the frame's width: the shadow of a sliding shot
_SHADE_DEPTH = 0.45
_CIRCLE_SOFT = 3.0  # pixels
_ZOOM_OUT, _ZOOM_IN = 0.5, 0.14
_BLUR = 0.05  # of the shorter side, at the middle
_WHIP = 0.22  # of the frame's width, at the fastest
_WHITE = (235, 128, 128)


def take_over(kind: Transition, before: Planes, after: Planes, t: float, into: Planes) -> None:
    """Writes the frame that is `t` of the way, 0 to 1, from `before` to `after`; `into` may be either of them."""
    if kind == "cut" or t >= 1:
        copy(after, into) if into is not after else None
    elif t <= 0:
        copy(before, into) if into is not before else None
    else:
        _WAYS[kind](before, after, t, into)


def _smooth(t: float) -> float:
    return t * t * (3 - 2 * t)


def _fade(before: Planes, after: Planes, t: float, into: Planes) -> None:
    _mix(before, after, _smooth(t), into)


def _mix(before: Planes, after: Planes, weight: float, into: Planes) -> None:
    import cv2

    for a, b, target in zip(before, after, into, strict=True):
        cv2.addWeighted(a, 1 - weight, b, weight, 0, dst=target)


def _even(value: float) -> int:
    return 2 * round(value / 2)


def _slide(before: Planes, after: Planes, t: float, into: Planes) -> None:
    """The shot comes in from the right over the one before, which it shades."""
    import numpy as np

    width = before.y.shape[1]
    left = _even(width * (1 - ease("out", t)))
    out = blank(width, before.y.shape[0])
    for k, (a, b, target) in enumerate(zip(before, after, out, strict=True)):
        at = left // 2 if k else left
        target[:, :at] = a[:, :at]
        target[:, at:] = b[:, : b.shape[1] - at]
    wide = min(left, _even(width * _SHADE))
    if wide:
        ramp = 1 - _SHADE_DEPTH * np.linspace(0, 1, wide, dtype=np.float32) ** 2
        strip = out.y[:, left - wide : left]
        strip[...] = np.rint((strip.astype(np.float32) - 16) * ramp + 16).astype(np.uint8)
    copy(out, into)


def _push(before: Planes, after: Planes, t: float, into: Planes) -> None:
    """Both shots move to the left, side by side."""
    out = blank(before.y.shape[1], before.y.shape[0])
    _side_by_side(before, after, _even(before.y.shape[1] * ease("in-out", t)), out)
    copy(out, into)


def _side_by_side(before: Planes, after: Planes, moved: int, out: Planes) -> None:
    for k, (a, b, target) in enumerate(zip(before, after, out, strict=True)):
        shift, width = (moved // 2 if k else moved), a.shape[1]
        target[:, : width - shift] = a[:, shift:]
        target[:, width - shift :] = b[:, :shift]


def _wipe(before: Planes, after: Planes, t: float, into: Planes) -> None:
    """A soft slanting edge runs from left to right."""
    import numpy as np

    height, width = before.y.shape
    soft = width * _WIPE_SOFT
    slant = 0.25 * width
    edge = (width + soft + slant) * ease("in-out", t)
    x = np.arange(width, dtype=np.float32)[None] + slant * np.linspace(1, 0, height, dtype=np.float32)[:, None]
    _masked(before, after, np.clip((edge - x) / soft, 0, 1), into)


def _circle(before: Planes, after: Planes, t: float, into: Planes) -> None:
    """The shot opens as a circle from the middle."""
    import numpy as np

    height, width = before.y.shape
    radius = (math.hypot(width, height) / 2 + _CIRCLE_SOFT) * ease("in-out", t)
    x = np.arange(width, dtype=np.float32)[None] + 0.5 - width / 2
    y = np.arange(height, dtype=np.float32)[:, None] + 0.5 - height / 2
    _masked(before, after, np.clip((radius - np.hypot(x, y)) / _CIRCLE_SOFT + 0.5, 0, 1), into)


def _masked(before: Planes, after: Planes, weight: NDArray, into: Planes) -> None:  # type: ignore[type-arg]
    """`weight` is how much of the later shot is seen, (h, w) in 0..1."""
    import cv2
    import numpy as np

    height, width = before.y.shape
    half = cv2.resize(weight, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    for k, (a, b, target) in enumerate(zip(before, after, into, strict=True)):
        mask = half if k else weight
        np.copyto(target, cv2.blendLinear(a, b, np.ascontiguousarray(1 - mask, np.float32), np.ascontiguousarray(mask, np.float32)))


def _zoom(before: Planes, after: Planes, t: float, into: Planes) -> None:
    """The camera goes through the shot before and comes to rest in this one."""
    went, came = t * t, 1 - ease("out", t)
    _mix(_scaled(before, 1 + _ZOOM_OUT * went), _scaled(after, 1 + _ZOOM_IN * came), _smooth(min(max((t - 0.2) / 0.6, 0.0), 1.0)), into)


def _scaled(picture: Planes, scale: float) -> Planes:
    import cv2
    import numpy as np

    height, width = picture.y.shape
    made = []
    for k, plane in enumerate(picture):
        d = 2 if k else 1
        # sample i of a plane lies at (i + 0.5) * d of the frame; left siting of chroma moves by a quarter of a sample, not seen here
        shift = [(1 - 1 / scale) * (side / 2 / d - 0.5) for side in (width, height)]
        back = np.array([[1 / scale, 0, shift[0]], [0, 1 / scale, shift[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        made.append(cv2.warpAffine(plane, back, (width // d, height // d), flags=flags, borderMode=cv2.BORDER_REPLICATE))
    return Planes(*made)


def _blur(before: Planes, after: Planes, t: float, into: Planes) -> None:
    """The shot before goes out of focus, and this one comes into it."""
    out_of_focus = math.sin(math.pi * t)
    size = min(before.y.shape) * _BLUR * out_of_focus
    _mix(_softened(before, size, size), _softened(after, size, size), _smooth(min(max((t - 0.25) / 0.5, 0.0), 1.0)), into)


def _softened(picture: Planes, across: float, down: float) -> Planes:
    """A picture blurred by kernels of these sizes in frame pixels."""
    import cv2

    made: list[Bytes] = []
    for k, plane in enumerate(picture):
        size = (2 * int(across / (4 if k else 2)) + 1, 2 * int(down / (4 if k else 2)) + 1)
        soft = plane if size == (1, 1) else cv2.stackBlur(plane, size) if min(size) > 1 else cv2.blur(plane, size)
        made.append(soft)
    return Planes(*made)


def _flash(before: Planes, after: Planes, t: float, into: Planes) -> None:
    """One short flash of light, brightest at a third of the way, hides the cut."""
    import cv2
    import numpy as np

    rises = t < 1 / 3
    light = (3 * t) ** 2 if rises else (1 - (t - 1 / 3) * 1.5) ** 2
    for plane, white, target in zip(before if rises else after, _WHITE, into, strict=True):
        np.copyto(target, cv2.addWeighted(plane, 1 - light, plane, 0, white * light))


def _whip(before: Planes, after: Planes, t: float, into: Planes) -> None:
    """The camera is thrown from one shot to the next, and what it sees is smeared."""
    import numpy as np

    width, height = before.y.shape[1], before.y.shape[0]
    out = blank(width, height)
    _side_by_side(before, after, _even(width * ease("in-out", t)), out)
    speed = 4 * min(t, 1 - t) ** 2  # of `in-out`, as a share of its greatest
    for target, soft in zip(into, _softened(out, width * _WHIP * speed, 0), strict=True):
        np.copyto(target, soft)


_WAYS: dict[Transition, Callable[[Planes, Planes, float, Planes], None]] = {
    "fade": _fade,
    "slide": _slide,
    "push": _push,
    "wipe": _wipe,
    "zoom": _zoom,
    "circle": _circle,
    "blur": _blur,
    "flash": _flash,
    "whip": _whip,
}
