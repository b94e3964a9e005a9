"""When each scene begins and ends, in whole frames, from what is said in it and how long it takes to read.

A scene lasts as long as its narration plus its breathing space, never shorter than its own `min_s`; without narration,
as long as its text needs to be read. A wanted length stretches or shortens the breathing spaces, never the words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from aigc_cli.letters import DENSE
from aigc_cli.shapes import Speech
from aigc_cli.storyboard import ClipVisual, Scene, Shape, Storyboard, Transition

LEAD_S = 0.30
"""From a cut to the first word: the eye arrives before the ear is asked to follow."""
TAIL_S = 0.40
"""From the last word to the cut: one breath."""
LAST_HOLD_S = 1.2
"""The last scene holds this much longer (design: art direction, motion)."""
SHORTEST_S = 1.6
"""No scene with words to read is shorter."""
FADE_S = 0.32
"""Length of a cross-fade in seconds."""
TRANSITION_S = {
    "fade": FADE_S, "slide": 0.4, "push": 0.4, "wipe": 0.4, "zoom": 0.4, "circle": 0.5, "blur": 0.4, "flash": 0.3, "whip": 0.3,
}  # fmt: skip
"""Length of each transition in seconds: what moves over the whole frame needs time to be followed, a flash none."""

SQUEEZED_LEAD_S, SQUEEZED_TAIL_S = 0.12, 0.15
"""The shortest that both become when a clip is shortened."""
_LONGEST_STRETCH_S = 2.5
_WORDS_PER_S = 3.0  # silent reading of large type on a phone, 180 words a minute
_CJK_PER_S = 6.0
_CJK = re.compile(f"[{DENSE}]")


class Slot(Shape):
    """A scene's place on the time line. `speech_start` is the frame of the scene at which its take begins."""

    scene: str
    start: int = Field(ge=0)
    frames: int = Field(gt=0)
    speech_start: int = Field(ge=0)
    speech_frames: int = Field(ge=0)
    transition: Transition = Field("cut", description="How the scene takes over from the one before.")
    fade_frames: int = Field(ge=0, description="Frames at the scene's head in which the one before is still seen.")


def reading_s(scene: Scene) -> float:
    """Seconds to read what a scene shows: 180 words a minute, or six Chinese characters a second, and one to arrive."""
    text = " ".join(_texts(scene.show))
    cjk = len(_CJK.findall(text))
    words = len(_CJK.sub(" ", text).split())
    return 1.0 + cjk / _CJK_PER_S + words / _WORDS_PER_S if text else 0.0


def footage_s(scene: Scene) -> float:
    """How long a scene without words lasts for its film: as long as the part that is named, a minute at most."""
    visual = scene.visual
    if scene.say or not isinstance(visual, ClipVisual) or visual.end_s is None:
        return 0.0
    return min(max(visual.end_s - visual.start_s, 0.0) / visual.speed, 60.0)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return []


def transition_into(index: int, scene: Scene, count: int, wanted: Literal["auto"] | Transition = "auto") -> Transition:
    """How a scene takes over from the one before: its own wish, else the clip's.

    `auto` is mostly cuts, with a cross-fade into the second scene and into the last.
    """
    if index == 0:
        return "cut"
    if scene.transition != "auto":
        return scene.transition
    if wanted != "auto":
        return wanted
    return "fade" if index in (1, count - 1) else "cut"


def schedule(
    board: Storyboard,
    takes: Sequence[Speech | None],
    fps: int,
    length_s: float | None = None,
    transitions: Literal["auto"] | Transition = "auto",
) -> tuple[Slot, ...]:
    """Places every scene of a storyboard.

    Args:
        board: the scenes.
        takes: one take, or None, per scene.
        fps: frames per second.
        length_s: wanted length of the whole clip; met exactly when breathing spaces can be stretched by up to 2.5 s a
            scene or squeezed to their floor, else approached.
        transitions: for all scenes that have no wish of their own.

    Returns:
        One slot per scene, gapless, in order.
    """
    count = len(board.scenes)
    kinds = [transition_into(i, scene, count, transitions) for i, scene in enumerate(board.scenes)]
    fade = [round(TRANSITION_S.get(kind, 0.0) * fps) for kind in kinds]
    speech = [math.ceil(take.duration_s * fps) if take else 0 for take in takes]
    lead, tail = round(LEAD_S * fps), round(TAIL_S * fps)
    leads = [lead + each // 2 for each in fade]
    natural = []
    for i, scene in enumerate(board.scenes):
        spoken = leads[i] + speech[i] + tail if speech[i] else math.ceil(reading_s(scene) * fps)
        floor = max(scene.min_s, footage_s(scene), SHORTEST_S if scene.show else 0.5) * fps
        hold = LAST_HOLD_S * fps if i == count - 1 else 0
        natural.append(math.ceil(max(spoken, floor) + hold))
    frames = list(natural)
    if length_s is not None:
        wanted = round(length_s * fps)
        frames, leads = _squeeze(frames, leads, speech, wanted, fps) if sum(frames) > wanted else (_stretch(frames, wanted, fps), leads)
    slots = []
    start = 0
    for i, scene in enumerate(board.scenes):
        slots.append(
            Slot(
                scene=scene.id,
                start=start,
                frames=frames[i],
                speech_start=leads[i] if speech[i] else 0,
                speech_frames=speech[i],
                transition=kinds[i],
                fade_frames=min(fade[i], frames[i] // 2),
            )
        )
        start += frames[i]
    return tuple(slots)


def _stretch(frames: list[int], wanted: int, fps: int) -> list[int]:
    """Adds the same to every scene, up to a limit; what rounding leaves goes to the last."""
    missing = wanted - sum(frames)
    each = min(missing // len(frames), round(_LONGEST_STRETCH_S * fps))
    result = [n + each for n in frames]
    rest = missing - each * len(frames)
    result[-1] += min(rest, round(_LONGEST_STRETCH_S * fps))
    return result


def _squeeze(frames: list[int], leads: list[int], speech: list[int], wanted: int, fps: int) -> tuple[list[int], list[int]]:
    """Takes the same share of every scene's slack: what is neither speech nor its shortest breathing space."""
    least_lead = round(SQUEEZED_LEAD_S * fps)
    floors = [
        (least_lead + n + round(SQUEEZED_TAIL_S * fps)) if n else min(have, math.ceil(SHORTEST_S * fps))
        for n, have in zip(speech, frames, strict=True)
    ]
    slack = [max(0, have - floor) for have, floor in zip(frames, floors, strict=True)]
    excess = min(sum(frames) - wanted, sum(slack))
    share = excess / sum(slack) if sum(slack) else 0.0
    cut = [math.floor(each * share) for each in slack]
    cut[-1] += min(excess - sum(cut), slack[-1] - cut[-1])
    squeezed = [have - less for have, less in zip(frames, cut, strict=True)]
    tighter = [least_lead + round((lead - least_lead) * (1 - share)) for lead in leads]
    return squeezed, tighter
