"""`image.create`: words, or the user's photo, become a picture that is ready to be placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, JsonValue

from aigc_cli.artifacts import ArtifactField
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step
from aigc_cli.shapes import ImageRequest, Palette
from aigc_cli.steps.candidates import Draws, best_of, judge_of, judged_by


class Create(Step):
    """A picture for one scene: the user's photo made ready, or one made from a prompt."""

    kind: ClassVar[str] = "image.create"
    version: ClassVar[int] = 2
    provides: ClassVar[str] = "image"
    outputs: ClassVar[Mapping[str, str]] = {
        "image": "the picture: PNG or JPEG, sRGB",
        "width": "in pixels",
        "height": "in pixels",
        "focus": "where the subject is: two fractions from the top left",
        "faces": "boxes of faces, largest first, in fractions",
        "is_cutout": "true when the subject stands alone on nothing",
        "is_photo": "true for the user's own photo",
        "palette": "ground, ink, accent and quiet found in the picture, or null",
        "alt": "what is seen, in words",
    }

    prompt: str = Field("", max_length=2000, description="What to see, in a few words; with a photo, what it shows.")
    photo: ArtifactField | None = Field(
        None, description="The user's photo; null lets the provider make a picture.", json_schema_extra={"media": "image"}
    )
    style: Literal["scene", "drawing", "abstract"] = Field(
        "scene", description="A whole scene; one drawing cut out on nothing; or light and lines that show no thing."
    )
    language: str = Field("", description="BCP 47 tag of the prompt; decides between words that are equally good.")
    width: int = Field(1600, ge=64, le=4096, description="Width of a picture that is made, in pixels.")
    height: int = Field(1600, ge=64, le=4096, description="Height of a picture that is made, in pixels.")
    palette: Palette | None = Field(None, description="Colours to keep to; null leaves the choice to the provider.")
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
        request = ImageRequest(**{name: getattr(self, name) for name in ImageRequest.model_fields})
        if self.candidates == 1:
            return dict(provider.draw(request, ctx))
        return dict(best_of(request, self.candidates, judge_of(self.judge, self) if self._is_judged() else None, provider, ctx))

    def _is_judged(self) -> bool:
        return self.candidates > 1 and self.keep == "best"
