"""Speech as other engines hand it over: bytes of an unknown file become samples, or a typed error that says what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_cli.errors import ProviderError, RenderError
from aigc_cli.media.speech.alignment import Boundary, stretches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

LONGEST_S = 1200.0
"""Seconds of sound that one sentence may bring; more is a runaway."""

_FASTEST_SYLLABLE_S = 0.05
_SLOWEST_SYLLABLE_S = 1.2
_SLACK_S = 4.0
_SILENT = 10 ** (-55 / 20)
_CLIPPED = 0.03  # of all samples at full scale: a listener hears it


@dataclass(frozen=True)
class Recording:
    """What an engine said: (samples,) of float32 at `rate_hz`, and its own word boundaries when it gives them."""

    samples: Samples
    rate_hz: int
    boundaries: Sequence[Boundary] = ()


def decode(content: bytes, folder: Path, whose: str) -> Recording:
    """The sound in a WAV, MP3, Ogg, FLAC, MP4 or WebM file, mono at its own rate. Raises ProviderError for anything else."""
    import av
    import numpy as np

    from aigc_cli.media.filming.probe import open_media

    if not content:
        raise ProviderError(f"{whose} gave no sound", "try again", retryable=True)
    path = folder / "answer.bin"
    path.write_bytes(content)
    pieces: list[Samples] = []
    total, rate_hz = 0, 0
    try:
        with open_media(path) as container:
            if not container.streams.audio:
                raise ProviderError(f"{whose} gave a file without sound", "choose another voice or model")
            stream = container.streams.audio[0]
            rate_hz = stream.rate or 0
            resampler = av.AudioResampler("fltp", "mono", rate_hz)
            for frame in container.decode(stream):
                pieces += [made.to_ndarray()[0] for made in resampler.resample(frame)]
                total += frame.samples
                if total > LONGEST_S * max(rate_hz, 8000):
                    raise ProviderError(f"{whose} gave more than {LONGEST_S / 60:.0f} minutes of sound for one sentence", "try again")
            pieces += [made.to_ndarray()[0] for made in resampler.resample(None)]
    except RenderError as error:
        what = "a web page" if content.lstrip()[:1] == b"<" else "JSON" if content.lstrip()[:1] == b"{" else "something else"
        raise ProviderError(f"{whose} gave {what} instead of sound", "check its address, voice and model") from error
    except (av.FFmpegError, OSError, ValueError) as error:
        raise ProviderError(f"the sound of {whose} is damaged", "try again", retryable=True) from error
    finally:
        path.unlink(missing_ok=True)
    samples = np.concatenate(pieces).astype(np.float32) if pieces else np.zeros(0, np.float32)
    if not len(samples):
        raise ProviderError(f"{whose} gave no sound", "try again", retryable=True)
    return Recording(samples, rate_hz)


def from_pcm(content: bytes, rate_hz: int, whose: str) -> Recording:
    """Raw little-endian 16-bit mono. Raises ProviderError when there is none, or when it is text."""
    import numpy as np

    if len(content) < 2:
        raise ProviderError(f"{whose} gave no sound", "try again", retryable=True)
    if content.lstrip()[:1] in (b"<", b"{") and content[:200].isascii():
        raise ProviderError(f"{whose} gave text instead of sound", "check its address, voice and model")
    samples = np.frombuffer(content[: len(content) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)
    return Recording(samples, rate_hz)


def check(recording: Recording, syllable_count: float, speed: float, whose: str) -> None:
    """Raises a retryable ProviderError for sound that cannot be the whole of its text: too short, too long, silent, clipped, cut off."""
    import numpy as np

    samples, rate_hz = recording.samples, recording.rate_hz
    peak = float(np.abs(samples).max()) if len(samples) else 0.0
    if not np.isfinite(samples).all():
        raise ProviderError(f"the sound of {whose} holds numbers that are none", "try again", retryable=True)
    if peak < _SILENT:
        raise ProviderError(f"{whose} gave silence", "try again, or choose another voice", retryable=True)
    heard = sum(end - start for start, end in stretches(samples, rate_hz))
    if heard < syllable_count * _FASTEST_SYLLABLE_S / speed:
        raise ProviderError(
            f"{whose} gave {heard:.1f} s of speech, which is too short for its text: something is missing", "try again", retryable=True
        )
    if heard > syllable_count * _SLOWEST_SYLLABLE_S / speed + _SLACK_S:
        raise ProviderError(f"{whose} gave {heard:.0f} s of speech, which is too long for its text", "try again", retryable=True)
    if float(np.mean(np.abs(samples) >= 0.999)) > _CLIPPED:
        raise ProviderError(f"the sound of {whose} is clipped", "try again, or choose another voice", retryable=True)
    _check_end(samples, rate_hz, whose)


def _check_end(samples: Samples, rate_hz: int, whose: str) -> None:
    """Speech dies away; sound that stops at its loudest was cut off."""
    import numpy as np

    block = max(1, rate_hz // 50)
    if len(samples) < 10 * block:
        return
    whole = samples[len(samples) % block :].reshape(-1, block)
    levels = np.sqrt(np.mean(np.square(whole, dtype=np.float64), axis=1))
    if levels[-1] > 0.6 * np.quantile(levels, 0.95):
        raise ProviderError(f"the sound of {whose} stops in the middle of a word", "try again", retryable=True)
