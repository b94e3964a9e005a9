"""Which small sounds a clip has: a whoosh under what moves over the whole frame, ticks under a number that counts."""

from __future__ import annotations

from aigc_cli.media.audio.effects import Effect
from aigc_cli.media.timeline import Animated, Shot, Timeline, value_at

_MOVING_GAIN_DB = {"slide": -2.0, "push": -2.0, "wipe": -4.0, "zoom": -2.0, "circle": -4.0, "whip": 1.0}
_SUMMIT = 0.45  # of a transition: where it moves fastest
_TICKS = 9
_TICK_GAIN_DB = -8.0
_TICKS_APART_S = 0.05


def effects_of(timeline: Timeline) -> tuple[Effect, ...]:
    """The small sounds of a clip by rising frame. Cross-fades, blurs and flashes are silent."""
    found = []
    for shot in timeline.shots:
        gain = _MOVING_GAIN_DB.get(shot.transition)
        if gain is not None and shot.transition_frames:
            found.append(Effect(shot.start + round(shot.transition_frames * _SUMMIT), "whoosh", gain))
        found += _ticks(shot, timeline.fps)
    return tuple(sorted(found, key=lambda effect: (effect.frame, effect.kind)))


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
