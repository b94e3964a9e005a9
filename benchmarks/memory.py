"""Memory of a render by the length of the clip: mixing, then `video.render` of the news clip's job, in a process of its own.

What a clip of 15 s needs is what one of 90 s needs; `long` looks at ten minutes. `--short` encodes fast: it looks for growth only.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.job import FPS, prepare
from benchmarks.measuring import Figure, own_peak_mb, run

GOAL_MB, GROWTH_GOAL = 450, 1.05
SHORT_S, _LONG_S = 15, 90
_TOP = Path(__file__).resolve().parent.parent


def measure(*, is_short: bool = False) -> list[Figure]:
    return compared(_LONG_S, "ultrafast" if is_short else "veryfast")


def compared(long_s: int, preset: str) -> list[Figure]:
    """The peaks of a short and of a long clip, and their ratio."""
    short, long = (peak_mb(seconds, preset) for seconds in (SHORT_S, long_s))
    detail = f"{short:.0f} and {long:.0f} MB, {preset}"
    figures = [Figure(f"memory of {long_s} s over that of {SHORT_S} s", long / short, "times", GROWTH_GOAL, detail, margin=1.0)]
    if preset == "veryfast":
        figures += [
            Figure(f"peak memory of a clip of {seconds} s at 1080x1920", mb, "MB", GOAL_MB, "one process", margin=1.0)
            for seconds, mb in ((SHORT_S, short), (long_s, long))
        ]
    return figures


def peak_mb(seconds: int, preset: str = "veryfast") -> float:
    """The peak of a process that mixes and renders so many seconds."""
    from aigc_cli.engine.local import ALLOCATION

    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), seconds * FPS)
        code = "import sys; sys.path.insert(0, '.'); from benchmarks.memory import main; main()"
        return float(run([sys.executable, "-c", code, preset, folder], env=ALLOCATION, cwd=_TOP).out.split()[-1])


def context_in(folder: Path, *, keeps: bool = False) -> Any:
    """What a provider works with, on stores in a folder; `keeps` lets it keep what it renders, and find it again."""
    from aigc_cli.assets import Templates
    from aigc_cli.engine.cache import Cache
    from aigc_cli.engine.context import WorkerContext

    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return WorkerContext(
        cache=Cache(folder / "cache"), scratch=scratch, seed=0, is_offline=True, templates=Templates.beside(None), objects={},
        can_read=keeps, can_write=keeps, send=lambda kind, **what: None,
    )  # fmt: skip


def main() -> None:
    from aigc_cli import registry
    from aigc_cli.media.audio import mixing, signals
    from aigc_cli.media.timeline import Timeline
    from aigc_cli.shapes import RenderRequest

    preset, folder = sys.argv[1], Path(sys.argv[2])
    context = context_in(folder)
    timeline = Timeline.model_validate_json((folder / "timeline.json").read_text())
    takes = [(0, signals.opened(folder / "speech.wav"))]
    mix = context.scratch / "mix.m4a"
    mixing.finish(mix, timeline.frames, FPS, takes, signals.opened(folder / "music.wav"))
    for picture in sorted(folder.glob("photo-*.jpg")):
        context.save(picture, "image/jpeg")
    timeline = timeline.model_copy(update={"mix": context.save(mix, "audio/mp4")})
    document = context.save(timeline.model_dump_json().encode(), "application/json")
    frames = timeline.frames
    del timeline  # the renderer reads its own
    made = registry.provider("video", "renderer")().render(RenderRequest.model_validate({"timeline": document, "preset": preset}), context)
    if made.frames != frames:
        raise RuntimeError(f"{made.frames} frames were rendered, not {frames}")
    print(own_peak_mb())
