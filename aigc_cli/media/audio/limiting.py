"""The limiter: the true peaks of a signal held at or below a ceiling. It knows each third of a millisecond by its peak only.

The gain falls in a straight line of decibels before each peak, 6 dB in 5 ms, and rises by 60 dB a second after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aigc_cli.media.audio.loudness import Peaks
from aigc_cli.media.audio.signals import Held, Signal, whole
from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

_BLOCK = 16  # samples
_SMOOTH = 3  # blocks on each side
_REACH = _SMOOTH + 1  # kept this far on both sides, so that neither smoothing nor interpolation lifts it above what is needed
_DOWN, _UP = 6 / 0.005 * _BLOCK / RATE_HZ, 60.0 * _BLOCK / RATE_HZ  # decibels a block
_CHUNK = 1 << 14  # blocks: 5 s


class Envelope:
    """The true peak in each block of a signal that comes in pieces, reaching over the blocks' borders."""

    def __init__(self) -> None:
        self._peaks = Peaks()
        self._blocks: list[Samples] = []
        self._rest: Samples | None = None
        self._before = 0.0  # each sample's peak reaches up to the next sample

    def add(self, piece: Samples) -> None:
        """Takes in the next piece, (samples, channels)."""
        self._take(self._peaks.add(piece))

    def end(self) -> Samples:
        """The peaks of all that was added, which ends here."""
        import numpy as np

        self._take(self._peaks.end())
        if self._rest is not None and len(self._rest):
            self._take([np.zeros(-len(self._rest) % _BLOCK, np.float32)])
        return np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)

    def _take(self, found: Iterable[Samples]) -> None:
        import numpy as np

        for part in found:
            between = part if self._rest is None else np.concatenate([self._rest, part])
            count = len(between) // _BLOCK
            self._rest = between[count * _BLOCK :].copy()
            if count:
                blocks = between[: count * _BLOCK].reshape(-1, _BLOCK)
                peaks = blocks.max(axis=1)
                peaks[0] = max(float(peaks[0]), self._before)
                peaks[1:] = np.maximum(peaks[1:], blocks[:-1, -1])
                self._before = float(blocks[-1, -1])
                self._blocks.append(peaks)


@dataclass(frozen=True, eq=False)
class Limited:
    """A signal with a gain, its true peaks at or below a ceiling. `peaks` is its `Envelope`. What lies below stays as it is."""

    source: Signal
    peaks: Samples
    gain_db: float
    ceiling_dbtp: float

    @property
    def length(self) -> int:
        return self.source.length

    def read(self, start: int, stop: int) -> Samples:
        import numpy as np

        samples = self.source.read(start, stop)
        gain = np.float32(10 ** (self.gain_db / 20))
        slopes = self._slopes
        if slopes is None:
            return samples if self.gain_db == 0 else samples * gain
        at = (np.arange(start, stop) - (_BLOCK - 1) / 2) / _BLOCK
        first = min(max(int(at[0]), 0), len(slopes) - 1)
        last = min(max(int(at[-1]) + 2, first + 1), len(slopes))
        around = slopes[max(first - _SMOOTH, 0) : last + _SMOOTH].astype(np.float64)
        missing = (max(_SMOOTH - first, 0), max(last + _SMOOTH - len(slopes), 0))
        kernel = np.hanning(2 * _SMOOTH + 3)[1:-1]
        smooth = 10 ** (np.convolve(np.pad(around, missing, mode="edge"), kernel / kernel.sum(), "valid") / 20)
        made: Samples = samples * (np.interp(at, np.arange(first, last), smooth).astype(np.float32) * gain)[:, None]
        return made

    @cached_property
    def _slopes(self) -> Samples | None:
        """The gain of each block in decibels before it is smoothed; None where nothing is to be limited."""
        import numpy as np

        over = 10 ** (self.gain_db / 20) / 10 ** (self.ceiling_dbtp / 20)
        highest = float(self.peaks.max()) * over if len(self.peaks) else 0.0
        if highest <= 1:
            return None
        # a peak is felt this far ahead: in chunks that look on as far, the curve is the same as in one piece
        ahead = int(20 * np.log10(highest) / _DOWN) + 2
        made = np.empty(len(self.peaks), np.float32)
        risen = 0.0
        for start in range(0, len(made), _CHUNK):
            stop = min(start + _CHUNK, len(made))
            wanted = _needed(self.peaks, over, start, min(stop + ahead, len(made)))
            wanted[0] = min(wanted[0], risen)
            rise, made[start:stop] = slopes(wanted, down=_DOWN, up=_UP, count=stop - start)
            risen = rise + _UP
        return made


def _needed(peaks: Samples, over: float, start: int, stop: int) -> NDArray[np.float64]:
    """The least decibels that the blocks from `start` to `stop`, and those `_REACH` blocks around each, may have."""
    import numpy as np

    low, high = start - _REACH, stop + _REACH
    found = peaks[max(low, 0) : min(high, len(peaks))].astype(np.float64) * over
    needed = np.minimum(0.0, -20 * np.log10(np.maximum(found, 1e-9)))
    needed = np.pad(needed, (max(-low, 0), max(high - len(peaks), 0)), mode="edge")
    least: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(needed, 2 * _REACH + 1).min(axis=1)
    return least


def slopes(wanted_db: NDArray[np.float64], *, down: float, up: float, count: int | None = None) -> tuple[float, NDArray[np.float64]]:
    """The highest curve nowhere above `wanted_db` that falls by at most `down` and rises by at most `up` a step.

    Returned are its first `count` steps, and how high the curve that only rises slowly is at the last of them.
    """
    import numpy as np

    place = np.arange(len(wanted_db), dtype=np.float64)
    risen = np.minimum.accumulate(wanted_db - up * place) + up * place
    fallen = np.minimum.accumulate((risen - down * place[::-1])[::-1])[::-1] + down * place[::-1]
    length = len(fallen) if count is None else count
    return float(risen[length - 1]) if length else 0.0, fallen[:length]


def limit(samples: Samples, ceiling_dbtp: float) -> Samples:
    """Sound in memory, (samples, 1) or (samples, 2), with no true peak above a ceiling; stereo comes back."""
    envelope = Envelope()
    envelope.add(samples)
    return whole(Limited(Held(samples), envelope.end(), 0.0, ceiling_dbtp))
