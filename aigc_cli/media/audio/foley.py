"""Which small sounds a clip has: one under what moves over the whole frame, pops under what springs up, ticks under what counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from aigc_cli.artifacts import Artifact
from aigc_cli.media.audio.effects import Effect, Kind
from aigc_cli.media.audio.sound import RATE_HZ
from aigc_cli.media.schedule import Slot
from aigc_cli.media.timeline import Animated, Shot, Timeline, value_at
from aigc_cli.shapes import SoundTake
from aigc_cli.storyboard import Storyboard

_MOVING: Mapping[str, tuple[Kind, float]] = {
    "slide": ("whoosh", -2.0),
    "push": ("whoosh", -2.0),
    "wipe": ("whoosh", -4.0),
    "zoom": ("whoosh", -2.0),
    "circle": ("pop", 0.0),
    "flash": ("click", 0.0),
    "whip": ("whoosh", 1.0),
}
_POP_GAIN_DB = -6.0
_SUMMIT = 0.45  # of a transition: where it moves fastest
_TICKS = 9
_TICK_GAIN_DB = -8.0
_TICKS_APART_S = 0.05


def effects_of(timeline: Timeline) -> tuple[Effect, ...]:
    """The small sounds of a clip by rising frame. Cuts, cross-fades and blurs are silent."""
    found = []
    for shot in timeline.shots:
        kind, gain = _MOVING.get(shot.transition, ("", 0.0))
        if kind and shot.transition_frames:
            found.append(Effect(shot.start + round(shot.transition_frames * _SUMMIT), cast(Kind, kind), gain))
        found += _ticks(shot, timeline.fps)
        found += _pops(shot)
    return tuple(sorted(found, key=lambda effect: (effect.frame, effect.kind)))


def _pops(shot: Shot) -> list[Effect]:
    """A pop where something springs up over its own size; one for all that do so at once."""
    found: dict[int, Effect] = {}
    for layer in shot.layers:
        curve = layer.motion.scale
        if len(curve) > 1 and curve[1].ease == "out-back" and curve[0].frame < shot.frames and layer.role != "picture":
            frame = shot.start + max(curve[0].frame, 0)
            found[frame] = Effect(frame, "pop", _POP_GAIN_DB)
    return list(found.values())


def _ticks(shot: Shot, fps: int) -> list[Effect]:
    """A tick at each ninth of the way of a counter, which slows down as its number does."""
    apart = max(1, round(_TICKS_APART_S * fps))
    found: list[Effect] = []
    for layer in shot.layers:
        content = layer.content
        if not isinstance(content, Animated) or content.form != "counter" or len(content.progress) < 2:
            continue
        first, last = content.progress[0].frame, content.progress[-1].frame
        heard = 0
        for local in range(max(first, 0), min(last, shot.frames - 1) + 1):
            step = int(value_at(content.progress, local, 1.0) * _TICKS)
            if step > heard and (not found or shot.start + local - found[-1].frame >= apart):
                found.append(Effect(shot.start + local, "tick", _TICK_GAIN_DB))
            heard = max(heard, step)
    return found


def sounds_at(
    board: Storyboard, slots: Sequence[Slot], sounds: Sequence[SoundTake | None], fps: int
) -> tuple[tuple[int, Artifact, float], ...]:
    """The sounds that scenes ask for as (first sample, WAV, gain in dB): the mark of each stands on its moment.

    `slots` may hold scenes that the storyboard does not, such as a brand's intro.
    """
    places = {slot.scene: slot for slot in slots}
    found = []
    for scene, take in zip(board.scenes, sounds, strict=False):
        if take is None:
            continue
        wish, slot = scene.sound, places[scene.id]
        inside = {"start": 0, "speech": slot.speech_start, "middle": slot.frames // 2, "end": slot.frames}
        moment_s = (slot.start + inside[wish.at if wish else "start"]) / fps + (wish.after_s if wish else 0.0)
        found.append((round((moment_s - take.mark_s) * RATE_HZ), take.audio, wish.gain_db if wish else 0.0))
    return tuple(found)
