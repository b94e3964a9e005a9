"""AAC as the finished file carries it: to hear, before anything is written, what encoding makes of a mix."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING

from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import av
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

BIT_RATE = 192_000
"""Bits per second of the finished file's sound."""

_FRAME = 1024


def encode(samples: Samples, bit_rate: int = BIT_RATE) -> bytes:
    """Stereo float32 sound at 48 kHz as an MP4 with nothing but AAC: what every format of a clip carries."""
    import av
    import numpy as np

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=RATE_HZ, layout="stereo")
        stream.bit_rate = bit_rate
        for start in range(0, len(samples), _FRAME):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[start : start + _FRAME].T), "fltp", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, start, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def heard(data: bytes) -> Samples:
    """What a player hears of `encode`'s bytes: float32 (samples, 2) at 48 kHz, padded to whole frames of 1024 samples."""
    import av

    with av.open(io.BytesIO(data), format="mp4") as container:
        return _decoded(container)


def round_trip(samples: Samples, bit_rate: int = BIT_RATE) -> Samples:
    """Encodes stereo float32 sound at 48 kHz to AAC in memory and decodes it again."""
    return heard(encode(samples, bit_rate))


def _decoded(container: av.container.InputContainer) -> Samples:
    import numpy as np

    pieces = [frame.to_ndarray() for frame in container.decode(audio=0)]
    made: Samples = np.concatenate([np.zeros((2, 0), np.float32), *pieces], axis=1).T
    return made
