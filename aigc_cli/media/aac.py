"""AAC as the finished file carries it: to hear, before anything is written, what encoding makes of a mix."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.media.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

BIT_RATE = 192_000
"""Bits per second of the finished file's sound."""

_FRAME = 1024


def round_trip(samples: Samples, bit_rate: int = BIT_RATE) -> Samples:
    """Encodes stereo float32 sound at 48 kHz to AAC in memory and decodes it again.

    The result is about as long as what went in: the codec pads to whole frames of 1024 samples.
    """
    import av
    import numpy as np

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=RATE_HZ, layout="stereo")
        stream.bit_rate = bit_rate
        for start in range(0, len(samples), _FRAME):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[start : start + _FRAME].T), "fltp", "stereo")
            frame.sample_rate, frame.pts = RATE_HZ, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer) as container:
        pieces = [frame.to_ndarray() for frame in container.decode(audio=0)]
    made: Samples = np.concatenate([np.zeros((2, 0), np.float32), *pieces], axis=1).T
    return made


def decode(path: Path) -> Samples:
    """The sound of a finished MP4 as a player hears it: float32 (samples, 2) at 48 kHz."""
    import av
    import numpy as np

    with av.open(f"file:{path.absolute()}", format="mp4", options={"protocol_whitelist": "file"}) as container:
        pieces = [frame.to_ndarray() for frame in container.decode(audio=0)]
    heard: Samples = np.concatenate([np.zeros((2, 0), np.float32), *pieces], axis=1).T
    return heard
