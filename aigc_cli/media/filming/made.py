"""Films made of a model's frames: brought to the clip's frame rate and to the length that a scene needs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from aigc_cli.contracts import Context
from aigc_cli.media.files.encode import EncoderOptions, write_video
from aigc_cli.media.filming.inbetween import InBetween
from aigc_cli.media.frames import sheet
from aigc_cli.media.frames.planes import copy, from_rgb
from aigc_cli.media.photography.focus import gaze_of
from aigc_cli.media.style.palettes import palette_of
from aigc_cli.shapes import FootageTake, MotionRequest

if TYPE_CHECKING:
    from aigc_cli.media.filming.inbetween import Rgb

_OPTIONS = EncoderOptions(preset="ultrafast", crf=12, keyframe_s=0.5)  # read again by composing, so easy to seek and near lossless
_SEEN_AT = 0.4  # of the film: where its still is taken
_STILL_LEVELS = 0.5  # of 255, mean from one frame to the next: less is a picture that does not move


def positions(count: int, rate: float, request: MotionRequest) -> list[float]:
    """For each frame of the clip its place among the `count` frames that were made at `rate` a second.

    What is longer than wanted is cut, what is shorter is slowed down, by `stretch` at most.
    """
    natural = count / rate
    shown = min(request.seconds, natural * request.stretch)
    total = max(2, round(shown * request.fps))
    if shown < natural:
        return [min(number / request.fps * rate, count - 1.0) for number in range(total)]
    return [number * (count - 1) / (total - 1) for number in range(total)]


def take_of(frames: Sequence[Rgb], rate: float, request: MotionRequest, ctx: Context) -> FootageTake:
    """A film of frames (height, width, 3; uint8 RGB, all of one even size) that were made at `rate` a second.

    Raises RenderError when encoding fails, StorageError when the disk refuses.
    """
    moments = positions(len(frames), rate, request)
    _tell(frames, rate, request, len(moments) / request.fps, ctx)
    film = InBetween(frames)
    return written(lambda number: film.at(moments[number]), len(moments), frames[int((len(frames) - 1) * _SEEN_AT)], request.fps, ctx)


def written(draw: Callable[[int], Rgb], count: int, still: Rgb, fps: int, ctx: Context) -> FootageTake:
    """A film of `count` frames that `draw` gives in order: (height, width, 3) of uint8 RGB, of the size of `still`, which stands for it."""
    import numpy as np
    from PIL import Image

    height, width = still.shape[:2]
    target = ctx.scratch / "film.mp4"
    write_video(target, lambda number, planes: copy(from_rgb(draw(number)), planes), count, size=(width, height), fps=fps, options=_OPTIONS)
    picture = Image.fromarray(np.ascontiguousarray(still))
    focus, faces = gaze_of(picture)
    return FootageTake(
        video=ctx.save(target, "video/mp4", "film.mp4"),
        poster=ctx.save(sheet.jpeg(np.ascontiguousarray(still), quality=92), "image/jpeg", "film.jpg"),
        width=width,
        height=height,
        fps=fps,
        frames=count,
        focus=focus,
        faces=faces,
        palette=palette_of(picture),
    )


def _tell(frames: Sequence[Rgb], rate: float, request: MotionRequest, seconds: float, ctx: Context) -> None:
    import numpy as np

    natural = len(frames) / rate
    if seconds > natural + 0.05:
        ctx.note(f"the model made {natural:.1f} s, shown in {seconds:.1f} s")
    if seconds < request.seconds - 0.05:
        ctx.note(f"the film lasts {seconds:.1f} s instead of {request.seconds:g} s, and then stands still")
    pairs = itertools.pairwise(frames)
    if all(float(np.abs(a.astype(np.int16) - b).mean()) < _STILL_LEVELS for a, b in pairs):
        ctx.note("nothing moves in the film", is_downgrade=True)
