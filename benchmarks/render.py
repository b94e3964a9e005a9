"""Processor time of the render step over that of the encoder alone on the same frames, in one process, in turn.

The step is all that `video.assemble` does after its inputs are there: laying out, drawing, composing, encoding, mixing, joining,
measuring, poster and contact sheet. The encoder alone gets the finished frames of each shot from memory.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.clip import photo
from benchmarks.measuring import Figure, spread

GOAL = 1.35


def measure(*, is_short: bool = False) -> list[Figure]:
    from aigc_cli.media.files import segments

    with tempfile.TemporaryDirectory() as folder:
        context, request = prepared(Path(folder), 8 if is_short else 20)
        spent = {"segments": 0.0}
        timelines: dict[int, Any] = {}
        render_segment = segments.render_segment

        def watched(composer: Any, *rest: Any, **more: Any) -> None:
            timelines[id(composer.timeline)] = composer.timeline
            start = time.process_time()
            render_segment(composer, *rest, **more)
            spent["segments"] += time.process_time() - start

        segments.render_segment = watched
        try:
            whole, parts, floors = [], [], []
            for number in range(4):
                timelines.clear()
                spent["segments"] = 0.0
                taken = _step_cpu(context, request)
                floor = sum(encoder_cpu(timeline, context.open, Path(folder) / "floor.mp4") for timeline in timelines.values())
                if number:  # the first round warms up
                    whole.append(taken / floor)
                    parts.append(spent["segments"] / floor)
                    floors.append(floor)
        finally:
            segments.render_segment = render_segment
    frames = sum(timeline.frames for timeline in timelines.values())
    return [
        Figure("render step over the encoder alone", statistics.median(whole), "times", GOAL, spread(whole)),
        Figure("composing and encoding over the encoder alone", statistics.median(parts), "times", None, spread(parts)),
        Figure("encoder alone", 1000 * statistics.median(floors) / frames, "CPU ms a frame", None, f"{frames} frames, 1080x1920, veryfast"),
    ]


_POINTS = ("Single origin", "Roasted this week", "Ready in 30 seconds")


def prepared(
    folder: Path,
    length_s: float,
    *,
    product: str = "Pikolo Espresso",
    points: Sequence[str] = _POINTS,
    cache: Path | None = None,
    keeps: bool = False,
) -> tuple[Any, Any]:
    """A context over a store, and the request for a product clip with all that it is filmed from.

    `keeps` lets the context keep what was rendered in `cache`, and find it again.
    """
    from aigc_cli import registry
    from aigc_cli.assets import Templates
    from aigc_cli.engine.cache import Cache
    from aigc_cli.engine.context import WorkerContext
    from aigc_cli.steps.image import Create
    from aigc_cli.steps.music import Compose
    from aigc_cli.steps.speech import Say
    from aigc_cli.steps.text import Write
    from aigc_cli.steps.video import Assemble, Schedule

    scratch = folder / "scratch"
    scratch.mkdir()
    context = WorkerContext(
        cache=Cache(cache or folder / "cache"), scratch=scratch, seed=0, is_offline=True, templates=Templates.beside(None), objects={},
        can_read=keeps, can_write=keeps, send=lambda kind, **what: None,
    )  # fmt: skip
    source = photo()
    hero = context.save(source, f"image/{source.suffix[1:].replace('jpg', 'jpeg')}", source.name) if source else None
    facts = {"product": product, "points": list(points), "price": "$3.50"}
    write = Write(template="product-clip", facts=facts, length_s=length_s, photos=1 if hero else 0)
    script = write.run(registry.provider("text", "copywriter")(), context)
    draw, speak = registry.provider("image", "designer")(), registry.provider("speech", "hibari")()
    pictures, takes = [], []
    for scene in script["scenes"]:
        scene = scene if isinstance(scene, dict) else scene.model_dump(mode="json")  # noqa: PLW2901
        visual = scene["visual"]
        has_picture = visual["kind"] == "image"
        own = hero if has_picture and visual["photo"] is not None else None
        pictures.append(Create(prompt=visual["prompt"], style=visual["style"], photo=own).run(draw, context) if has_picture else None)
        takes.append(Say(text=scene["say"]).run(speak, context) if scene["say"] else None)
    timing = Schedule(script=script, voice=tuple(takes), length_s=length_s).run(None, context)
    music = Compose(mood="upbeat", duration_s=timing["duration_s"]).run(registry.provider("music", "composer")(), context)
    return context, Assemble(script=script, pictures=tuple(pictures), voice=tuple(takes), music=music, length_s=length_s)


def _step_cpu(context: Any, request: Any) -> float:
    from aigc_cli import registry

    provider = registry.provider("video", "renderer")()
    start = time.process_time()
    request.run(provider, context)
    return time.process_time() - start


def encoder_cpu(timeline: Any, open_: Any, target: Path) -> float:
    """Seconds the encoder takes for every shot's frames, which lie ready in memory. Drawing them is not counted."""
    from aigc_cli.media.files.encode import EncoderOptions, write_video
    from aigc_cli.media.frames.compose import Composer

    composer = Composer(timeline, open_)
    taken = 0.0
    for shot in timeline.shots:
        frames = [composer.frame(shot.start + n) for n in range(shot.frames)]

        def copy(n: int, planes: Any, frames: Any = frames) -> None:
            for source, place in zip(frames[n], planes, strict=True):
                place[:] = source

        start = time.process_time()
        write_video(target, copy, shot.frames, size=(timeline.width, timeline.height), fps=timeline.fps, options=EncoderOptions())
        taken += time.process_time() - start
        target.unlink()
    return taken
