"""Beats are found where they are; the user's own music goes on from bar to bar, and says so when it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.media.audio.beats import find_beats
from aigc_cli.media.audio.music.arrangement import arrange
from aigc_cli.media.audio.music.rendering import render
from aigc_cli.media.audio.own_music import fit
from aigc_cli.media.audio.sound import RATE_HZ, write_wav


def clicks(bpm, seconds, first=0.37):
    """Clicks on every beat, a deep stroke with the first of four; and when they are."""
    sound = np.zeros(round(seconds * RATE_HZ) + 9600)
    t = np.arange(9600) / RATE_HZ
    click, stroke = 0.5 * np.sin(2 * np.pi * 1000 * t) * np.exp(-t / 0.006), 0.8 * np.sin(2 * np.pi * 60 * t) * np.exp(-t / 0.05)
    beats = np.arange(first, seconds, 60 / bpm)
    for k, at in enumerate(beats):
        start = round(at * RATE_HZ)
        sound[start : start + 9600] += click + (stroke if k % 4 == 0 else 0)
    stereo = np.repeat(sound[: round(seconds * RATE_HZ), None], 2, axis=1)
    return stereo.astype(np.float32), beats


def off(found, true):
    return np.array([np.abs(np.asarray(true) - at).min() for at in found])


@pytest.mark.parametrize("bpm", [63, 90, 128])
def test_beats_of_clicks(bpm):
    sound, beats = clicks(bpm, 20)
    found = find_beats(sound)
    assert found.tempo_bpm == pytest.approx(bpm, rel=0.005)
    assert off(found.beats_s, beats).max() < 0.02
    assert off(beats[4:-1], found.beats_s).max() < 0.02  # none is left out
    assert off(found.beats_s[::4], beats[::4]).max() < 0.02  # the first of each bar too


@pytest.mark.parametrize("mood", ["upbeat", "newsroom", "corporate", "cinematic", "calm"])
def test_beats_of_music(mood):
    score = arrange(mood, 24, 3)
    found = find_beats(np.concatenate(list(render(score, 24 * RATE_HZ))))
    assert found.tempo_bpm == pytest.approx(score.tempo_bpm, rel=0.005)
    assert np.mean(off(found.beats_s, score.beats_s) < 0.03) > 0.9


def test_a_tempo_that_is_known_is_kept():
    sound, _ = clicks(90, 20)
    assert find_beats(sound, tempo_bpm=180).tempo_bpm == pytest.approx(180, rel=0.03)


@pytest.mark.parametrize("kind", ["noise", "tone", "silence", "short"])
def test_what_has_no_pulse_has_no_beats(kind):
    length = (2 if kind == "short" else 15) * RATE_HZ
    t = np.arange(length) / RATE_HZ
    sound = {
        "noise": 0.1 * np.random.default_rng(1).standard_normal(length), "tone": 0.3 * np.sin(2 * np.pi * 220 * t),
        "silence": np.zeros(length), "short": 0.3 * np.sin(2 * np.pi * 220 * t),
    }[kind]  # fmt: skip
    assert find_beats(np.repeat(sound[:, None], 2, 1).astype(np.float32)).beats_s == ()


def file(tmp_path, sound, name="own.wav"):
    write_wav(tmp_path / name, sound)
    return tmp_path / name


def whole(fitted):
    return np.concatenate(list(fitted.pieces))


def test_short_music_goes_on_without_losing_a_beat(tmp_path):
    sound, _ = clicks(120, 13.3)
    made = fit(file(tmp_path, sound), 40 * RATE_HZ)
    heard = whole(made)
    assert heard.shape == (40 * RATE_HZ, 2)
    gaps = np.diff(made.beats_s)
    assert np.abs(gaps - 0.5).max() < 0.02
    assert made.beats_s[-1] > 39
    # the clicks are heard where the beats are said to be, over both seams, until the fade
    again = find_beats(heard)
    assert off([at for at in again.beats_s if at < 36], made.beats_s).max() < 0.025
    assert np.abs(heard[-200:]).max() < 0.01


def test_long_music_ends_early_and_fades(tmp_path):
    t = np.arange(20 * RATE_HZ) / RATE_HZ
    made = fit(file(tmp_path, np.repeat(0.5 * np.sin(2 * np.pi * 200 * t)[:, None], 2, 1).astype(np.float32)), 8 * RATE_HZ, fade_in_s=1)
    heard = whole(made)
    loud = [np.abs(heard[round(a * RATE_HZ) : round(b * RATE_HZ)]).max() for a, b in ((0, 0.1), (2, 5), (7, 7.1), (7.9, 8))]
    assert loud[0] < 0.05 < 0.49 < loud[1]
    assert 0.2 < loud[2] < 0.3
    assert loud[3] < 0.02
    assert "no beat" in made.notes[0]


def test_music_without_beats_is_crossfaded(tmp_path):
    random = np.random.default_rng(2)
    sound = 0.2 * random.standard_normal((6 * RATE_HZ, 2)).astype(np.float32)
    heard = whole(fit(file(tmp_path, sound), 20 * RATE_HZ))
    power = np.square(heard[: 17 * RATE_HZ]).reshape(-1, RATE_HZ // 10, 2).mean(axis=(1, 2))
    assert power.max() < 1.6 * power.min()  # neither a hole nor a swell at the seams


def test_who_made_it_is_read_from_the_file(tmp_path):
    import av

    with av.open(str(tmp_path / "a.m4a"), "w") as out:
        out.metadata.update({"title": "Blue\nMorning", "artist": "The Larks", "copyright": "CC BY 4.0"})
        stream = out.add_stream("aac", rate=RATE_HZ, layout="stereo")
        frame = av.AudioFrame.from_ndarray(clicks(100, 6)[0].T.copy(), "fltp", "stereo")
        frame.sample_rate, frame.pts = RATE_HZ, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    assert fit(tmp_path / "a.m4a", 5 * RATE_HZ).credit == "“Blue Morning” by The Larks (CC BY 4.0)"


@pytest.mark.parametrize("kind, said", [
    ("silent", "is silent"), ("second", "too little to be repeated"), ("damaged", "cannot be used"), ("text", "cannot be used"),
    ("late", "there is nothing at"),
])  # fmt: skip
def test_what_is_no_music_is_refused_by_its_name(tmp_path, kind, said):
    sound, _ = clicks(120, {"second": 1}.get(kind, 5))
    path = file(tmp_path, sound * (kind != "silent"))
    if kind == "damaged":
        path.write_bytes(path.read_bytes()[:20])
    elif kind == "text":
        path.write_text("#EXTM3U\nfile:///etc/passwd\n")
    with pytest.raises(WorkflowError, match=rf"`song`.* {said}") as found:
        fit(path, 20 * RATE_HZ, name="song", start_s=9 if kind == "late" else 0)
    assert found.value.hint
