"""Several pictures of the same request, of which the best is kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

from pydantic import JsonValue, ValidationError

from aigc_cli import registry
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.errors import ProviderError, WorkflowError
from aigc_cli.shapes import ImageRequest, Picture
from aigc_cli.steps.ranking import Matches, ranked


class Draws(Protocol):
    """What an image provider can do."""

    def draw(self, request: ImageRequest, ctx: Context) -> Picture:
        """Makes one picture: sRGB, PNG or JPEG."""


@runtime_checkable
class DrawsSeveral(Protocol):
    """What an image provider can do beside: several pictures in one go, which is faster than one after the other."""

    def draw_several(self, requests: tuple[ImageRequest, ...], seeds: tuple[int, ...], ctx: Context) -> tuple[Picture | None, ...]:
        """One picture per request and seed, None where it came to nothing; raises what `draw` raises when all did."""


class _Seeded:
    """A context with another seed."""

    def __init__(self, ctx: Context, seed: int) -> None:
        self._ctx = ctx
        self.seed = seed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ctx, name)


class _Nobody:
    """Likes every picture equally."""

    def match(self, prompt: str, pictures: tuple[Path, ...], ctx: Context) -> tuple[float, ...]:
        """The same for each."""
        return (0.0,) * len(pictures)


def judge_of(options: Mapping[str, JsonValue], step: Step) -> Provider:
    """The judge that `judge` names: a provider of `rank` with its options; without a name the embedded one.

    Raises WorkflowError for one that is not known or cannot judge this, or options that it does not take.
    """
    name = str(options.get("provider", "")) or registry.embedded("rank")[0].name
    try:
        judge = registry.provider("rank", name).model_validate({key: value for key, value in options.items() if key != "provider"})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in ("judge", *first["loc"]))
        raise WorkflowError(f"`{where}`: {first['msg'].lower()}", f"`aigc providers` tells the options of {name}") from error
    refusal = judge.misfit(step)
    if refusal is not None:
        raise WorkflowError(f"the judge {name} cannot do this: {refusal}", "set `judge`, or leave it out for the embedded one")
    return judge


def judged_by(step: Step, options: Mapping[str, JsonValue], templates: Templates) -> dict[str, str]:
    """What the choice depends on beside the step's parameters: who judges, and by which weights."""
    judge = judge_of(options, step)
    found = {f"judge/{name}": digest for name, digest in judge.materials(step, templates).items()}
    return {"judge": f"{judge.name} {judge.version}", **found}


def best_of(request: ImageRequest, count: int, judge: Provider | None, provider: Draws, ctx: Context) -> Picture:
    """Draws `count` pictures with seeds that follow each other, and keeps the best: without faults first, then by the judge, if any.

    A photo that is only made ready comes out the same each time and is not judged. The best of nothing but faulty ones is a downgrade.
    """
    seeds = tuple(ctx.seed + number for number in range(count))
    drawn = _drawn(request, seeds, provider, ctx)
    pictures = tuple(drawn.values())
    if len({each.image.digest for each in pictures}) == 1:
        return pictures[0]
    best, scores = ranked(pictures, request.prompt, cast(Matches, judge) if judge is not None else _Nobody(), ctx)
    who = "the first without faults" if judge is None else judge.name
    told = ", ".join(" ".join((*(() if judge is None else (f"{each['match']:.3f}",)), *each["faults"])) or "good" for each in scores)
    ctx.note(f"picture {best + 1} of {len(pictures)} was kept, drawn with seed {list(drawn)[best]} ({who}: {told})")
    if scores[best]["faults"]:
        ctx.note(f"every picture has a fault: the one kept is {' and '.join(scores[best]['faults'])}", is_downgrade=True)
    return pictures[best]


def _drawn(request: ImageRequest, seeds: tuple[int, ...], provider: Draws, ctx: Context) -> dict[int, Picture]:
    """The pictures that came out, by their seeds. Raises what the provider raises when none did."""
    if isinstance(provider, DrawsSeveral):
        several = provider.draw_several((request,) * len(seeds), seeds, ctx)
        return {seed: each for seed, each in zip(seeds, several, strict=True) if each is not None}
    found: dict[int, Picture] = {}
    failed: ProviderError | None = None
    for seed in seeds:
        try:
            found[seed] = provider.draw(request, cast(Context, _Seeded(ctx, seed)))
        except ProviderError as error:
            failed = error
            ctx.note(f"seed {seed} gave no picture: {error.message}")
        if len(found) == 2 and len({each.image.digest for each in found.values()}) == 1:
            break  # the seed changes nothing: a photo, or a server without seeds
    if not found and failed is not None:
        raise failed
    return found
