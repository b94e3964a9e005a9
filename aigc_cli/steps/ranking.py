"""`image.rank`: of several pictures the one that shows the words best and has nothing wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol

from pydantic import Field

from aigc_cli.contracts import Context, Step
from aigc_cli.errors import QualityError
from aigc_cli.media.photography.faults import faults_of
from aigc_cli.shapes import Picture


class Matches(Protocol):
    """What a judge of pictures can do."""

    def match(self, prompt: str, pictures: tuple[Path, ...], ctx: Context) -> tuple[float, ...]:
        """How well each picture shows the words; higher is better, and only the order counts."""


class Rank(Step):
    """Chooses the best of several candidates: those with faults come last, then the match with the prompt decides."""

    kind: ClassVar[str] = "image.rank"
    version: ClassVar[int] = 2
    provides: ClassVar[str] = "rank"
    outputs: ClassVar[Mapping[str, str]] = {
        "picture": "the best picture, with all its fields",
        "index": "its place in the list, from 0",
        "scores": "per picture: `match`, higher is better, and `faults` out of blank, noise, blurred, lettering, duplicate",
    }

    pictures: tuple[Picture, ...] = Field(min_length=1, max_length=32, description="Pictures as `image.create` gives them.")
    prompt: str = Field("", max_length=2000, description="What the picture is to show.")
    allow_faults: bool = Field(False, description="Take the best even when every picture has a fault.")

    def run(self, provider: Matches, ctx: Context) -> Mapping[str, Any]:
        """Judges all and gives the best; of equals the first. Raises QualityError when every picture has a fault."""
        best, scores = ranked(self.pictures, self.prompt, provider, ctx)
        faults = scores[best]["faults"]
        if faults and not self.allow_faults:
            raise QualityError(
                f"none of {len(self.pictures)} pictures can be used: the best is {' and '.join(faults)}",
                "make others with another `seed` or prompt, or set `allow_faults: true`",
            )
        for number, each in enumerate(scores):
            if each["faults"]:
                ctx.note(f"picture {number + 1} is {' and '.join(each['faults'])}")
        return {"picture": dict(self.pictures[best]), "index": best, "scores": scores}


def ranked(pictures: tuple[Picture, ...], prompt: str, judge: Matches, ctx: Context) -> tuple[int, list[dict[str, Any]]]:
    """The place of the best picture, and for each its `match` with the prompt and its `faults`: those without any come first."""
    paths = tuple(ctx.open(each.image) for each in pictures)
    faults = faults_of(paths, drawn=tuple(not each.is_photo for each in pictures))
    matches = judge.match(prompt, paths, ctx)
    best = min(range(len(paths)), key=lambda each: (bool(faults[each]), -matches[each], each))
    return best, [{"match": round(match, 4), "faults": list(own)} for match, own in zip(matches, faults, strict=True)]
