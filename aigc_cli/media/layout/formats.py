"""The shapes a clip is made in."""

from __future__ import annotations

import re

FORMATS = {"9:16": (1080, 1920), "4:5": (1080, 1350), "1:1": (1080, 1080), "16:9": (1920, 1080)}
"""Width and height in pixels by name."""

_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})\Z")


def frame_size(form: str) -> tuple[int, int] | None:
    """Width and height in pixels of `9:16`, `4:5`, `1:1`, `16:9` or `WIDTHxHEIGHT`; None when it is not a format."""
    if form in FORMATS:
        return FORMATS[form]
    match = _SIZE.match(form)
    if not match:
        return None
    width, height = int(match[1]), int(match[2])
    fits = all(128 <= side <= 4096 and side % 2 == 0 for side in (width, height))
    return (width, height) if fits else None


def scaled_size(form: str, scale: float) -> tuple[int, int]:
    """The size of a format, scaled and rounded to even pixels. The format must be one."""
    size = frame_size(form)
    assert size is not None
    return max(2, round(size[0] * scale / 2) * 2), max(2, round(size[1] * scale / 2) * 2)


def file_part(form: str) -> str:
    """How a format stands in a file's name: `9x16`, `1x1`, `1080x1920`."""
    return form.replace(":", "x")
