"""The largest size: 2160x3840 goes the way of every clip."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from aigc_cli import registry
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.timeline import Box, Shot, Sprite, TextOp, Timeline
from aigc_cli.shapes import RenderRequest
from benchmarks.memory import context_in
from tests.media import clips

WIDTH, HEIGHT = 2160, 3840


def test_a_clip_of_2160x3840_has_every_pixel(tmp_path: Path) -> None:
    context = context_in(tmp_path)
    store = clips.store_at(tmp_path)
    photo = context.save(store.open(clips.photo(store, 1080, 1920)), "image/png")
    frame = Box(x=0, y=0, w=WIDTH, h=HEIGHT)
    inner = Box(x=100, y=100, w=900, h=1600)
    moving = clips.still(photo, frame, (1080, 1920), inner, Box(x=120, y=140, w=900, h=1600))
    word = TextOp(text="3840", x=300, y=2000, family="Inter", weight=700, size=400, colour="#FFFFFF")
    over = clips.rect(0, 0, WIDTH, HEIGHT, name="words").model_copy(update={"content": Sprite(drawing=(word,))})
    shots = tuple(
        Shot(id=f"s{n}", start=3 * n, frames=3, transition="fade" if n else "cut", transition_frames=1 if n else 0, layers=(moving, over))
        for n in range(2)
    )
    timeline = Timeline(title="4K", language="en", width=WIDTH, height=HEIGHT, fps=30, safe=frame, shots=shots)
    document = context.save(timeline.model_dump_json().encode(), "application/json")
    request = RenderRequest(timeline=document, preset="ultrafast")
    made = registry.provider("video", "renderer")().render(request, context)
    with av.open(str(context.open(made.files[0]))) as container:
        decoded = [each.to_ndarray(format="yuv420p")[:HEIGHT] for each in container.decode(video=0)]
    assert [each.shape for each in decoded] == [(HEIGHT, WIDTH)] * 6
    composer = Composer(timeline, context.open)
    for n in (0, 3, 5):
        assert np.abs(decoded[n].astype(float) - composer.frame(n).y).mean() < 3
