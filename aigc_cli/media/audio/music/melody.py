"""A melody over chords: a motif of two bars, its repetition on other chords, its variation, and an answer that comes to rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aigc_cli.media.audio.music.theory import Key

if TYPE_CHECKING:
    import numpy as np

    from aigc_cli.media.audio.music.styles import Rhythm

_LOW, _HIGH = 67, 86


@dataclass(frozen=True)
class Motif:
    """A rhythm over two bars, and for each note how many steps of the scale it lies over the motif's first note."""

    rhythm: Rhythm
    steps: tuple[int, ...]


def invent(rhythms: Sequence[Rhythm], random: np.random.Generator) -> Motif:
    """A motif whose line mostly goes by steps, leaps now and then, turns back after a leap and stays within an octave."""
    rhythm = rhythms[int(random.integers(len(rhythms)))]
    steps, leapt = [0], 0
    for _ in rhythm[1:]:
        move = (-1 if leapt > 0 else 1) if leapt else int(random.choice((-2, -1, -1, 0, 1, 1, 2, 3, -3)))
        leapt = move if abs(move) > 2 else 0
        here = steps[-1] + move
        steps.append(here if -4 <= here <= 5 else steps[-1] - move)
    return Motif(rhythm, tuple(steps))


def vary(motif: Motif, random: np.random.Generator) -> Motif:
    """The same beginning, another second half."""
    half = len(motif.steps) // 2
    shift = int(random.choice((-2, -1, 1, 2)))
    return Motif(motif.rhythm, (*motif.steps[:half], *(step + shift for step in motif.steps[half:])))


def sing(
    motif: Motif, key: Key, chords: Sequence[Sequence[int]], start_step: int, *, is_answer: bool = False
) -> list[tuple[float, float, int]]:
    """Lays a motif over two bars: (beat, beats, pitch). `chords` are pitch classes, root first, one for each half bar.

    Notes on a beat are notes of the chord, others of the pentatonic. An answer ends on a long note of its last chord.
    """
    notes: list[tuple[float, float, int]] = []
    for (beat, beats), step in zip(motif.rhythm, motif.steps, strict=True):
        if is_answer and beat >= 4:
            break
        chord = chords[min(int(beat // 2), len(chords) - 1)]
        notes.append((beat, beats, _near(key, start_step + step, chord, is_strong=beat % 1 == 0)))
    if is_answer:
        here = notes[-1][2] if notes else key.pitch(start_step)
        ends = chords[-2:]
        for number, chord in enumerate(ends if ends[0] != ends[-1] else ends[:1]):
            here = min((pitch for pitch in range(_LOW, _HIGH + 1) if pitch % 12 in chord[:2]), key=lambda pitch: (abs(pitch - here), pitch))
            notes.append((4.0 + 2 * number, 3.5 if ends[0] == ends[-1] else 1.8, here))
    return notes


def _near(key: Key, step: int, chord: Sequence[int], *, is_strong: bool) -> int:
    """The fitting pitch closest to a step of the scale, inside the melody's register."""
    while key.pitch(step) < _LOW:
        step += 7
    while key.pitch(step) > _HIGH:
        step -= 7
    scale = {key.pitch(each) % 12 for each in range(7)}
    bent = {(note - 1) % 12 for note in chord if note not in scale}  # what a raised leading note would rub against
    for away in range(8):
        for each in (step - away, step + away):
            pitch = key.pitch(each)
            fits = pitch % 12 in chord if is_strong else key.is_calm(each) and pitch % 12 not in bent
            if _LOW <= pitch <= _HIGH and fits:
                return pitch
    return key.pitch(step)
