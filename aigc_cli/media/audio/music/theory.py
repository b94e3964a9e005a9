"""Keys, scales, chords and voice leading. Pitches are MIDI numbers: 60 is middle C, 12 to the octave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Literal

_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_CALM_STEPS = {"major": (0, 1, 2, 4, 5), "minor": (0, 2, 3, 4, 6)}  # the pentatonic: no step a semitone from a chord's note
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SYMBOL = re.compile(r"([1-7])(add9|7|sus|!)?\Z")

Mode = Literal["major", "minor"]


@dataclass(frozen=True)
class Key:
    """A tonic as a pitch class (0 is C) and its mode."""

    tonic: int
    mode: Mode

    @classmethod
    def parse(cls, text: str) -> Key:
        """Reads `C`, `F#`, `Bb`, or in minor `Am`."""
        sign = {"#": 1, "b": -1}.get(text[1:2], 0)
        return cls((_LETTERS[text[0]] + sign) % 12, "minor" if text.endswith("m") else "major")

    def pitch(self, step: int) -> int:
        """The MIDI pitch of a step of the scale: 0 is the tonic in the octave of middle C, 7 the one above."""
        octave, degree = divmod(step, 7)
        return 60 + self.tonic + 12 * octave + _SCALES[self.mode][degree]

    def chord(self, symbol: str) -> tuple[int, ...]:
        """Pitch classes of a chord on a degree of the scale, root first.

        A symbol is the degree with at most one ending: `4`, `1add9`, `2 7` written `27`, `5sus`, and `5!` with the major third
        that leads to the tonic in minor.
        """
        match = _SYMBOL.match(symbol)
        if match is None:
            raise ValueError(f"not a chord: {symbol}")
        degree, form = int(match[1]) - 1, match[2]
        steps = {"add9": (0, 2, 4, 8), "7": (0, 2, 4, 6), "sus": (0, 3, 4)}.get(form or "", (0, 2, 4))
        classes = [self.pitch(degree + step) % 12 for step in steps]
        if form == "!":
            classes[1] = (classes[0] + 4) % 12
        return tuple(classes)

    def is_calm(self, step: int) -> bool:
        """True for the steps of the pentatonic, which sound well over every chord of the key."""
        return step % 7 in _CALM_STEPS[self.mode]


def lead_voices(classes: Sequence[int], before: Sequence[int], low: int = 54, high: int = 74) -> tuple[int, ...]:
    """Places a chord's notes in a register so that the voices move as little as they can from the chord before.

    The result rises and spans at most an octave and a third; without a chord before it lies round the middle.
    """
    places = [[pitch for pitch in range(low, high + 1) if pitch % 12 == each] for each in classes]
    best: tuple[float, tuple[int, ...]] | None = None
    for choice in product(*places):
        notes = tuple(sorted(choice))
        if notes[-1] - notes[0] > 16 or len(set(notes)) < len(notes):
            continue
        crowded = sum(second - first < 2 for first, second in pairwise(notes))
        centre = abs(sum(notes) / len(notes) - (low + high) / 2)
        moved = sum(min(abs(note - old) for old in before) for note in notes) if before else 0
        cost = moved + 0.4 * centre + 3 * crowded
        if best is None or (cost, notes) < best:
            best = (cost, notes)
    return best[1] if best else tuple(sorted(choice[0] for choice in places))
