"""`image.describe`: a photo put into words, and where words can be put on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from aigc_cli.contracts import Context, Step
from aigc_cli.media.photography.calm import calm_of
from aigc_cli.media.photography.photos import open_photo
from aigc_cli.shapes import DescribeRequest, Sight

_LONGEST_PX = 640


class Describes(Protocol):
    """What a provider that reads pictures can do."""

    def describe(self, request: DescribeRequest, ctx: Context) -> Sight:
        """Says what is seen."""


class Describe(DescribeRequest, Step):
    """Says what a photo shows, for alt text and prompts, answers a question about it, and finds where words can stand on it."""

    kind: ClassVar[str] = "image.describe"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "describe"
    outputs: ClassVar[Mapping[str, str]] = {
        "alt": "one sentence for those who do not see the picture",
        "subject": "what it shows, in a few words",
        "answer": "the answer to `question`, or nothing",
        "text_side": "the calmest side, where words can stand: top, bottom, left or right",
        "calm": "how well words can stand on each side, 0 to 1; measured on the picture, not guessed by a model",
    }

    def run(self, provider: Describes, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider what is seen, and measures where words can stand. Raises WorkflowError for a file that is no picture."""
        picture = open_photo(ctx.open(self.image), name=self.image.name, longest_px=_LONGEST_PX)
        calm = calm_of(picture)
        seen = provider.describe(self, ctx)
        return {**seen.model_dump(), "text_side": next(iter(calm)), "calm": calm}
