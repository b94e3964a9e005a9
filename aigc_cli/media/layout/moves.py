"""How things come in, and how the camera breathes: curves in frames of a shot.

In 320 to 480 ms with an exponential ease; lines follow each other by 70 ms; slides are 36 to 60 pixels of a 1080 frame;
nothing but the camera moves in a scene's last 400 ms (design: art direction, "Motion").
"""

from __future__ import annotations

from dataclasses import dataclass

from aigc_cli.media.layout.scene_template import Enter, Exit
from aigc_cli.media.timeline import Box, Curve, Ease, Key, Motion

QUIET_END_MS = 400
_SLIDE = 44.0
_LEAVE = 30.0
_LEAST_SHOWN_MS = 1500  # a shorter scene keeps its words to the cut
_LATER = 3  # lines that leave one frame after the other; the rest go with the third
_PULSE_MS, _PULSE_EVERY_MS, _PULSE = 640, 2400, 1.045
_DURATION_MS = {"none": 0, "fade": 320, "lines": 440, "rise": 480, "card": 460, "pop": 420, "left": 460, "right": 460}


@dataclass(frozen=True)
class Clock:
    """A shot's length. `head` frames at its start belong to the fade from the shot before."""

    frames: int
    fps: int
    scale: float
    head: int = 0
    leaves: bool = False
    """A plain cut follows, before which words may leave."""

    def at(self, ms: float) -> int:
        """Milliseconds as frames."""
        return round(ms * self.fps / 1000)

    @property
    def last(self) -> int:
        """The frame by which all has come in."""
        return max(0, self.frames - self.at(QUIET_END_MS))

    def window(self, enter: Enter, order: int = 0) -> tuple[int, int]:
        """First and last frame of an entrance, moved forward and squeezed into a short scene."""
        duration = self.at(_DURATION_MS[enter.name] if enter.duration_ms is None else enter.duration_ms)
        start = self.head // 2 + self.at(enter.delay_ms + order * enter.stagger_ms)
        start = max(0, min(start, self.last - duration))
        return start, max(start, min(start + duration, self.last))


def entrance(enter: Enter, clock: Clock, *, order: int = 0, pivot: tuple[float, float] | None = None, is_seen: bool = False) -> Motion:
    """The motion of something that comes in, then stays. `is_seen`: it is there from the first frame and only settles."""
    start, end = clock.window(enter.model_copy(update={"delay_ms": 0}) if is_seen else enter, order)
    if enter.name == "none" or end <= start:
        return Motion()
    slide = _SLIDE * clock.scale * (0.5 if is_seen else 1.0)
    # Light arrives before the movement ends: what still moves can already be read.
    lit = start + max(1, round((end - start) * 0.55))
    # After a cut the first things are on their way already: frames of nothing but the ground would flicker.
    dark = start - 3 if not clock.head and start <= 6 else start
    opacity = () if is_seen else (_key(dark, 0), _key(lit, 1, "out"))
    if enter.name == "fade":
        return Motion(opacity=opacity and (_key(dark, 0), _key(end, 1, "out")))
    if enter.name in ("lines", "rise"):
        return Motion(opacity=opacity, dy=(_key(start, slide * (1.3 if enter.name == "rise" else 1)), _key(end, 0, "out-expo")))
    if enter.name in ("left", "right"):
        return Motion(opacity=opacity, dx=(_key(start, -slide if enter.name == "left" else slide), _key(end, 0, "out-expo")))
    small, ease = (0.8, "out-back") if enter.name == "pop" else (0.96, "out-expo")
    return Motion(opacity=opacity, scale=(_key(start, small), _key(end, 1, _ease(ease))), pivot=pivot)


def leaving(motion: Motion, way: Exit, clock: Clock, *, order: int = 0) -> Motion:
    """A motion that ends with leaving before a plain cut: quicker and shorter than what came in, gathering speed.

    The last frame still shows a little: a frame of nothing but the ground would flicker.
    """
    if way.name == "none" or not clock.leaves or clock.frames < clock.at(_LEAST_SHOWN_MS):
        return motion
    end = clock.frames + 1
    begin = clock.frames - max(2, clock.at(way.duration_ms)) - _LATER + min(order, _LATER)
    if any(curve and curve[-1].frame > begin for curve in (motion.opacity, motion.dx, motion.dy)):
        return motion
    away = _LEAVE * clock.scale
    across = {"left": -away, "right": away}.get(way.name)
    down = {"lift": -away, "sink": away}.get(way.name)

    def after(curve: Curve, rest: float, value: float | None, ease: Ease) -> Curve:
        return curve if value is None else (*(curve or (_key(0, rest),)), _key(begin, rest), _key(end, value, ease))

    return motion.model_copy(
        update={
            "opacity": after(motion.opacity, 1.0, 0.0, "linear"),
            "dx": after(motion.dx, 0.0, across, "in"),
            "dy": after(motion.dy, 0.0, down, "in"),
        }
    )


def pulsing(motion: Motion, clock: Clock, pivot: tuple[float, float]) -> Motion:
    """A motion that, once its layer has come in, swells a little now and then: what is to be pressed."""
    keys = list(motion.scale)
    begin = (keys[-1].frame if keys else 0) + clock.at(_PULSE_EVERY_MS / 2)
    while keys and begin + clock.at(_PULSE_MS) <= clock.last:
        middle, end = begin + clock.at(_PULSE_MS) // 2, begin + clock.at(_PULSE_MS)
        keys += [_key(begin, 1.0), _key(middle, _PULSE, "in-out"), _key(end, 1.0, "in-out")]
        begin += clock.at(_PULSE_EVERY_MS)
    return motion.model_copy(update={"scale": tuple(keys), "pivot": motion.pivot or pivot})


def _ease(name: str) -> Ease:
    return "out-back" if name == "out-back" else "out-expo"


def _key(frame: int, value: float, ease: Ease = "linear") -> Key:
    return Key(frame=frame, value=value, ease=ease)


def progress(enter: Enter, clock: Clock, duration_ms: int) -> Curve:
    """A 0..1 curve for what counts or grows."""
    start, _ = clock.window(enter)
    end = min(start + clock.at(duration_ms), clock.last)
    if end <= start:
        return (_key(0, 1),)
    return (_key(start, 0), _key(end, 1, "out"))


def floating(clock: Clock, index: int, base: Motion, box: Box) -> Motion:
    """A drawing on its disc: it comes in, then grows by 4 % and drifts over the whole scene, with the camera."""
    settled = base.scale[-1].frame if base.scale else 0
    drift = 10 * clock.scale * (1 if index % 2 else -1)
    grown: Curve = (*base.scale, _key(max(clock.frames, settled + 1), 1.04)) if base.scale else (_key(0, 1.0), _key(clock.frames, 1.04))
    return Motion(
        opacity=base.opacity,
        dy=(_key(0, drift), _key(max(1, clock.frames), -drift)),
        scale=grown,
        pivot=(box.x + box.w / 2, box.y + box.h / 2),
    )


def drifting(clock: Clock, index: int, base: Motion, by: float) -> Motion:
    """The same motion with a slow drift to the side over the whole scene, `by` pixels of 1080 either way: a plane of its own depth."""
    far = by * clock.scale * (1 if index % 2 == 0 else -1)
    return base.model_copy(update={"dx": (_key(0, -far), _key(max(1, clock.frames), far))})


def camera(width: float, height: float, focus: tuple[float, float], *, way: str, index: int, amount: float) -> tuple[Box, Box]:
    """The first and the last crop of a picture of `width` x `height`, both of its aspect and inside it.

    `way` is a scene's `motion`: `auto` moves in on even scenes and out on odd ones.
    """
    whole = Box(x=0, y=0, w=width, h=height)
    if way == "still" or amount == 0:
        return whole, whole
    near = _crop(width, height, focus, 1 / (1 + amount))
    if way in ("left", "right"):
        # A pan keeps its distance: a crop of constant size slides by the amount.
        w, h = width / (1 + amount), height / (1 + amount)
        y = (height - h) / 2
        ends = (Box(x=0, y=y, w=w, h=h), Box(x=width - w, y=y, w=w, h=h))
        return ends if way == "right" else (ends[1], ends[0])
    moves_in = way == "in" or (way == "auto" and index % 2 == 0)
    return (whole, near) if moves_in else (near, whole)


def _crop(width: float, height: float, focus: tuple[float, float], share: float) -> Box:
    """A crop that leaves the focus where it is in the frame: the camera goes towards it."""
    w, h = width * share, height * share
    return Box(x=focus[0] * (width - w), y=focus[1] * (height - h), w=w, h=h)
