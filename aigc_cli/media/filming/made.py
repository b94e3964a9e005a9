"""Films made of a model's frames: brought to the clip's frame rate and to the length that a scene needs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_cli.contracts import Context
from aigc_cli.errors import WorkflowError
from aigc_cli.media.files.encode import EncoderOptions, write_video
from aigc_cli.media.filming import animations
from aigc_cli.media.filming.inbetween import InBetween
from aigc_cli.media.filming.probe import open_media
from aigc_cli.media.frames import sheet
from aigc_cli.media.frames.planes import copy, from_rgb
from aigc_cli.media.photography.focus import gaze_of
from aigc_cli.media.style.palettes import palette_of
from aigc_cli.shapes import FootageTake, MotionRequest

if TYPE_CHECKING:
    from aigc_cli.media.filming.inbetween import Rgb

_OPTIONS = EncoderOptions(preset="ultrafast", crf=12, keyframe_s=0.5)  # read again by composing, so easy to seek and near lossless
_MOST_BYTES = 1_500_000_000
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


def frames_of(paths: Sequence[Path], rate: float) -> tuple[list[Rgb], float]:
    """The frames of a film that a model has made as a file, or as one picture after another, and how many of them fill a second.

    One file is a film, or a GIF or WebP that moves; `rate` holds for pictures. All frames are (height, width, 3) of uint8 RGB, of one
    even size. Raises WorkflowError or RenderError for what is no film, or too long to be held in memory (1.5 GB).
    """
    import numpy as np

    frames: list[Rgb] = []
    size: tuple[int, int] | None = None
    own = rate
    for frame, found in _decoded(paths, rate):
        own = found
        size = size or (frame.width // 2 * 2, frame.height // 2 * 2)
        if len(frames) * size[0] * size[1] * 3 > _MOST_BYTES:
            raise WorkflowError("it is too long to be held in memory", "make fewer frames, or smaller ones")
        pixels = frame.to_ndarray(format="rgb24")
        if pixels.shape[0] < size[1] or pixels.shape[1] < size[0]:
            raise WorkflowError("its pictures are of different sizes", "make them of one size")
        frames.append(np.ascontiguousarray(pixels[: size[1], : size[0]]))
    if len(frames) < 2:
        raise WorkflowError("it has one picture", "make at least two frames")
    return frames, own


def _decoded(paths: Sequence[Path], rate: float) -> Iterator[tuple[Any, float]]:
    if animations.is_picture(paths[0]):
        for path in paths:
            found = animations.read(path, "the film")
            own = len(found.starts_s) / found.length_s if len(found.starts_s) > 1 else rate
            yield from ((frame, own) for frame in found.frames("the film"))
        return
    import av

    with open_media(paths[0]) as container:
        if not container.streams.video:
            raise WorkflowError("it has no pictures", "save a film in the graph")
        own = float(container.streams.video[0].average_rate or rate)
        try:
            yield from ((frame, own) for frame in container.decode(video=0))
        except av.FFmpegError as error:
            raise WorkflowError(f"it is damaged: {error.strerror or error}", "try again") from error


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
