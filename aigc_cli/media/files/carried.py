"""A clip's mix on its way into a file: copied or encoded anew, written as far as the pictures are, so that both lie side by side."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from aigc_cli.media.audio.sound import RATE_HZ

_OPUS_FRAME = 960
_OPUS_BITS = 160_000


class CarriedSound:
    """The sound of an MP4 that `aac.write` made, which is open for reading, on its way into another that is open for writing."""

    def __init__(self, out: Any, source: Any, codec: str, *, language: str = "") -> None:
        """`codec` is `copy`, or FFmpeg's name of an encoder."""
        self._out, self._source = out, source
        given = source.streams.audio[0]
        if codec == "copy":
            self._stream: Any = out.add_stream_from_template(given)
            self._packets = self._copied(given)
        else:
            self._stream = out.add_stream(codec, rate=RATE_HZ, layout="stereo")
            if codec == "libopus":
                self._stream.bit_rate = _OPUS_BITS
            self._packets = self._encoded(given)
        if language:
            self._stream.metadata["language"] = language
        self._held: Any = None  # a packet that belongs to pictures yet to come
        self.samples = 0
        """How long what was written lasts, at 48 kHz."""

    def _copied(self, given: Any) -> Iterator[Any]:
        for packet in self._source.demux(given):
            if packet.pts is not None:
                packet.stream = self._stream
                yield packet

    def _encoded(self, given: Any) -> Iterator[Any]:
        import av

        form = "s16" if self._stream.codec_context.name == "pcm_s16le" else "flt"
        resampler = av.AudioResampler(form, "stereo", RATE_HZ, frame_size=_OPUS_FRAME)
        for frame in self._source.decode(given):
            for made in resampler.resample(frame):
                yield from self._stream.encode(made)
        for made in resampler.resample(None):
            yield from self._stream.encode(made)
        yield from self._stream.encode(None)

    def write(self, until_s: Fraction | None) -> None:
        """Writes what is heard before a time; None for all that is left."""
        while (packet := self._held or next(self._packets, None)) is not None:
            self._held = None
            if until_s is not None and packet.pts * packet.time_base >= until_s:
                self._held = packet
                return
            self.samples = max(self.samples, round((packet.pts + packet.duration) * packet.time_base * RATE_HZ))
            self._out.mux(packet)
