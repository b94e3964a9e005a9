"""Cuts on beats: as many as fit, nobody cut short, the clip as long as before."""

from __future__ import annotations

import pytest

from aigc_cli.artifacts import Artifact
from aigc_cli.media.rhythm import on_beats
from aigc_cli.media.schedule import reading_s, schedule
from aigc_cli.shapes import Speech
from aigc_cli.storyboard import Scene, Storyboard

FPS = 30


def take(seconds):
    return Speech(
        audio=Artifact(digest="0" * 64, media_type="audio/wav", size=1), words=(), duration_s=seconds, text="x", spoken="x", language="en",
        voice="v", provider="p",
    )  # fmt: skip


def clip(*seconds, transition="cut"):
    """A clip whose scenes last for words of so many seconds; None says nothing."""
    scenes = tuple(
        Scene(id=f"s{n}", layout="title", say="x" if s else "", show={"headline": "Three words here"}, transition=transition)
        for n, s in enumerate(seconds)
    )
    board = Storyboard(title="T", language="en", scenes=scenes)
    return board, schedule(board, [take(s) if s else None for s in seconds], FPS)


def beats(bpm, until=120.0):
    return [k * 60 / bpm for k in range(int(until * bpm / 60))]


def cuts_off(slots, grid):
    return [min(abs((slot.start + slot.fade_frames // 2) / FPS - at) for at in grid) for slot in slots[1:]]


@pytest.mark.parametrize("transition", ["cut", "slide"])
@pytest.mark.parametrize("bpm", [84, 104, 118, 140])
def test_cuts_fall_on_beats_and_nothing_is_cut_short(bpm, transition):
    board, slots = clip(2.13, 3.37, 1.91, 4.02, 2.6, 1.2, 3.3, transition=transition)
    moved = on_beats(board, slots, beats(bpm), FPS)
    assert max(cuts_off(moved, beats(bpm))) <= 0.5 / FPS + 1e-9
    assert max(cuts_off(slots, beats(bpm))) > 0.1
    assert sum(slot.frames for slot in moved) == sum(slot.frames for slot in slots)
    for before, after in zip(moved, moved[1:], strict=False):
        assert after.start == before.start + before.frames
    for slot, own in zip(moved, slots, strict=True):
        assert abs(slot.start - own.start) <= 0.75 * FPS + 1
        assert slot.speech_frames == own.speech_frames
        assert slot.speech_start >= min(own.speech_start, round(0.12 * FPS))
        assert slot.frames - slot.speech_start - slot.speech_frames >= round(0.15 * FPS)


def test_a_scene_that_is_read_keeps_its_time():
    board, slots = clip(None, None, None)
    moved = on_beats(board, slots, beats(50), FPS)
    for slot, scene in zip(moved, board.scenes, strict=True):
        assert slot.frames >= min(reading_s(scene) * FPS, 1.6 * FPS) - 1e-6


def test_where_no_beat_is_near_a_cut_stays():
    board, slots = clip(2.0, 2.0, 2.0)
    assert on_beats(board, slots, [100.0, 101.0], FPS) == slots
    assert on_beats(board, slots, [], FPS) == slots


def test_the_first_beat_of_a_bar_is_preferred():
    board, slots = clip(3.0, 3.0)
    cut = slots[1].start / FPS
    near, downbeat = cut - 0.10, cut + 0.14
    moved = on_beats(board, slots, [near - 3, near - 2, near - 1, near, downbeat], FPS)
    assert moved[1].start == round(downbeat * FPS)
