"""Scenes follow each other without gap, hold their narration, and meet a wanted length by breathing, not by cutting words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.artifacts import Artifact
from aigc_cli.media.schedule import reading_s, schedule
from aigc_cli.shapes import Speech
from aigc_cli.storyboard import Scene, Storyboard

AUDIO = Artifact(digest="0" * 64, media_type="audio/wav", size=44)


def take(seconds: float) -> Speech:
    return Speech(audio=AUDIO, words=(), duration_s=seconds, text="x", spoken="x", language="en", voice="v", provider="p")


def board(count: int, **fields: object) -> Storyboard:
    scenes = tuple(Scene(id=f"s{i}", layout="title", show={"headline": "Fresh every week"}, **fields) for i in range(count))
    return Storyboard(title="t", language="en", scenes=scenes)


lengths = st.lists(st.one_of(st.none(), st.floats(0.2, 12)), min_size=1, max_size=12)


@given(lengths, st.one_of(st.none(), st.floats(2, 120)), st.sampled_from([24, 25, 30, 60]))
def test_scenes_are_gapless_and_hold_their_takes(seconds: list[float | None], length_s: float | None, fps: int) -> None:
    takes = [None if s is None else take(s) for s in seconds]
    slots = schedule(board(len(seconds)), takes, fps, length_s)
    position = 0
    for slot, said in zip(slots, takes, strict=True):
        assert slot.start == position
        position += slot.frames
        if said:
            assert slot.speech_frames == math.ceil(said.duration_s * fps)
            assert slot.speech_start + slot.speech_frames <= slot.frames
        assert slot.fade_frames < slot.frames


@pytest.mark.parametrize("length_s", [18, 20, 22, 26])
def test_a_length_within_reach_is_met_exactly(length_s: float) -> None:
    slots = schedule(board(6), [take(2.6)] * 6, 30, length_s)
    assert slots[-1].start + slots[-1].frames == length_s * 30


def test_words_are_never_cut_for_a_length() -> None:
    slots = schedule(board(4), [take(5.0)] * 4, 30, 6)
    assert sum(slot.frames for slot in slots) >= 4 * 5 * 30


def test_min_s_is_kept_when_there_is_room() -> None:
    slots = schedule(board(2, min_s=4), [None, None], 30)
    assert all(slot.frames >= 120 for slot in slots)


def test_chinese_is_read_by_characters() -> None:
    short = Scene(id="a", layout="title", show={"headline": "新鲜"})
    long = Scene(id="a", layout="title", show={"headline": "本周新鲜烘焙的单一产地咖啡豆"})
    assert reading_s(long) - reading_s(short) == pytest.approx(12 / 6)
