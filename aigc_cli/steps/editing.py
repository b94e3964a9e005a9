"""`video.concat`: clips one after the other. `video.edit`: a video with MoviePy's effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field, JsonValue, field_validator

from aigc_cli.artifacts import ArtifactField
from aigc_cli.contracts import Context, Step
from aigc_cli.errors import WorkflowError
from aigc_cli.media.filming.effects_moviepy import checked
from aigc_cli.shapes import ConcatRequest, Joined

_OUTPUTS = {
    "file": "the finished MP4",
    "is_copied": "true when nothing was encoded anew",
    "duration_s": "length in seconds",
}


class Joins(Protocol):
    """A provider of `video` that joins clips."""

    def concat(self, request: ConcatRequest, ctx: Context) -> Joined:
        """Joins them."""


class Concat(ConcatRequest, Step):
    """Joins ready clips one after the other, without encoding them again when they fit."""

    kind: ClassVar[str] = "video.concat"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "video"
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

    def run(self, provider: Joins, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider join them."""
        return dict(provider.concat(self, ctx))


class Edits(Protocol):
    """A provider of `edit`."""

    def edit(self, request: Any, ctx: Context) -> Joined:
        """Applies the effects."""


class Edit(Step):
    """Edits a video by named effects, one after the other."""

    kind: ClassVar[str] = "video.edit"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "edit"
    outputs: ClassVar[Mapping[str, str]] = _OUTPUTS

    file: ArtifactField = Field(description="The video.")
    effects: tuple[dict[str, JsonValue], ...] = Field(
        min_length=1, max_length=20, description="Each with its `name` and its numbers, such as `{name: speed, factor: 2}`."
    )
    fps: Literal[24, 25, 30, 50, 60] = Field(30, description="Frames per second.")

    @field_validator("effects")
    @classmethod
    def _check_effects(cls, effects: tuple[dict[str, JsonValue], ...]) -> tuple[dict[str, JsonValue], ...]:
        try:
            checked(effects)
        except WorkflowError as error:
            raise ValueError(f"{error.message}; {error.hint}") from error
        return effects

    def run(self, provider: Edits, ctx: Context) -> Mapping[str, Any]:
        """Lets the provider apply the effects."""
        return dict(provider.edit(self, ctx))
