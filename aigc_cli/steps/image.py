"""`image.create`: words, or the user's photo, become a picture that is ready to be placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field

from aigc_cli.artifacts import ArtifactField
from aigc_cli.contracts import Context, Step
from aigc_cli.shapes import ImageRequest, Palette, Picture


class Draws(Protocol):
    """What an image provider can do."""

    def draw(self, request: ImageRequest, ctx: Context) -> Picture:
        """Makes one picture: sRGB, PNG or JPEG."""


class Create(Step):
    """A picture for one scene: the user's photo made ready, or one made from a prompt."""

    kind: ClassVar[str] = "image.create"
    version: ClassVar[int] = 1
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

    def run(self, provider: Draws, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider; the value is a `Picture`, field by field."""
        request = ImageRequest(**{name: getattr(self, name) for name in ImageRequest.model_fields})
        return dict(provider.draw(request, ctx))
