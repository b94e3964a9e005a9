"""A judge without a model: it cannot see what a picture shows, only how sharp it is."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from aigc_cli.contracts import Context, Provider
from aigc_cli.media.photography.faults import sharpness_of


class PlainRank(Provider):
    """Prefers the sharper picture; whether it shows the words is not judged, and a note says so."""

    name: ClassVar[str] = "sharpness"
    version: ClassVar[int] = 1
    is_embedded: ClassVar[bool] = True

    def match(self, prompt: str, pictures: tuple[Path, ...], ctx: Context) -> tuple[float, ...]:
        """The sharpness of each picture, 0 to 1."""
        if prompt:
            ctx.note("whether a picture shows the prompt was not judged: `provider: clip` does")
        return tuple(sharpness_of(path) for path in pictures)
