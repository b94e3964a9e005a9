"""Sound that is read by parts: files, cuts, joints, sums. What is made of it never lies in memory as a whole.

Every signal is stereo at 48 kHz. `read(start, stop)` gives (stop - start, 2) float32, silence where there is nothing, and may be a
view: it is not to be written to.
"""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from aigc_cli.media.audio.sound import RATE_HZ, as_stereo, read_wav

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

PIECE = 12 * RATE_HZ // 10
"""Samples in the parts that a signal is gone through by: 1.2 s."""


class Signal(Protocol):
    """Sound of a known length, in samples."""

    @property
    def length(self) -> int: ...

    def read(self, start: int, stop: int) -> Samples:
        """The samples from `start` to `stop`; silence outside the signal."""


def pieces(signal: Signal, start: int = 0, stop: int | None = None) -> Iterator[Samples]:
    """A signal from its beginning to its end, `PIECE` samples at a time."""
    end = signal.length if stop is None else stop
    for at in range(start, end, PIECE):
        yield signal.read(at, min(at + PIECE, end))


def whole(signal: Signal) -> Samples:
    """A signal as one new array."""
    import numpy as np

    made = np.empty((signal.length, 2), np.float32)
    for number, piece in enumerate(pieces(signal)):
        made[number * PIECE : number * PIECE + len(piece)] = piece
    return made


@dataclass(frozen=True, eq=False)
class Held:
    """Samples in memory, mono or stereo."""

    samples: Samples

    @property
    def length(self) -> int:
        return len(self.samples)

    def read(self, start: int, stop: int) -> Samples:
        first, last = _inside(start, stop, self.length)
        return _padded(as_stereo(self.samples[first:last]), first - start, stop - start)


@dataclass(frozen=True)
class WavFile:
    """A whole 16-bit WAV at 48 kHz; `opened` finds out whether a file is one."""

    path: Path
    length: int
    channels: int

    def read(self, start: int, stop: int) -> Samples:
        import numpy as np

        first, last = _inside(start, stop, self.length)
        if first == last:
            return np.zeros((stop - start, 2), np.float32)
        with wave.open(str(self.path), "rb") as file:
            file.setpos(first)
            data = file.readframes(last - first)
        samples = np.frombuffer(data, "<i2").astype(np.float32).reshape(-1, self.channels) / np.float32(32768)
        return _padded(as_stereo(samples), first - start, stop - start)


def opened(path: Path) -> Signal:
    """A 16-bit WAV file; one at another rate, or cut off, is read as a whole. Raises RenderError when it is no such file."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() == 2 and file.getnchannels() in (1, 2) and file.getframerate() == RATE_HZ and file.getnframes():
                file.setpos(file.getnframes() - 1)
                if len(file.readframes(1)) == 2 * file.getnchannels():
                    return WavFile(path, file.getnframes(), file.getnchannels())
    except (wave.Error, EOFError, OSError):
        pass  # reading it as a whole says what is wrong with it
    return Held(read_wav(path))


def as_signal(sound: Samples | Signal) -> Signal:
    """A signal of whatever holds samples."""
    import numpy as np

    return Held(sound) if isinstance(sound, np.ndarray) else sound


@dataclass(frozen=True)
class Cut:
    """A signal from `start` to `stop`, its last `fade_out` and first `fade_in` samples faded in straight lines."""

    source: Signal
    start: int
    stop: int
    fade_in: int = 0
    fade_out: int = 0

    @property
    def length(self) -> int:
        return self.stop - self.start

    def read(self, start: int, stop: int) -> Samples:
        first, last = _inside(start, stop, self.length)
        part = self.source.read(self.start + first, self.start + last)
        if first < self.fade_in or last > self.length - self.fade_out:
            part = part * self._gain(first, last)[:, None]
        return _padded(part, first - start, stop - start)

    def _gain(self, start: int, stop: int) -> Samples:
        import numpy as np

        at = np.arange(start, stop, dtype=np.float32)
        gain = np.ones(stop - start, np.float32)
        if self.fade_in:
            gain *= np.clip(at / max(self.fade_in - 1, 1), 0, 1)
        if self.fade_out:
            gain *= np.clip((self.length - 1 - at) / max(self.fade_out - 1, 1), 0, 1)
        return gain


@dataclass(frozen=True)
class Joint:
    """`head`, then `source` from `start` on; the last `fade` samples of the head blend with what stands before `start`."""

    head: Signal
    source: Signal
    start: int
    fade: int

    @property
    def length(self) -> int:
        return self.head.length + self.source.length - self.start

    def read(self, start: int, stop: int) -> Samples:
        import numpy as np

        border = self.head.length
        if start >= border:
            return self.source.read(start - border + self.start, stop - border + self.start)
        if stop <= border - self.fade:
            return self.head.read(start, stop)
        made = np.empty((stop - start, 2), np.float32)
        last = min(stop, border)
        made[: last - start] = self.head.read(start, last)
        first = max(start, border - self.fade)
        if self.fade:
            ramp = (np.arange(first, last, dtype=np.float32) - (border - self.fade)) * np.float32(np.pi / 2 / max(self.fade - 1, 1))
            tail = made[first - start : last - start]
            tail *= np.cos(ramp)[:, None]
            tail += self.source.read(first - border + self.start, last - border + self.start) * np.sin(ramp)[:, None]
        if stop > border:
            made[border - start :] = self.source.read(self.start, stop - border + self.start)
        return made


@dataclass(frozen=True)
class Sum:
    """Signals one over the other, each from its own sample on, in `length` samples; what passes the end is faded in 20 ms."""

    parts: tuple[tuple[int, Signal], ...]
    length: int

    @classmethod
    def of(cls, parts: Iterable[tuple[int, Signal]], length: int) -> Sum:
        kept: list[tuple[int, Signal]] = []
        for start, signal in parts:
            room = length - start
            if 0 < room < signal.length:
                kept.append((start, Cut(signal, 0, room, fade_out=min(RATE_HZ // 50, room))))
            elif room > 0 and start + signal.length > 0:
                kept.append((start, signal))
        return cls(tuple(kept), length)

    def read(self, start: int, stop: int) -> Samples:
        import numpy as np

        made = np.zeros((stop - start, 2), np.float32)
        for at, signal in self.parts:
            first, last = max(start, at, 0), min(stop, at + signal.length, self.length)
            if first < last:
                made[first - start : last - start] += signal.read(first - at, last - at)
        return made


class Tape:
    """Sound on disk as it is worked with, in float; gone when it is closed."""

    def __init__(self, folder: Path | None, sound: Iterable[Samples]) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # lives as long as the tape
        self.length = 0
        try:
            for piece in sound:
                self._file.write(piece.astype("<f4", copy=False).tobytes())
                self.length += len(piece)
        except BaseException:
            self.close()
            raise

    def read(self, start: int, stop: int) -> Samples:
        import numpy as np

        first, last = _inside(start, stop, self.length)
        self._file.seek(8 * first)
        samples = np.frombuffer(self._file.read(8 * (last - first)), "<f4").reshape(-1, 2)
        return _padded(samples, first - start, stop - start)

    def close(self) -> None:
        """Removes the file."""
        self._file.close()

    def __enter__(self) -> Tape:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _inside(start: int, stop: int, length: int) -> tuple[int, int]:
    first = min(max(start, 0), length)
    return first, max(first, min(stop, length))


def _padded(part: Samples, before: int, length: int) -> Samples:
    """A part as `length` samples, with silence before and after it."""
    import numpy as np

    if len(part) == length:
        return part
    made = np.zeros((length, 2), np.float32)
    if len(part):
        made[before : before + len(part)] = part
    return made


def levels_by(signal: Signal, hop: int) -> NDArray[np.float64]:
    """Mean square of the two channels' mean in each `hop` samples, which divide `PIECE`; a last part is filled up with silence."""
    import numpy as np

    found = []
    for piece in pieces(signal):
        mono = piece.mean(axis=1)
        found.append(np.square(np.pad(mono, (0, -len(mono) % hop))).reshape(-1, hop).mean(axis=1, dtype=np.float64))
    return np.concatenate(found) if found else np.zeros(0)


def sum_of(parts: Sequence[tuple[int, Samples | Signal]], length: int) -> Sum:
    """Sounds on their places as one signal."""
    return Sum.of(((start, as_signal(sound)) for start, sound in parts), length)
