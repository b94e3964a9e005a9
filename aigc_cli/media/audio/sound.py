"""Sound as numbers: float32 in -1..1, shaped (samples, channels), and the 16-bit WAV files that steps hand on."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from aigc_cli.errors import RenderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Pcm = NDArray[np.int16]

RATE_HZ = 48_000
_CHUNK = 1 << 16


def read_wav(path: Path, *, rate_hz: int | None = RATE_HZ) -> Samples:
    """Reads a 16-bit PCM WAV as float32 (samples, channels), resampled to `rate_hz`; None keeps the file's own rate.

    Raises RenderError when the file is no such WAV.
    """
    import numpy as np

    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2 or file.getnchannels() not in (1, 2):
                raise RenderError(f"{path.name} is not 16-bit mono or stereo sound")
            channels, own_hz, total = file.getnchannels(), file.getframerate(), file.getnframes()
            pieces = []
            while data := file.readframes(_CHUNK):
                whole = data[: len(data) // (2 * channels) * 2 * channels]
                pieces.append(from_pcm(np.frombuffer(whole, "<i2")))
    except (wave.Error, EOFError, OSError) as error:
        raise RenderError(f"{path.name} cannot be read as a WAV file: {error or 'it is cut off'}") from error
    if not pieces and total:
        raise RenderError(f"{path.name} holds no sound")
    samples = np.concatenate(pieces).reshape(-1, channels) if pieces else np.zeros((0, channels), np.float32)
    return samples if rate_hz is None or own_hz == rate_hz else resample(samples, own_hz, rate_hz)


def decode(path: Path) -> Samples:
    """The first sound stream of a media file as stereo float32 (samples, 2) at 48 kHz; no samples when it has none.

    Codec delay and padding are cut away as the container says. Raises RenderError when it cannot be decoded.
    """
    import av
    import numpy as np

    pieces = []
    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            if container.streams.audio:
                stream = container.streams.audio[0]
                layout = "mono" if stream.codec_context.channels == 1 else "stereo"  # FFmpeg's own mono to stereo takes 3 dB away
                resampler = av.AudioResampler("fltp", layout, RATE_HZ)
                for frame in container.decode(stream):
                    pieces += [made.to_ndarray() for made in resampler.resample(frame)]
                pieces += [made.to_ndarray() for made in resampler.resample(None)]
    except (av.FFmpegError, OSError) as error:
        raise RenderError(f"the sound of {path.name} cannot be decoded: {error}") from error
    return as_stereo(np.ascontiguousarray(np.concatenate(pieces, axis=1).T)) if pieces else np.zeros((0, 2), np.float32)


def write_wav(path: Path, chunks: Samples | Iterable[Samples | Pcm], *, rate_hz: int = RATE_HZ) -> int:
    """Writes float32 sound, or what is 16-bit PCM already, as a 16-bit PCM WAV, chunk by chunk; returns the samples per channel.

    A chunk is (samples,) for mono or (samples, channels). What passes full scale is clipped. At least one chunk is needed
    to know the number of channels; without any the file is silent mono of no length.
    """
    import numpy as np

    total = 0
    with wave.open(str(path), "wb") as file:
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.setnchannels(1)
        for chunk in [chunks] if isinstance(chunks, np.ndarray) else chunks:
            if total == 0 and chunk.ndim == 2 and file.tell() == 0:
                file.setnchannels(chunk.shape[1])
            for start in range(0, len(chunk), _CHUNK):
                part = chunk[start : start + _CHUNK]
                file.writeframes(part.astype("<i2").tobytes() if part.dtype == np.int16 else to_pcm(cast("Samples", part)))
            total += len(chunk)
    return total


def to_pcm(samples: Samples) -> bytes:
    """Little-endian 16-bit PCM, rounded to nearest, clipped at full scale."""
    import numpy as np

    data: bytes = np.clip(np.rint(samples * np.float32(32768)), -32768, 32767).astype("<i2").tobytes()
    return data


def from_pcm(samples: Pcm) -> Samples:
    """Float32 from 16-bit PCM, full scale at 1: what `to_pcm` turns around."""
    import numpy as np

    return samples.astype(np.float32) / np.float32(32768)


def resample(samples: Samples, from_hz: float, to_hz: float) -> Samples:
    """Resamples (samples,) or (samples, channels) with soxr at high quality; the same shape family comes back."""
    import numpy as np
    import soxr

    if from_hz == to_hz:
        return samples
    return np.ascontiguousarray(soxr.resample(samples, from_hz, to_hz, quality="HQ"), dtype=np.float32)


def as_stereo(samples: Samples) -> Samples:
    """(samples, 2) from mono in either shape, or stereo as it is."""
    import numpy as np

    column = samples[:, None] if samples.ndim == 1 else samples
    return np.repeat(column, 2, axis=1) if column.shape[1] == 1 else column[:, :2]
