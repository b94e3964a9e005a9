"""Which part of a frame is whose: margins, the platforms' own buttons, captions, and the stage where a scene plays.

Figures are for a short side of 1080 pixels and scale with it. Phones' apps (Reels, Shorts, TikTok) cover 240 at the top
and 400 at the bottom of a tall frame, and 120 at the right beside captions; a feed's post or a player covers nothing.
"""

from __future__ import annotations

from typing import Literal

from aigc_cli.media.timeline import Box

ShapeName = Literal["portrait", "square", "landscape"]

_MARGIN = 84.0  # left and right of a portrait frame
_PHONE_TOP, _PHONE_BOTTOM, _PHONE_RIGHT = 240.0, 400.0, 120.0
_ROUND = 60.0  # all round in square and landscape
_CAPTION_HEIGHT = 166.0  # two lines of 66 with a patch
_CAPTION_TOP = 0.668  # of a phone's height: capitals of the first line begin at 68 %
_GAP = 56.0  # between groups (design: art direction, "Space")
LINE = 40.0
"""Height of the source's line."""


def scale_of(width: int, height: int) -> float:
    """What every size for a short side of 1080 is multiplied with."""
    return min(width, height) / 1080


def shape_of(width: int, height: int) -> ShapeName:
    """The family of layouts for a frame: 9:16 and 4:5 are portrait, 1:1 square, 16:9 landscape."""
    ratio = height / width
    if ratio > 1.15:
        return "portrait"
    return "square" if ratio > 0.87 else "landscape"


def is_phone(width: int, height: int) -> bool:
    """True for a frame tall enough to fill a phone, where apps lay their buttons over it."""
    return height / width >= 1.5


def safe_area(width: int, height: int) -> Box:
    """The part of the frame that no platform covers: everything that must be read stands in it."""
    k = scale_of(width, height)
    if is_phone(width, height):
        return _box(_MARGIN * k, _PHONE_TOP * k, width - _MARGIN * k, height - _PHONE_BOTTOM * k)
    side = (_MARGIN if shape_of(width, height) == "portrait" else _ROUND) * k
    return _box(side, _ROUND * k, width - side, height - _ROUND * k)


def caption_zone(width: int, height: int) -> Box:
    """Where captions stand: centred in the frame, letters at 68 to 76 % of the height in a phone's frame, else at the safe area's foot."""
    k = scale_of(width, height)
    safe = safe_area(width, height)
    if is_phone(width, height):
        top = _CAPTION_TOP * height
        return _box(_PHONE_RIGHT * k, top, width - _PHONE_RIGHT * k, top + _CAPTION_HEIGHT * k)
    side = max(safe.x, width / 2 - 720 * k)
    return _box(side, safe.bottom - _CAPTION_HEIGHT * k, width - side, safe.bottom)


def source_line(width: int, height: int) -> Box:
    """Where the source of a statement stands: a line under the captions on a phone, over them elsewhere."""
    k = scale_of(width, height)
    safe, zone = safe_area(width, height), caption_zone(width, height)
    if is_phone(width, height):
        return _box(safe.x, safe.bottom - LINE * k, safe.right, safe.bottom)
    return _box(safe.x, zone.y - (LINE + 24) * k, safe.right, zone.y - 24 * k)


def stage(width: int, height: int, *, has_captions: bool = True) -> Box:
    """Where a scene's picture and words stand: the safe area over the captions. Template boxes are fractions of it."""
    k = scale_of(width, height)
    safe = safe_area(width, height)
    bottom = caption_zone(width, height).y - _GAP * k if has_captions else safe.bottom
    return _box(safe.x, safe.y, safe.right, bottom)


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box(x=left, y=top, w=right - left, h=bottom - top)
