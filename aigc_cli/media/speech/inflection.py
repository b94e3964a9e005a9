"""Changes to spoken sound that need no model: a louder word, a silence between two words, another pitch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

STRESS_DB = 2.5
"""How much louder a stressed word is: heard as stress, not as another volume."""
_RAMP_S = 0.030
_JOIN_S = 0.008

# Kokoro and hibari round each phoneme to 25 ms, so they are not as much quicker as they are told to be. Means over 14 sentences
# of three voices: what they are told, and what becomes of it.
_TOLD = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.4)
_DONE = (
    *(0.497, 0.612, 0.690, 0.726, 0.810, 0.884, 0.940, 0.969, 1.0, 1.032, 1.054, 1.083, 1.133, 1.182, 1.204),
    *(1.503, 1.564, 1.606, 1.701, 1.832, 1.967),
)

Span = tuple[float, float]


def told_speed(pace: float) -> float:
    """What Kokoro and hibari must be told so that they speak at a pace, 1 being their own; a sentence is within a tenth of it."""
    import numpy as np

    if not _DONE[0] <= pace <= _DONE[-1]:
        edge = 0 if pace < 1 else -1
        return pace * _TOLD[edge] / _DONE[edge]
    return float(np.interp(pace, _DONE, _TOLD))


class VoiceModel(Protocol):
    """A model that speaks phonemes and says how long it took for each."""

    @property
    def rate_hz(self) -> int:
        """Samples per second of what it gives."""

    @property
    def unit_s(self) -> float:
        """Seconds per unit of its durations."""

    @property
    def longest(self) -> int:
        """How many phonemes it takes at once."""

    @property
    def vocabulary(self) -> Collection[str]:
        """The phonemes it knows."""

    def __call__(self, phonemes: str, speed: float) -> tuple[NDArray[np.float32], Sequence[float]]:
        """Mono samples, and a duration per phoneme with one pad before and one after, in units of `unit_s`."""


@dataclass(frozen=True)
class Pitched:
    """A model whose voice is higher or lower by some semitones, at the pace that was asked for.

    The model speaks slower by the ratio of the pitches, and its sound is played faster by the same: nothing is stretched, so
    nothing of the artefacts of stretching is heard. The colour of the voice moves with the pitch, as with a smaller or larger person.
    """

    model: VoiceModel
    semitones: float

    @property
    def _ratio(self) -> float:
        return float(2 ** (self.semitones / 12))

    @property
    def rate_hz(self) -> int:
        """The model's own rate times the ratio, for the sound is to be played so much faster."""
        return round(self.model.rate_hz * self._ratio)

    @property
    def unit_s(self) -> float:
        """The model's unit, played faster."""
        return self.model.unit_s * self.model.rate_hz / self.rate_hz

    @property
    def longest(self) -> int:
        """As the model's."""
        return self.model.longest

    @property
    def vocabulary(self) -> Collection[str]:
        """As the model's."""
        return self.model.vocabulary

    def __call__(self, phonemes: str, speed: float) -> tuple[NDArray[np.float32], Sequence[float]]:
        """As the model's, at `rate_hz`."""
        return self.model(phonemes, speed * self.model.rate_hz / self.rate_hz)


def louden(samples: Samples, rate_hz: int, spans: Sequence[Span | None], stressed: Collection[int]) -> Samples:
    """The samples with the stressed words `STRESS_DB` louder, on soft ramps of 30 ms."""
    import numpy as np

    if not any(index in stressed and span for index, span in enumerate(spans)):
        return samples
    gain_db = np.zeros(len(samples), np.float32)
    for index, span in enumerate(spans):
        if span is not None and index in stressed:
            gain_db[max(0, int(span[0] * rate_hz)) : int(span[1] * rate_hz)] = STRESS_DB
    length = int(_RAMP_S * rate_hz)
    window = np.hanning(length + 2)[1:-1]
    soft = np.convolve(np.pad(gain_db, length, mode="edge"), window / window.sum(), mode="same")[length:-length]
    return np.asarray(samples * 10 ** (soft / 20), np.float32)


def part_words(
    samples: Samples, rate_hz: int, spans: Sequence[Span | None], after: int, seconds: float
) -> tuple[Samples, list[Span | None]]:
    """The samples with a silence of `seconds` in all between word `after` and the next, and the spans that follow moved.

    What silence there is already counts; a longer one stays. The cut is made at the quietest place between the two words, under
    fades of 8 ms.
    """
    import numpy as np

    before = next((span for span in reversed(spans[: after + 1]) if span), None)
    following = next((span for span in spans[after + 1 :] if span), None)
    moved = list(spans)
    if before is None or following is None:
        return samples, moved
    missing = round((seconds - max(0.0, following[0] - before[1])) * rate_hz)
    if missing <= 0:
        return samples, moved
    at = _quietest(samples, rate_hz, before[1], following[0])
    length = min(int(_JOIN_S * rate_hz), at, len(samples) - at)
    head, tail = samples[:at].copy(), samples[at:].copy()
    if length:
        ramp = (0.5 + 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / length)).astype(np.float32)
        head[-length:] *= ramp
        tail[:length] *= ramp[::-1]
    cut_s, shift_s = at / rate_hz, missing / rate_hz
    for index, span in enumerate(spans):
        if span is not None and index > after:
            moved[index] = span[0] + shift_s, span[1] + shift_s
        elif span is not None:
            moved[index] = min(span[0], cut_s), min(span[1], cut_s)
    return np.concatenate([head, np.zeros(missing, np.float32), tail]), moved


def _quietest(samples: Samples, rate_hz: int, first_s: float, last_s: float) -> int:
    """The middle of the quietest 10 ms from 30 ms before `first_s` to 30 ms after `last_s`."""
    import numpy as np

    block = max(1, rate_hz // 200)
    start = max(0, int((min(first_s, last_s) - 0.03) * rate_hz))
    end = min(len(samples), int((max(first_s, last_s) + 0.03) * rate_hz))
    blocks = (end - start) // block
    if blocks < 3:
        return min(max(int((first_s + last_s) / 2 * rate_hz), 0), len(samples))
    levels = np.sqrt(np.mean(np.square(samples[start : start + blocks * block].reshape(blocks, block)), axis=1))
    pairs = levels[1:] + levels[:-1]
    near = np.flatnonzero(pairs <= pairs.min() + 1e-4)  # a long silence has many: its middle
    return int(start + (near[len(near) // 2] + 1) * block)
