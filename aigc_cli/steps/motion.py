"""`video.generate`: words, or a picture, become a film that a scene can show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from aigc_cli.contracts import Context, Step
from aigc_cli.shapes import FootageTake, MotionRequest


class Animates(Protocol):
    """A provider of `motion`."""

    def animate(self, request: MotionRequest, ctx: Context) -> FootageTake:
        """Makes the film."""


class Generate(MotionRequest, Step):
    """Makes a film by a video model, from words or from a picture that begins to move; a scene shows it as it shows footage."""

    kind: ClassVar[str] = "video.generate"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "motion"
    outputs: ClassVar[Mapping[str, str]] = {
        "video": "the film as MP4: H.264, BT.709, one frame rate",
        "poster": "a still of it",
        "sound": "null: models make no sound",
        "width": "width in pixels",
        "height": "height in pixels",
        "fps": "frames per second",
        "frames": "length in frames",
        "is_ducked": "true: nothing to be heard",
        "fit": "how it fills its place: `fill`",
        "focus": "where the subject is, in fractions from the top left",
        "palette": "colours found in it",
    }

    def run(self, provider: Animates, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider make it; the value is a `FootageTake`, field by field."""
        return dict(provider.animate(self, ctx))
