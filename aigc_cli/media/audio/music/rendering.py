"""Plays a score: notes become sound, piece by piece, so that memory does not grow with the length of the music."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aigc_cli.media.audio.music.drums import DRUMS, drum
from aigc_cli.media.audio.music.instruments import INSTRUMENTS
from aigc_cli.media.audio.sound import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aigc_cli.media.audio.music.arrangement import Note, Score

    Samples = NDArray[np.float32]

_FFT = 1 << 19
_LONGEST_S = 14.0  # no note sounds longer
_KNEE = 0.80  # the peak level from which the last limiter bends the wave; it never passes 0.98
_WET = {"pad": 0.30, "pluck": 0.26, "lead": 0.34, "bass": 0.02, "kick": 0.02, "boom": 0.12, "cymbal": 0.2, "rise": 0.3}
_FADE_S = 1.6


def render(score: Score, length: int) -> Iterator[Samples]:
    """Plays a score as float32 (samples, 2) at 48 kHz, in pieces that add up to exactly `length` samples.

    Peaks stay below 0.98. The sound has faded to nothing at the end.
    """
    import numpy as np

    room = _room(score.style.room_s)
    piece = _FFT - len(room) + 1
    rooms = np.fft.rfft(room, _FFT, axis=0)
    reach = int(_LONGEST_S * RATE_HZ)
    dry, wet = np.zeros((piece + reach, 2), np.float32), np.zeros((piece + reach, 2), np.float32)
    echo = np.zeros((len(room) - 1, 2), np.float32)
    player = _Player(score)
    notes = iter(score.notes)
    waiting = next(notes, None)
    for start in range(0, length, piece):
        while waiting is not None and player.starts(waiting) < start + piece:
            player.play(waiting, dry, wet, start, length)
            waiting = next(notes, None)
        heard = np.fft.irfft(np.fft.rfft(wet[:piece], _FFT, axis=0) * rooms, _FFT, axis=0).astype(np.float32)
        out = dry[:piece] + heard[:piece]
        out[: len(echo)] += echo[:piece]
        echo = heard[piece:]
        here = out[: min(piece, length - start)]
        _fade_out(here, start, length)
        yield _bend(here)
        for bus in (dry, wet):
            bus[:reach] = bus[piece:].copy() if reach <= piece else bus[piece : piece + reach].copy()
            bus[reach:] = 0


class _Player:
    def __init__(self, score: Score) -> None:
        self._score = score
        self._beat = 60 / score.tempo_bpm
        self._levels = dict(score.style.levels)
        self._known: dict[tuple[str, int, int], Samples] = {}

    def starts(self, note: Note) -> int:
        """The sample on which a note begins. A rise begins late enough to end on the bar."""
        at = round(note.beat * self._beat * RATE_HZ)
        if note.part == "rise":
            return max(0, round((note.beat + note.beats) * self._beat * RATE_HZ) - len(drum("rise")))
        return at

    def play(self, note: Note, dry: Samples, wet: Samples, origin: int, length: int) -> None:
        import numpy as np

        sound = self._sound(note)
        first = max(self.starts(note) - origin, 0)
        last = min(first + len(sound), len(dry), length - origin)
        if last <= first:
            return
        angle = (note.pan + 1) * np.pi / 4
        sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2))
        level = np.float32(self._levels.get(note.part, 0.0) * note.loud**1.3)
        heard = sound[: last - first] * (sides * level)
        dry[first:last] += heard
        wet[first:last] += heard * np.float32(_WET.get(note.part, 0.12))

    def _sound(self, note: Note) -> Samples:
        style = self._score.style
        if note.part in DRUMS:
            return drum(note.part)
        seconds = min(note.beats * self._beat, _LONGEST_S - 2)
        key = (note.part, note.pitch, round(seconds * 1000))
        if key not in self._known:
            name = {"pad": style.pad, "pluck": style.pluck, "lead": style.lead, "bass": style.low}[note.part]
            self._known[key] = INSTRUMENTS[name].sound(note.pitch, seconds)
        return self._known[key]


def _room(seconds: float) -> Samples:
    """The impulse response of a room: noise that dies away by 60 dB in `seconds`, duller as it goes, different on each side."""
    import numpy as np

    length = int(seconds * RATE_HZ)
    noise = np.random.Generator(np.random.PCG64(11)).standard_normal((length, 2))
    t = np.arange(length) / RATE_HZ
    spectrum = np.fft.rfft(noise, axis=0)
    frequency = np.fft.rfftfreq(length, 1 / RATE_HZ)[:, None]
    bright = np.fft.irfft(spectrum / (1 + (frequency / 5200) ** 2) * (frequency / (frequency + 180)), length, axis=0)
    dull = np.fft.irfft(spectrum / (1 + (frequency / 1600) ** 2) * (frequency / (frequency + 180)), length, axis=0)
    late = np.minimum(t / (0.4 * seconds), 1)[:, None]
    made = (bright * (1 - late) + dull * late) * np.exp(-6.9 * t / seconds)[:, None]
    before = int(0.018 * RATE_HZ)
    made = np.concatenate([np.zeros((before, 2)), made * np.minimum(1, t / 0.004)[:, None]])[:length]
    room: Samples = (made / np.sqrt(np.square(made).sum(axis=0))).astype(np.float32)
    return room


def _fade_out(sound: Samples, start: int, length: int) -> None:
    """Fades the piece's last 1.6 s, or half of what is shorter, along a raised cosine."""
    import numpy as np

    fade = min(int(_FADE_S * RATE_HZ), length // 2)
    first = length - fade
    inside = max(first - start, 0)
    if fade and inside < len(sound):
        place = (np.arange(start + inside, start + len(sound)) - first + 1) / fade
        sound[inside:] *= (0.5 + 0.5 * np.cos(np.pi * place)).astype(np.float32)[:, None]


def _bend(sound: Samples) -> Samples:
    """Bends what passes the knee so that it stays below 0.98."""
    import numpy as np

    size = np.abs(sound)
    over = size > _KNEE
    if over.any():
        room = np.float32(0.98 - _KNEE)
        sound[over] = np.sign(sound[over]) * (_KNEE + room * np.tanh((size[over] - _KNEE) / room))
    return sound
