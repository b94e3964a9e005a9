"""Interlaced frames, as camcorders and broadcasters make them, as whole ones: each field becomes a frame, at its own time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_FILTER = "bwdif"
_OPTIONS = "mode=send_field:parity=auto:deint=interlaced"  # what is progressive among it stays as it is


def progressive(frames: Iterator[Any]) -> Iterator[Any]:
    """The frames, and from the first interlaced one on two for each frame, weaved from its fields by FFmpeg's bwdif."""
    fields: _Fields | None = None
    for frame in frames:
        if fields is not None and fields.fits(frame):
            yield from fields.given(frame)
        else:
            if fields is not None:
                yield from fields.given(None)
            fields = _Fields(frame) if frame.interlaced_frame else None
            yield from fields.given(frame) if fields is not None else (frame,)
    if fields is not None:
        yield from fields.given(None)


class _Fields:
    """The filter, for frames of one size and format."""

    def __init__(self, frame: Any) -> None:
        import av

        graph = av.filter.Graph()
        self._shape = _shape(frame)
        self._source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
        weave, self._sink = graph.add(_FILTER, _OPTIONS), graph.add("buffersink")
        self._source.link_to(weave)
        weave.link_to(self._sink)
        graph.configure()
        self._graph = graph

    def fits(self, frame: Any) -> bool:
        return _shape(frame) == self._shape

    def given(self, frame: Any) -> Iterator[Any]:
        """What is ready once a frame was given; None ends."""
        import av

        self._source.push(frame)
        while True:
            try:
                yield self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return


def _shape(frame: Any) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name
