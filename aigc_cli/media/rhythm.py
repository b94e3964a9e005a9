"""Scenes change on the beat: the ends of scenes move to beats of the music, as far as nobody is cut short."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from aigc_cli.media.schedule import SHORTEST_S, SQUEEZED_LEAD_S, SQUEEZED_TAIL_S, Slot, footage_s, reading_s
from aigc_cli.storyboard import Storyboard

_REACH_S = 0.75  # a cut moves no further
_STAYS = 1.0  # what a cut that falls on no beat costs; one on a beat costs the seconds by which it was moved
_FIRST_OF_BAR = 0.12  # what a cut gains on the first beat of a bar
_MOST_LEAD_S = 0.25  # added before the first word when a scene grows
_BAR = 4


def on_beats(board: Storyboard, slots: Sequence[Slot], beats_s: Sequence[float], fps: int) -> tuple[Slot, ...]:
    """The same scenes, as long in all, their cuts on beats where that is possible.

    Args:
        board: the scenes.
        slots: where they stand, as `schedule` gives it.
        beats_s: when the beats fall, in seconds of the clip, the first of each bar every fourth.
        fps: frames per second.

    A scene keeps the time that its words, its reading or its film need; a cut moves by at most 0.75 s, and of all ways to move them
    the one is taken that leaves the fewest cuts off the beat and moves them least. The middle of a transition counts as its cut.
    """
    count = len(slots)
    floors = [_floor(board, slots, i, fps) for i in range(count)]
    total = slots[-1].start + slots[-1].frames
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]  # per cut: frame to (cost so far, the frame of the cut before)
    for i in range(1, count):
        found: dict[int, tuple[float, int]] = {}
        for at, own in _places(slots[i], beats_s, fps).items():
            ways = [(cost + own, before) for before, (cost, _) in best[-1].items() if at - before >= floors[i - 1]]
            if ways:
                found[at] = min(ways)
        best.append(found)
    last = {at: way for at, way in best[-1].items() if total - at >= floors[-1]}
    if not last:
        return tuple(slots)
    at = min(last, key=lambda each: (last[each][0], each))
    starts = [at]
    for i in range(count - 1, 0, -1):
        at = best[i][at][1]
        starts.append(at)
    starts = [*starts[::-1], total]
    return tuple(_moved(slot, starts[i], starts[i + 1] - starts[i], fps) for i, slot in enumerate(slots))


def _places(slot: Slot, beats_s: Sequence[float], fps: int) -> dict[int, float]:
    """Where a scene may begin, and what each place costs."""
    early = slot.fade_frames // 2
    heard_s = (slot.start + early) / fps
    found = {slot.start: _STAYS}
    for k in range(bisect_left(beats_s, heard_s - _REACH_S), bisect_right(beats_s, heard_s + _REACH_S)):
        at = round(beats_s[k] * fps) - early
        cost = abs(at - slot.start) / fps - (_FIRST_OF_BAR if k % _BAR == 0 else 0.0)
        if at > 0:
            found[at] = min(cost, found.get(at, math.inf))
    return found


def _least_lead(slot: Slot, fps: int) -> int:
    return min(slot.speech_start, round(SQUEEZED_LEAD_S * fps) + slot.fade_frames // 2)


def _floor(board: Storyboard, slots: Sequence[Slot], i: int, fps: int) -> int:
    """The fewest frames that a scene may have; never more than it has."""
    slot, scene = slots[i], board.scenes[i]
    needed = max(scene.min_s, footage_s(scene), SHORTEST_S if scene.show else 0.5) * fps
    if slot.speech_frames:
        needed = max(needed, _least_lead(slot, fps) + slot.speech_frames + round(SQUEEZED_TAIL_S * fps))
    else:
        needed = max(needed, reading_s(scene) * fps)
    return min(slot.frames, math.ceil(needed))


def _moved(slot: Slot, start: int, frames: int, fps: int) -> Slot:
    lead = slot.speech_start
    if slot.speech_frames:
        more = frames - slot.frames
        tail = slot.frames - lead - slot.speech_frames
        if more >= 0:
            lead += min(more // 2, round(_MOST_LEAD_S * fps))
        else:
            spare = max(0, tail - round(SQUEEZED_TAIL_S * fps))
            lead = max(lead - max(0, -more - spare), min(lead, _least_lead(slot, fps)))
    return slot.model_copy(
        update={"start": start, "frames": frames, "speech_start": lead, "fade_frames": min(slot.fade_frames, frames // 2)}
    )
