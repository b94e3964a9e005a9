"""From a mood, a length and a seed to notes: sections, chords, who plays when, and an ending on the cadence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aigc_cli.media.audio.music.melody import invent, sing, vary
from aigc_cli.media.audio.music.styles import STYLES, Style
from aigc_cli.media.audio.music.theory import Key, lead_voices

if TYPE_CHECKING:
    import numpy as np

# What it takes before a part joins in: a section's level, moved by the wish for energy.
_NEEDS = {
    "pad": -1.0,
    "pluck": 0.05,
    "bass": 0.30,
    "shaker": 0.46,
    "tick": 0.46,
    "hat": 0.55,
    "kick": 0.55,
    "boom": 0.50,
    "lead": 0.70,
    "snap": 0.66,
    "snare": 0.66,
    "clap": 0.70,
    "cymbal": 0.75,
    "rise": 0.75,
}
_LEVELS = {"intro": 0.30, "verse": 0.62, "chorus": 0.85, "break": 0.42}
_STRETCH = 0.06  # how far a mood's own tempo may bend so that the last bar is whole


@dataclass(frozen=True)
class Note:
    """Something one part plays: when and how long in beats, at a MIDI pitch, at 0..1 loudness, from -1 left to 1 right."""

    beat: float
    beats: float
    part: str
    pitch: int = 0
    loud: float = 1.0
    pan: float = 0.0


@dataclass(frozen=True)
class Score:
    """A piece: its notes by beat, and how long a beat lasts."""

    notes: tuple[Note, ...]
    tempo_bpm: float
    duration_s: float
    style: Style
    key: Key

    @property
    def beats_s(self) -> tuple[float, ...]:
        """When the beats fall."""
        beat_s = 60 / self.tempo_bpm
        count = int(self.duration_s / beat_s + 1e-9) + 1
        return tuple(at for at in (round(number * beat_s, 6) for number in range(count)) if at < self.duration_s)


@dataclass(frozen=True)
class _Section:
    kind: str
    bar: int
    bars: int


def arrange(
    mood: str, duration_s: float, seed: int, *, tempo_bpm: float | None = None, key: str | None = None, energy: float = 0.5
) -> Score:
    """Writes a piece of `duration_s` seconds: introduction, verses and choruses, a cadence, and a last chord that rings out.

    A tempo that is given is kept; the mood's own bends by up to 6 % so that the last chord has a whole bar.
    """
    import numpy as np

    style = STYLES[mood]
    home = Key.parse(key or style.key)
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF, *mood.encode()]))
    tempo, end = _tempo(style.tempo_bpm, tempo_bpm, duration_s)
    bars = end // 4
    writer = _Writer(style, home, energy, random)
    for section in _form(bars):
        writer.write(section, is_last=section.bar + section.bars == bars)
    writer.finish(end, duration_s * tempo / 60 - end)
    notes = tuple(sorted(writer.notes, key=lambda note: (note.beat, note.part, note.pitch)))
    return Score(notes, tempo, duration_s, style, home)


def _tempo(own: float, asked: float | None, duration_s: float) -> tuple[float, int]:
    """The tempo, and the beat on which the last chord falls: the first of a bar, two to six beats before the end."""
    tempo = asked or own
    beats = duration_s * tempo / 60
    end = max(0, 4 * round((beats - 4) / 4)) if beats >= 6 else 0
    if asked is None and end:
        fitted = (end + 4) * 60 / duration_s
        if abs(fitted / tempo - 1) <= _STRETCH:
            tempo = fitted
    return tempo, end


def _form(bars: int) -> list[_Section]:
    """Sections that fill the bars before the last chord; the last of them is a chorus."""
    opening = 0 if bars <= 2 else 1 if bars <= 6 else 2 if bars <= 20 else 4
    made = [_Section("intro", 0, opening)] if opening else []
    rest = bars - opening
    block = 4 if rest < 24 else 8
    count = max(1, round(rest / block))
    if rest > 0:
        sizes = [block] * (count - 1)
        sizes.append(rest - sum(sizes))
        cycle = ("verse", "chorus", "verse", "chorus", "break", "chorus")
        kinds = [cycle[number % len(cycle)] for number in range(count - 1)] + ["chorus"]
        bar = opening
        for kind, size in zip(kinds, sizes, strict=True):
            made.append(_Section(kind, bar, size))
            bar += size
    return made


class _Writer:
    def __init__(self, style: Style, key: Key, energy: float, random: np.random.Generator) -> None:
        self.style, self.key, self.energy, self.random = style, key, energy, random
        self.notes: list[Note] = []
        self._voices: tuple[int, ...] = ()
        self._verse = style.verse[int(random.integers(len(style.verse)))]
        self._chorus = style.chorus[int(random.integers(len(style.chorus)))]
        self._arp = style.arp[int(random.integers(len(style.arp)))]
        self._motifs = {kind: invent(style.rhythms, random) for kind in ("verse", "chorus")}
        self._start = int(random.choice((4, 7, 9)))
        self._parts = dict(style.levels)

    def write(self, section: _Section, *, is_last: bool) -> None:
        level = _LEVELS[section.kind] + 0.9 * (self.energy - 0.5)
        plays = {part for part in self._parts if level >= _NEEDS[part]}
        symbols = self._chords(section, is_last=is_last)
        chords = [[self.key.chord(symbol) for symbol in bar] for bar in symbols]
        for number, bar in enumerate(chords):
            beat = 4.0 * (section.bar + number)
            is_fill = number == section.bars - 1 and section.bars > 1
            self._play_chords(bar, beat, plays, calm=section.kind in ("intro", "break"))
            self._play_drums(beat, plays, is_fill=is_fill)
        if "lead" in plays and section.kind in ("verse", "chorus"):
            self._play_melody(section, [half for bar in chords for half in (bar[0], bar[-1])])
        if "cymbal" in plays and section.bar:
            self._add(4.0 * section.bar, 4, "cymbal", loud=0.8)
        if "rise" in plays and section.bars >= 4 and is_last is False:
            self._add(4.0 * (section.bar + section.bars) - 4.0, 4, "rise", loud=0.7)

    def finish(self, end: int, ring: float) -> None:
        """The last chord: strummed, over its root, ringing to the end."""
        tonic = self.key.chord("1")
        voices = lead_voices(tonic, self._voices)
        for number, pitch in enumerate(voices):
            self._add(end, ring, "pad", pitch, 0.9)
            if "pluck" in self._parts:
                self._add(end + 0.06 * number, ring, "pluck", pitch + 12, 0.75, pan=0.25 * (number - 1))
        self._add(end, ring, "bass", self._bass_pitch(tonic[0]), 0.9)
        if self.energy > 0.05 and end:
            for part in ("kick", "boom"):
                if part in self._parts:
                    self._add(end, 4, part, loud=0.8)
            if "cymbal" in self._parts:
                self._add(end, 4, "cymbal", loud=0.7)

    def _chords(self, section: _Section, *, is_last: bool) -> list[tuple[str, ...]]:
        turn = self._chorus if section.kind == "chorus" else self._verse
        bars: list[tuple[str, ...]] = [(turn[number % len(turn)],) for number in range(section.bars)]
        if is_last:
            bars[-1] = self.style.cadence
        return bars

    def _play_chords(self, bar: list[tuple[int, ...]], beat: float, plays: set[str], *, calm: bool) -> None:
        each = 4.0 / len(bar)
        for number, chord in enumerate(bar):
            at = beat + each * number
            self._voices = lead_voices(chord, self._voices)
            if "pad" in plays:
                held = each if not self.style.is_stab or calm else min(each, 1.5)
                for pitch in self._voices:
                    self._add(at, held, "pad", pitch, 0.75 if calm else 0.85)
            if "bass" in plays:
                self._play_bass(chord, at, each, calm=calm)
            if "pluck" in plays:
                self._play_arp(at, each, calm=calm)

    def _play_bass(self, chord: tuple[int, ...], at: float, length: float, *, calm: bool) -> None:
        root = self._bass_pitch(chord[0])
        pattern = "1..............." if calm else self.style.bass
        hits = [place for place, mark in enumerate(pattern[: int(4 * length)]) if mark != "."]
        for here, following in zip(hits, [*hits[1:], int(4 * length)], strict=True):
            up = {"1": 0, "5": 7, "8": 12}[pattern[here]]
            loud = (0.95 if here % 8 == 0 else 0.8) - (0.1 if calm else 0)
            self._add(at + here / 4, (following - here) / 4 * 0.92, "bass", root + up, loud)

    def _play_arp(self, at: float, length: float, *, calm: bool) -> None:
        tones = [pitch + 12 for pitch in self._voices[:3]]
        tones = [*tones, tones[0] + 12]
        is_sparse = calm and self._arp[::4].count(".") < 2
        for place, mark in enumerate(self._arp[: int(4 * length)]):
            if mark == "." or (is_sparse and place % 4):
                continue
            loud = (0.80 if place % 4 == 0 else 0.62) + float(self.random.uniform(-0.06, 0.06))
            self._add(at + place / 4, 1.0, "pluck", tones[int(mark) - 1], loud, pan=0.35 if place % 8 < 4 else -0.35)

    def _play_drums(self, beat: float, plays: set[str], *, is_fill: bool) -> None:
        for part, pattern in self.style.drums:
            if part not in plays or part not in self._parts:
                continue
            pan = {"hat": 0.25, "shaker": -0.35, "tick": 0.3, "snap": 0.1}.get(part, 0.0)
            for place, mark in enumerate(pattern):
                if mark != "." and not (is_fill and place >= 12 and part in ("kick", "hat")):
                    loud = int(mark) / 9 * float(self.random.uniform(0.9, 1.0))
                    self._add(beat + place / 4, 1, part, loud=loud, pan=pan)
        if is_fill:
            fill = next((each for each in ("clap", "snare", "snap", "boom") if each in plays), "")
            for late, loud in ((3.5, 0.55), (3.75, 0.75)) if fill else ():
                self._add(beat + late, 1, fill, loud=loud)

    def _play_melody(self, section: _Section, chords: list[tuple[int, ...]]) -> None:
        motif = self._motifs[section.kind]
        start = self._start if section.kind == "verse" else self._start + 2
        phrase = (motif, motif, vary(motif, self.random), motif)
        pairs = (section.bars + 1) // 2
        for number in range(pairs):
            halves = chords[4 * number : 4 * number + 4]
            is_answer = number % 4 == 3 or number == pairs - 1
            at = 4.0 * (section.bar + 2 * number)
            for beat, beats, pitch in sing(phrase[number % 4], self.key, halves, start, is_answer=is_answer):
                if beat < 2 * len(halves):
                    loud = 0.85 if beat % 2 == 0 else 0.7
                    self._add(at + beat, min(beats, 2 * len(halves) - beat), "lead", pitch, loud, pan=-0.08)

    def _bass_pitch(self, pitch_class: int) -> int:
        return 33 + (pitch_class - 33) % 12 if (pitch_class - 33) % 12 >= 3 else 45 + (pitch_class - 33) % 12

    def _add(self, beat: float, beats: float, part: str, pitch: int = 0, loud: float = 1.0, *, pan: float = 0.0) -> None:
        swung = beat
        if self.style.swing:
            whole, part_of = divmod(beat, 1.0)
            middle = 0.5 + self.style.swing / 2
            swung = whole + (part_of * 2 * middle if part_of < 0.5 else middle + (part_of - 0.5) * 2 * (1 - middle))
        self.notes.append(Note(swung, beats, part, pitch, loud, pan))
