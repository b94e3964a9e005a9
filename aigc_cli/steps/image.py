"""`image.create`: words, or the user's photo, become a picture ready to be placed. `image.edit`, `image.collage`: photos retouched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field, JsonValue

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step
from aigc_cli.shapes import CollageRequest, EditRequest, ImageRequest, Picture
from aigc_cli.steps.candidates import Draws, best_of, judge_of, judged_by

_OUTPUTS = {
    "image": "the picture: PNG or JPEG, sRGB",
    "width": "in pixels",
    "height": "in pixels",
    "focus": "where the subject is: two fractions from the top left",
    "faces": "boxes of faces, largest first, in fractions",
    "subject": "the box of the subject where it is known exactly, in fractions, or null",
    "planes": "its depth planes from back to front, when `parallax` was asked for",
    "is_cutout": "true when the subject stands alone on nothing",
    "is_photo": "true for the user's own photo",
    "palette": "ground, ink, accent and quiet found in the picture, or null",
    "alt": "what is seen, in words",
}


class Create(ImageRequest, Step):
    """A picture for one scene: the user's photo made ready, or one made from a prompt, the best of several when asked."""

    kind: ClassVar[str] = "image.create"
    version: ClassVar[int] = 2
    provides: ClassVar[str] = "image"
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

    candidates: int = Field(1, ge=1, le=16, description="How many pictures are drawn, with seeds that follow each other.")
    keep: Literal["best", "first"] = Field(
        "best", description="Which candidate without faults is kept: the one that the judge likes best, or the first."
    )
    judge: dict[str, JsonValue] = Field(
        default_factory=dict, description="Who judges candidates: a `provider` of `rank` and its options; empty takes the embedded one."
    )

    def materials(self, templates: Templates) -> Mapping[str, str]:
        """The judge, when there is something to judge."""
        return judged_by(self, self.judge, templates) if self._is_judged() else {}

    def run(self, provider: Draws, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider; the value is a `Picture`, field by field."""
        if self.candidates == 1:
            return dict(provider.draw(self, ctx))
        return dict(best_of(self, self.candidates, judge_of(self.judge, self) if self._is_judged() else None, provider, ctx))

    def _is_judged(self) -> bool:
        return self.candidates > 1 and self.keep == "best"


class Retouches(Protocol):
    """What a provider of `retouch` can do."""

    def edit(self, request: EditRequest, ctx: Context) -> Picture:
        """Treats one picture."""

    def collage(self, request: CollageRequest, ctx: Context) -> Picture:
        """Makes one picture of several."""


class Edit(EditRequest, Step):
    """Retouches a picture: its colours, what is behind its subject, its size."""

    kind: ClassVar[str] = "image.edit"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "retouch"
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

    def run(self, provider: Retouches, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider retouch it; the value is a `Picture`, field by field."""
        return dict(provider.edit(self, ctx))


class Collage(CollageRequest, Step):
    """Two to six photos as one picture, on the brand's ground."""

    kind: ClassVar[str] = "image.collage"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "retouch"
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

    def run(self, provider: Retouches, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider compose it; the value is a `Picture`, field by field."""
        return dict(provider.collage(self, ctx))
