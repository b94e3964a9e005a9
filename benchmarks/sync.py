"""Pictures and sound after ten minutes: flashes and clicks on the same frames, rendered from 120 scenes, and found again in the file.

Mixing, AAC, segments and joining are those of every clip; only the pictures are small. What is measured is what a player shows:
the time of the first bright frame and of the first loud sample of each pair, both decoded from the finished file.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure
from benchmarks.memory import context_in

GOAL_MS = 1000 / 30
FPS, _SHOT, _FLASH_AT = 30, 150, 60
_WIDTH, _HEIGHT = 128, 72


def measure(*, is_short: bool = False) -> list[Figure]:
    minutes = 2 if is_short else 10
    with tempfile.TemporaryDirectory() as folder:
        path, frames = rendered(Path(folder), minutes * 60 * FPS // _SHOT)
        flashes, last_s = flashes_in(path)
        clicks = clicks_in(path)
    if len(flashes) != frames // _SHOT or len(clicks) != len(flashes):
        raise RuntimeError(f"{len(flashes)} flashes and {len(clicks)} clicks were found of {frames // _SHOT}")
    if abs(last_s - (frames - 1) / FPS) > 1e-3:
        raise RuntimeError(f"the last frame is shown at {last_s} s and not at {(frames - 1) / FPS} s")
    apart = [1000 * (click - flash) for flash, click in zip(flashes, clicks, strict=True)]
    furthest = max(apart, key=abs)
    detail = f"{len(apart)} pairs in {minutes} min; the first {apart[0]:+.2f} ms, the last {apart[-1]:+.2f} ms"
    return [Figure("sound from its picture, at most", abs(furthest), "ms", GOAL_MS, detail, margin=1.0)]


def rendered(folder: Path, shots: int) -> tuple[Path, int]:
    """A clip of so many scenes with a flash and a click each, and the number of its frames."""
    import numpy as np

    from aigc_cli import registry
    from aigc_cli.media.audio import mixing
    from aigc_cli.media.timeline import Box, Layer, RectOp, Shot, Sprite, Timeline
    from aigc_cli.shapes import RenderRequest

    frame = Box(x=0, y=0, w=_WIDTH, h=_HEIGHT)

    def layer(name: str, colour: str, **more: Any) -> Layer:
        return Layer(id=name, box=frame, content=Sprite(drawing=(RectOp(box=frame, fill=colour),), is_opaque=True), **more)

    def shot(n: int) -> Shot:
        ground, flash = layer("ground", f"#20{n % 64:02X}40"), layer("flash", "#FFFFFF", start=_FLASH_AT, frames=3)
        return Shot(id=f"s{n}", start=n * _SHOT, frames=_SHOT, layers=(ground, flash))

    timeline = Timeline(
        title="Sync", language="en", width=_WIDTH, height=_HEIGHT, fps=FPS, safe=frame, shots=tuple(shot(n) for n in range(shots))
    )
    t = np.arange(4800) / 48_000
    click = (0.5 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    context = context_in(folder)
    mix = context.scratch / "mix.m4a"
    mixing.finish(mix, timeline.frames, FPS, [(n * _SHOT + _FLASH_AT, click) for n in range(shots)])
    timeline = timeline.model_copy(update={"mix": context.save(mix, "audio/mp4")})
    document = context.save(timeline.model_dump_json().encode(), "application/json")
    made = registry.provider("video", "renderer")().render(RenderRequest(timeline=document), context)
    return context.open(made.files[0]), timeline.frames


def flashes_in(path: Path) -> tuple[list[float], float]:
    """When each flash is shown first, and when the last frame is shown, in seconds."""
    import av

    found, was_bright, time = [], False, 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            time = float(frame.pts * frame.time_base)
            is_bright = frame.to_ndarray(format="gray").mean() > 128
            if is_bright and not was_bright:
                found.append(time)
            was_bright = is_bright
    return found, time


def clicks_in(path: Path) -> list[float]:
    """When each click begins, in seconds: its first sample at a tenth of the loudest one, after half a second below that."""
    import av
    import numpy as np

    with av.open(str(path)) as container:
        blocks = [(float(frame.pts * frame.time_base), np.abs(frame.to_ndarray()[0])) for frame in container.decode(audio=0)]
    threshold = 0.1 * max(float(block.max()) for _, block in blocks)
    found: list[float] = []
    last = -1.0
    for start, block in blocks:
        for at in start + np.flatnonzero(block > threshold) / 48_000:
            if at - last > 0.5:
                found.append(float(at))
            last = float(at)
    return found
