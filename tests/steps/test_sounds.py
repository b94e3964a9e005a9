"""`sound.effect`: computed sounds, and where a scene puts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import ValidationError

from aigc_cli.errors import Refused
from aigc_cli.media.audio import mixing
from aigc_cli.media.audio.foley import sounds_at
from aigc_cli.media.audio.sound import RATE_HZ, decode, read_wav
from aigc_cli.media.schedule import Slot
from aigc_cli.providers.foley import Foley, named
from aigc_cli.shapes import SoundRequest, SoundTake
from aigc_cli.steps.sounds import Effect
from aigc_cli.storyboard import Scene, SoundName, Storyboard
from tests.desk import Desk


def make(desk: Desk, **asked: Any) -> tuple[SoundTake, Any]:
    take = SoundTake.model_validate(Effect(**asked).run(Foley(), desk))
    return take, read_wav(desk.open(take.audio))


@pytest.mark.parametrize("name", get_args(SoundName))
def test_every_sound_is_heard_and_begins_and_ends_without_a_click(tmp_path: Path, name: str) -> None:
    take, sound = make(Desk(tmp_path), name=name)
    assert sound.shape == (round(take.duration_s * RATE_HZ), 2)
    assert 0.85 < np.abs(sound).max() <= 0.91
    assert np.abs(sound[:3]).max() < 0.1
    assert np.abs(sound[-24:]).max() < 0.03
    assert 0 <= take.mark_s <= take.duration_s
    assert abs(float(sound.mean())) < 0.01
    assert make(Desk(tmp_path), name=name)[0] == take


def test_sounds_are_what_they_are_called(tmp_path: Path) -> None:
    def centre(name: str, part: slice = slice(None)) -> float:
        sound = make(Desk(tmp_path), name=name)[1].mean(axis=1)[part]
        power = np.abs(np.fft.rfft(sound)) ** 2
        return float((power * np.fft.rfftfreq(len(sound), 1 / RATE_HZ)).sum() / power.sum())

    assert centre("beep") == pytest.approx(1000, rel=0.02)
    assert centre("boom") < 150 < centre("wind") < 1500 < centre("rain")
    assert centre("ding") == pytest.approx(1318, rel=0.5)
    assert centre("riser", slice(0, RATE_HZ)) < centre("riser", slice(RATE_HZ, None))


def test_a_length_and_a_seed_are_kept(tmp_path: Path) -> None:
    take, sound = make(Desk(tmp_path), name="riser", duration_s=1.25)
    assert (take.duration_s, take.mark_s) == (1.25, 1.25)
    loud = np.abs(sound).max(axis=1)
    assert loud[: len(loud) // 3].max() < 0.3 < loud[-len(loud) // 5 :].max()
    drops = [make(Desk(tmp_path, seed=seed), name="rain", duration_s=1)[0].audio.digest for seed in (1, 1, 2)]
    assert drops[0] == drops[1] != drops[2]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("a camera shutter", "click"),
        ("heavy rain on leaves", "rain"),
        ("suspense build-up", "riser"),
        ("雨声", "rain"),
        ("a dog barks", ""),
    ],
)
def test_words_name_a_sound(tmp_path: Path, words: str, name: str) -> None:
    assert named(SoundRequest(prompt=words)) == name
    if not name:
        assert "no sound for" in str(Foley().misfit(Effect(prompt=words)))
        with pytest.raises(Refused, match="no sound for"):
            make(Desk(tmp_path), prompt=words)


def test_a_scene_says_what_is_heard_and_where() -> None:
    assert Scene.model_validate({"id": "a", "layout": "title", "sound": "riser"}).sound.name == "riser"  # type: ignore[union-attr]
    assert Scene.model_validate({"id": "a", "layout": "title", "sound": "a dog barks"}).sound.prompt == "a dog barks"  # type: ignore[union-attr]
    with pytest.raises(ValidationError, match="whoosh"):
        Scene.model_validate({"id": "a", "layout": "title", "sound": {"name": "bang"}})
    with pytest.raises(ValidationError, match="`prompt`"):
        Effect()


@pytest.mark.parametrize(("at", "second"), [("start", 2.0), ("speech", 2.5), ("middle", 4.0), ("end", 6.0)])
def test_the_mark_of_a_sound_stands_on_its_moment(tmp_path: Path, at: str, second: float) -> None:
    desk = Desk(tmp_path)
    take, _ = make(desk, name="riser", duration_s=1)
    scenes = [
        {"id": "a", "layout": "title"},
        {"id": "b", "layout": "title", "sound": {"name": "riser", "at": at, "after_s": 0.25, "gain_db": 3}},
    ]
    board = Storyboard.model_validate({"title": "t", "language": "en", "scenes": scenes})
    slots = [
        Slot(scene=name, start=start, frames=frames, speech_start=15, speech_frames=30, fade_frames=0)
        for name, start, frames in (("brand-intro", 0, 30), ("a", 30, 30), ("b", 60, 120))
    ]
    ((first, audio, gain),) = sounds_at(board, slots, (None, take), 30)
    assert (first, audio, gain) == (round((second + 0.25 - 1) * RATE_HZ), take.audio, 3)


def test_a_sound_is_in_the_mix_where_it_belongs(tmp_path: Path) -> None:
    _, boom = make(Desk(tmp_path), name="boom")
    target = tmp_path / "mix.m4a"
    mixing.finish(target, 150, 30, sounds=[(2 * RATE_HZ, boom, 0.0)])
    heard = np.abs(decode(target)).max(axis=1)
    assert heard[: int(1.9 * RATE_HZ)].max() < 0.01
    assert heard[2 * RATE_HZ : int(2.3 * RATE_HZ)].max() > 0.1
