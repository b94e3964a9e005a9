from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aigc_cli.artifacts import Artifact, Store
from aigc_cli.media.audio.loudness import integrated_lufs, momentary_lufs, true_peak_dbtp
from aigc_cli.media.audio.music.arrangement import arrange
from aigc_cli.media.audio.music.melody import invent, sing
from aigc_cli.media.audio.music.rendering import render
from aigc_cli.media.audio.music.styles import STYLES
from aigc_cli.media.audio.music.theory import Key, lead_voices
from aigc_cli.media.audio.sound import read_wav
from aigc_cli.providers.composer import Composer
from aigc_cli.shapes import Mood, MusicRequest, Track

RATE = 48_000
MOODS = get_args(Mood)


class Bench:
    """The part of a context that a composer uses, over a real store."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.scratch, self.seed, self.store = folder / "scratch", seed, Store(folder / "store")
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.fractions: list[float] = []

    def save(self, content: bytes | Path, media_type: str, name: str = "") -> Artifact:
        assert isinstance(content, Path)
        return self.store.put_file(content, media_type, name)

    def progress(self, fraction: float, text: str = "") -> None:
        self.fractions.append(fraction)


def play(mood: str, seconds: float, seed: int = 0, **wishes: Any) -> np.ndarray:
    return np.concatenate(list(render(arrange(mood, seconds, seed, **wishes), round(seconds * RATE))))


@pytest.mark.parametrize("mood", MOODS)
def test_a_piece_is_sound_in_every_respect(mood: str) -> None:
    sound = play(mood, 24)
    assert sound.shape == (24 * RATE, 2)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < 0.98
    assert -21 < integrated_lufs(sound) < -15
    assert true_peak_dbtp(sound) < 0
    assert np.abs(sound.mean(axis=0)).max() < 1e-3  # no direct current
    assert 0.2 < np.corrcoef(sound.T)[0, 1] < 0.95  # wide, and still there on one loudspeaker
    assert np.abs(sound[0]).max() < 0.01
    assert np.abs(sound[-10:]).max() < 1e-4
    curve = np.array(momentary_lufs(sound))
    assert curve[4:-25].min() > integrated_lufs(sound) - 16  # nowhere a hole
    assert curve[-4] < integrated_lufs(sound) - 10  # it has faded


@pytest.mark.parametrize("mood", MOODS)
def test_the_spectrum_is_balanced(mood: str) -> None:
    sound = play(mood, 24).mean(axis=1)
    power, hertz = np.abs(np.fft.rfft(sound)) ** 2, np.fft.rfftfreq(len(sound), 1 / RATE)

    def share_db(low: float, high: float) -> float:
        return float(10 * np.log10(power[(hertz >= low) & (hertz < high)].sum() / power.sum()))

    assert share_db(5, 45) < -12  # what no loudspeaker plays
    assert share_db(60, 250) > -10
    assert share_db(250, 2000) > -8
    assert -32 < share_db(2000, 12_000) < -6


@given(
    mood=st.sampled_from(MOODS),
    seconds=st.floats(0.5, 40),
    tempo=st.one_of(st.none(), st.floats(40, 220)),
    key=st.one_of(st.none(), st.from_regex(r"\A[A-G][#b]?m?\Z")),
    energy=st.floats(0, 1),
    seed=st.integers(0, 2**63),
)
@settings(max_examples=150, deadline=None)
def test_every_wish_gives_a_piece_that_ends_in_time(mood, seconds, tempo, key, energy, seed) -> None:
    score = arrange(mood, seconds, seed, tempo_bpm=tempo, key=key, energy=energy)
    beats = seconds * score.tempo_bpm / 60
    assert score.notes
    assert all(0 <= note.beat < beats and note.beats > 0 for note in score.notes)
    assert all(24 <= note.pitch <= 103 for note in score.notes if note.pitch)
    assert all(0 < note.loud <= 1 for note in score.notes)
    if tempo is not None:
        assert score.tempo_bpm == tempo
    last = max(note.beat for note in score.notes if note.part == "pad")
    final = {note.pitch % 12 for note in score.notes if note.part == "pad" and note.beat == last}
    assert final == set(score.key.chord("1"))
    assert last % 4 == 0


@pytest.mark.parametrize("seconds", [0.5, 0.77, 1.3, 2.9, 5.0, 11.111])
@pytest.mark.parametrize("mood", ["calm", "playful"])
def test_short_pieces_are_exact_and_audible(mood: str, seconds: float) -> None:
    sound = play(mood, seconds)
    assert len(sound) == round(seconds * RATE)
    assert integrated_lufs(sound) > -35
    assert np.abs(sound[-1]).max() < 1e-3


def test_beats_are_where_the_drums_are() -> None:
    score = arrange("upbeat", 30, 0, energy=1)
    sound = play("upbeat", 30, energy=1)
    power = np.square(sound[:, 0])
    kicks = [note for note in score.notes if note.part == "kick" and note.beat % 2 == 0 and 8 <= note.beat < 48]
    assert len(kicks) > 10
    beats = np.array(score.beats_s)
    for note in kicks:
        at = note.beat * 60 / score.tempo_bpm
        assert np.abs(beats - at).min() < 1e-5
        start = round(at * RATE)
        assert power[start : start + 2400].mean() > 1.5 * power[start - 2400 : start].mean()


def test_beats_lie_inside_and_apart_by_the_tempo() -> None:
    score = arrange("corporate", 20, 0)
    assert score.beats_s[0] == 0
    assert score.beats_s[-1] < 20
    assert np.allclose(np.diff(score.beats_s), 60 / score.tempo_bpm, atol=1e-5)


@pytest.mark.parametrize("mood", MOODS)
def test_without_energy_there_are_no_drums_and_with_it_there_are_more_notes(mood: str) -> None:
    quiet, loud = (arrange(mood, 30, 1, energy=energy) for energy in (0, 1))
    assert {note.part for note in quiet.notes} <= {"pad", "pluck", "bass", "lead"}
    assert len(loud.notes) > 1.3 * len(quiet.notes)
    assert {part for part, _ in STYLES[mood].drums} <= {note.part for note in loud.notes}


def test_seed_mood_and_key_change_the_piece_and_nothing_else_does() -> None:
    same = [play("calm", 8, 3).tobytes() for _ in range(2)]
    assert same[0] == same[1]
    others = [play("calm", 8, 4), play("playful", 8, 3), play("calm", 8, 3, key="E"), play("calm", 8, 3, tempo_bpm=60)]
    assert len({same[0], *(each.tobytes() for each in others)}) == 5


def test_a_key_that_is_asked_for_is_heard() -> None:
    for key, mode in (("A", {9, 11, 1, 2, 4, 6, 8}), ("Cm", {0, 2, 3, 5, 7, 8, 10})):
        score = arrange("calm", 30, 2, key=key)
        assert {note.pitch % 12 for note in score.notes if note.pitch} <= mode


def test_voices_move_little() -> None:
    key = Key.parse("C")
    before = lead_voices(key.chord("1"), ())
    for symbol in ("6", "4", "5", "1add9", "27", "5sus", "1"):
        here = lead_voices(key.chord(symbol), before)
        assert {pitch % 12 for pitch in here} == set(key.chord(symbol))
        assert sum(min(abs(pitch - old) for old in before) for pitch in here) <= 8
        assert here == tuple(sorted(here))
        before = here


@given(st.integers(0, 10_000), st.sampled_from(["C", "F#", "Ebm", "A", "Bm"]))
@settings(max_examples=60, deadline=None)
def test_melodies_are_singable(seed: int, tonic: str) -> None:
    key = Key.parse(tonic)
    chords = [key.chord(symbol) for symbol in ("1", "1", "4", "5")]
    random = np.random.default_rng(seed)
    notes = sing(invent(STYLES["upbeat"].rhythms, random), key, chords, 4, is_answer=bool(seed % 2))
    pitches = [pitch for _, _, pitch in notes]
    assert all(67 <= pitch <= 86 for pitch in pitches)
    assert all(abs(second - first) <= 14 for first, second in zip(pitches, pitches[1:], strict=False))
    for beat, _, pitch in notes:
        if beat % 1 == 0:
            assert pitch % 12 in chords[min(int(beat // 2), 3)]


def test_the_track_says_what_the_file_is(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    track = Composer().compose(MusicRequest(mood="newsroom", duration_s=7.25, tempo_bpm=120), bench)
    assert isinstance(track, Track)
    sound = read_wav(bench.store.open(track.audio))
    assert sound.shape == (round(7.25 * RATE), 2)
    assert track.duration_s == 7.25
    assert track.tempo_bpm == 120
    assert track.beats_s[:3] == (0.0, 0.5, 1.0)
    assert track.mood == "newsroom"
    assert bench.fractions[-1] == 1.0
    again = Composer().compose(MusicRequest(mood="newsroom", duration_s=7.25, tempo_bpm=120), Bench(tmp_path / "again"))
    assert again.audio.digest == track.audio.digest


@pytest.mark.slow
def test_ten_minutes_are_exact_and_joined_without_clicks() -> None:
    score = arrange("corporate", 600, 0)
    steps, total, before = [], 0, np.zeros(2, np.float32)
    for piece in render(score, 600 * RATE):
        steps.append((np.abs(piece[0] - before).max(), np.abs(np.diff(piece[:2000], axis=0)).max()))
        total, before = total + len(piece), piece[-1]
    assert total == 600 * RATE
    assert all(join < 0.3 for join, _ in steps)


@pytest.mark.parametrize(
    "wrong", [{"mood": "angry"}, {"duration_s": 0.4}, {"duration_s": 3601}, {"key": "H"}, {"tempo_bpm": 10}, {"energy": 2}]
)
def test_what_cannot_be_asked_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MusicRequest(**{"mood": "calm", "duration_s": 5, **wrong})
