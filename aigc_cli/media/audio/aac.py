"""AAC as the finished file carries it: to hear, before anything is written, what encoding makes of a mix."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

BIT_RATE = 192_000
"""Bits per second of the finished file's sound."""

_FRAME = 1024
_TOGETHER = 48  # frames to a piece: each piece costs whoever measures it some copying


def write(target: Path | BinaryIO, sound: Iterable[Samples], bit_rate: int = BIT_RATE) -> None:
    """Stereo float32 sound at 48 kHz, in pieces, as an MP4 with nothing but AAC: what every format of a clip carries."""
    import av

    with av.open(f"file:{target.absolute()}" if isinstance(target, Path) else target, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=RATE_HZ, layout="stereo")
        stream.bit_rate = bit_rate
        for at, samples in enumerate(_frames(sound)):
            frame = av.AudioFrame.from_ndarray(samples, "fltp", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at * _FRAME, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _frames(sound: Iterable[Samples]) -> Iterator[Samples]:
    """Planar (2, 1024) parts of a sound, the last one shorter."""
    import numpy as np

    rest = np.zeros((0, 2), np.float32)
    for piece in sound:
        joined = np.concatenate([rest, piece]) if len(rest) else piece
        whole = len(joined) // _FRAME * _FRAME
        for start in range(0, whole, _FRAME):
            yield np.ascontiguousarray(joined[start : start + _FRAME].T)
        rest = joined[whole:]
    if len(rest):
        yield np.ascontiguousarray(rest.T)


def heard(source: Path | BinaryIO) -> Iterator[Samples]:
    """What a player hears of `write`'s file: float32 (samples, 2) at 48 kHz in pieces, padded to whole frames of 1024 samples."""
    import av
    import numpy as np

    with av.open(f"file:{source.absolute()}" if isinstance(source, Path) else source, format="mp4") as container:
        frames = (frame.to_ndarray() for frame in container.decode(audio=0))
        while together := list(islice(frames, _TOGETHER)):
            yield np.concatenate(together, axis=1).T


def encode(samples: Samples, bit_rate: int = BIT_RATE) -> bytes:
    """What `write` makes of sound in memory."""
    buffer = io.BytesIO()
    write(buffer, [samples], bit_rate)
    return buffer.getvalue()


def decode(data: bytes) -> Samples:
    """What is `heard` of an MP4 in memory."""
    import numpy as np

    return np.concatenate([np.zeros((0, 2), np.float32), *heard(io.BytesIO(data))])


def round_trip(samples: Samples, bit_rate: int = BIT_RATE) -> Samples:
    """Encodes stereo float32 sound at 48 kHz to AAC in memory and decodes it again."""
    return decode(encode(samples, bit_rate))
