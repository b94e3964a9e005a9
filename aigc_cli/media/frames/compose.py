"""Composes the frames of a timeline: any frame alone, or one after the other at close to the encoder's own speed.

What stands still at the bottom of a shot is drawn once, in float, and dithered; a sprite is drawn once, when it is first
seen, and forgotten when it has left; only a moving crop, a moving sprite and an animated drawing cost anything per frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aigc_cli.artifacts import Artifact
from aigc_cli.errors import RenderError
from aigc_cli.media.filming import reels
from aigc_cli.media.frames import flat, overlays, resampling, stills, transitions
from aigc_cli.media.frames import planes as px
from aigc_cli.media.frames.planes import Planes
from aigc_cli.media.timeline import Animated, Box, Drawing, Footage, Layer, Motion, Shot, Sprite, Still, Timeline, value_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aigc_cli.media.frames.planes import Bytes

Open = Callable[[Artifact], Path]
"""Gives the path of an artifact's bytes."""

_REST = Motion()
_STRIP = 512  # rows of a ground that are laid together at a time; even
_LEAST_STEP = 1.02  # samples per pixel at the largest scale of what is always scaled


class Paint(Protocol):
    """Draws a display list: premultiplied RGBA (h, w, 4) uint8. With `zoom` one of its units covers so many of these pixels."""

    def __call__(self, drawing: Drawing, width: int, height: int, open: Open, /, *, zoom: float = 1.0) -> Bytes: ...  # noqa: A002


Animate = Callable[[str, Mapping[str, Any], float, float, float], Drawing]
"""Draws an animated content's display list: (form, spec, progress, width, height)."""


def shot_at(timeline: Timeline, n: int) -> int:
    """The index of the shot that frame `n` belongs to. Raises RenderError outside the clip."""
    if not 0 <= n < timeline.frames:
        raise RenderError(f"there is no frame {n} in a clip of {timeline.frames} frames", "ask for a frame of the clip")
    low, high = 0, len(timeline.shots) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if timeline.shots[middle].start <= n:
            low = middle
        else:
            high = middle - 1
    return low


def tail(timeline: Timeline, index: int) -> int:
    """For how many frames a shot runs on after its end, under the fade of the next one."""
    if index + 1 >= len(timeline.shots):
        return 0
    after = timeline.shots[index + 1]
    return min(after.transition_frames, after.frames) if after.transition != "cut" else 0


class Composer:
    """The frames of one timeline. `frame(n)` depends on nothing but the timeline; not for two threads at once."""

    def __init__(self, timeline: Timeline, open_: Open, *, paint: Paint | None = None, animate: Animate | None = None) -> None:
        import cv2

        cv2.setNumThreads(1)  # the encoder has the other cores; OpenCV's pool would only take turns with it
        self.timeline = timeline
        self._open = open_
        self._paint: Paint
        self._paint_over: Callable[[NDArray[np.float32], Drawing, Box, Open], None] | None
        self._paint, self._paint_over = (paint, None) if paint else _painters()
        self._animate = animate or _animate()
        self._shots: dict[int, _ShotComposer] = {}
        self._under: Planes | None = None
        self._ahead: Planes | None = None
        self._ground: tuple[list[tuple[Drawing, Box]], Planes] | None = None

    def frame(self, n: int, into: Planes | None = None) -> Planes:
        """Frame `n`, 0 to `timeline.frames - 1`, written to `into` when given. Raises RenderError for what cannot be drawn."""
        timeline = self.timeline
        index = shot_at(timeline, n)
        shot = timeline.shots[index]
        local = n - shot.start
        out = into or px.blank(timeline.width, timeline.height)
        fading = tail(timeline, index - 1) if index else 0
        first = index - 1 if local < fading else index
        for gone in [k for k in self._shots if not first <= k <= index]:
            del self._shots[gone]
        self._shot(index).draw(local, out)
        if local < fading:
            before = timeline.shots[index - 1]
            if self._under is None:
                self._under = px.blank(timeline.width, timeline.height)
            self._shot(index - 1).draw(before.frames + local, self._under)
            t = (local + 1) / (fading + 1)
            transitions.take_over(shot.transition, self._under, out, t, out)
        return out

    def prepare(self, index: int) -> None:
        """Draws ahead what the first frame of a shot needs."""
        self._ahead = px.blank(self.timeline.width, self.timeline.height) if self._ahead is None else self._ahead
        self.frame(self.timeline.shots[index].start, self._ahead)

    def _shot(self, index: int) -> _ShotComposer:
        found = self._shots.get(index)
        if found is None:
            shot = self.timeline.shots[index]
            found = _ShotComposer(shot, shot.frames + tail(self.timeline, index), self)
            self._shots[index] = found
        return found

    def draw(self, drawing: Drawing, width: float, height: float, zoom: float = 1.0) -> Bytes:
        """A drawing's pixels, premultiplied RGBA, `zoom` of them for each of its units, sizes rounded up to whole pixels."""
        return self._paint(drawing, max(1, math.ceil(width * zoom)), max(1, math.ceil(height * zoom)), self._open, zoom=zoom)

    def ground(self, layers: Sequence[Layer]) -> Planes:
        """What stands still at the bottom of a shot, as one picture; neighbouring shots often share it."""
        fixed = [(layer.content.drawing, layer.box) for layer in layers if isinstance(layer.content, Sprite)]
        if self._ground is None or self._ground[0] != fixed:
            self._ground = None
            self._ground = (fixed, self._laid(fixed))
        return self._ground[1]

    def _laid(self, fixed: Sequence[tuple[Drawing, Box]]) -> Planes:
        """Drawings one over the other as one picture, laid together in float: in strips, because a whole frame would be 33 MB."""
        import numpy as np

        width, height = self.timeline.width, self.timeline.height
        places = [Box(x=round(box.x), y=round(box.y), w=max(1, math.ceil(box.w)), h=max(1, math.ceil(box.h))) for _, box in fixed]
        out = px.blank(width, height)
        strip = np.empty((min(_STRIP, height), width, 4), np.float32)
        for top in range(0, height, _STRIP):
            light = strip[: height - top]
            light.fill(0)
            for (drawing, box), place in zip(fixed, places, strict=True):
                if place.bottom <= top or place.y >= top + len(light):
                    continue
                if self._paint_over is None:
                    px.lay(light, self.draw(drawing, box.w, box.h), int(place.x), int(place.y) - top)
                else:
                    self._paint_over(light, drawing, place.model_copy(update={"y": place.y - top}), self._open)
            px.dither(light, out, top)
        return out

    def open(self, artifact: Artifact) -> Path:
        """The path of an artifact's bytes."""
        return self._open(artifact)

    def animated(self, content: Animated, progress: float, width: float, height: float) -> Drawing:
        """The drawing of an animated content at a progress."""
        return self._animate(content.form, content.spec, progress, width, height)

    def picture(self, content: Still) -> Bytes:
        """The picture of a still, RGB or premultiplied RGBA."""
        if isinstance(content.source, Artifact):
            return stills.read_picture(self._open(content.source))
        return self.draw(content.source, content.width, content.height)


class _State(NamedTuple):
    opacity: float
    dx: float
    dy: float
    scale: float
    moment: float
    reveal: float


class _ShotComposer:
    """One shot's layers and what has been drawn of them. `total` counts the frames it is seen, its tail included."""

    def __init__(self, shot: Shot, total: int, clip: Composer) -> None:
        self.layers = tuple(shot.layers)
        self.total = total
        self.clip = clip
        self.width, self.height = clip.timeline.width, clip.timeline.height
        # below `first` stands the ground, which never changes
        self.first = next((k for k, layer in enumerate(self.layers) if not self._is_fixed(layer)), len(self.layers))
        self.ground: Planes | None = None
        self.overlays: dict[int, overlays.Overlay | None] = {}
        self.sources: dict[int, tuple[stills.Source, stills.Frame]] = {}
        self.painted: dict[int, tuple[float, Drawing, overlays.Overlay | None]] = {}
        self.reels: dict[str, reels.Reel] = {}
        self.kept: Planes | None = None
        self.kept_states: list[_State | None] = []
        self.last_states: list[_State | None] = []
        self.is_covered = self._is_covered()

    def _is_fixed(self, layer: Layer) -> bool:
        return isinstance(layer.content, Sprite) and self._is_resting(layer)

    def _is_resting(self, layer: Layer) -> bool:
        motion = layer.motion
        is_at_rest = not (motion.opacity or motion.dx or motion.dy or motion.scale)
        return is_at_rest and layer.start == 0 and (layer.frames is None or layer.frames >= self.total)

    def _is_covered(self) -> bool:
        """True when the lowest layer that is no part of the ground is an opaque picture over the whole frame, all the time."""
        layer = self.layers[self.first] if self.first < len(self.layers) else None
        if layer is None or not isinstance(layer.content, Still) or not self._is_resting(layer):
            return False
        source, at = self._still(self.first, layer.content, layer)
        return source.alpha is None and at.windows == ((0, 0, self.width, self.height, None),)

    def draw(self, local: int, out: Planes) -> None:
        """Draws the shot's own picture at a frame counted from its start; past its end it runs on."""
        if self.ground is None and not self.is_covered:
            self.ground = self.clip.ground(self.layers[: self.first])
        layers = self.layers[self.first :]
        states = [self._state(layer, local) for layer in layers]
        done = len(self.kept_states) if states[: len(self.kept_states)] == self.kept_states else 0
        if done and self.kept is not None:
            px.copy(self.kept, out)
        elif self.ground is not None:
            px.copy(self.ground, out)
        # as many of the lowest layers as look like in the frame before will likely stay so: they are kept as one picture
        alike = next((k for k, (a, b) in enumerate(zip(states, self.last_states, strict=False)) if a != b), len(self.last_states))
        self.last_states = states
        for k, (layer, state) in enumerate(zip(layers, states, strict=True)):
            if k == alike:
                self._keep(out, states[:alike], done)
            if state is not None and k >= done:
                self._draw_layer(self.first + k, layer, state, out)
            elif state is None and layer.frames is not None and local >= layer.start + layer.frames:
                self._forget(self.first + k)
        if alike == len(layers):
            self._keep(out, states, done)

    def _keep(self, out: Planes, states: list[_State | None], done: int) -> None:
        if len(states) <= done or not any(states[done:]):
            return
        if self.kept is None:
            self.kept = px.blank(self.width, self.height)
        px.copy(out, self.kept)
        self.kept_states = states

    def _forget(self, index: int) -> None:
        self.overlays.pop(index, None)
        self.sources.pop(index, None)
        self.painted.pop(index, None)

    def _state(self, layer: Layer, local: int) -> _State | None:
        """Everything that a layer's look depends on at a frame; None when it is not seen."""
        end = self.total if layer.frames is None else layer.start + layer.frames
        if not layer.start <= local < end:
            return None
        motion, content = layer.motion, layer.content
        opacity = min(max(value_at(motion.opacity, local, 1.0), 0.0), 1.0)
        if opacity == 0:
            return None
        moment = 0.0
        if isinstance(content, Animated):
            moment = value_at(content.progress, local, 1.0)
        elif isinstance(content, Still) and content.start != content.end:
            moment = local / max(self.total - 1, 1)
        elif isinstance(content, Footage):
            moment = reels.frame_at(content, local - layer.start, self.clip.timeline.fps)
        return _State(
            opacity=opacity,
            dx=value_at(motion.dx, local, 0.0),
            dy=value_at(motion.dy, local, 0.0),
            scale=value_at(motion.scale, local, 1.0),
            moment=moment,
            reveal=value_at(motion.reveal, local, 1.0),
        )

    def _draw_layer(self, index: int, layer: Layer, state: _State, out: Planes) -> None:
        box, content = layer.box, layer.content
        place = None
        if state.dx or state.dy or state.scale != 1:
            pivot = layer.motion.pivot or (box.x + box.w / 2, box.y + box.h / 2)
            place = resampling.placing(state.scale, pivot, state.dx, state.dy)
        if isinstance(content, Still):
            source, at = self._still(index, content, layer)
            stills.draw(out, source, at, stills.crop_at(content, state.moment), place=place, opacity=state.opacity)
            return
        if isinstance(content, Footage):
            at = stills.framed(box, content.radius, self.width, self.height)
            source = reels.source_of(self._reel(content).frame(int(state.moment)), content, box)
            stills.draw(out, source, at, Box(x=0, y=0, w=box.w, h=box.h), place=place, opacity=state.opacity)
            return
        if isinstance(content, Sprite):
            over = self._sprite(index, layer, content)
        else:
            drawing, over = self._drawn(index, layer, content, state.moment)
            if over is None and flat.is_flat(drawing):
                flat.lay(out, drawing, box)
        if over is None:
            return
        columns = _columns(layer.box, state) if layer.motion.reveal else None
        if place is None and over.density == 1:
            overlays.blend(out, over, state.opacity, columns)
        else:
            at_rest = resampling.placing(1.0, (0.0, 0.0), 0.0, 0.0)
            overlays.blend_moved(out, over, at_rest if place is None else place, state.opacity, columns)

    def _reel(self, content: Footage) -> reels.Reel:
        name = content.source.digest
        if name not in self.reels:
            self.reels[name] = reels.Reel(self.clip.open(content.source))
        return self.reels[name]

    def _still(self, index: int, content: Still, layer: Layer) -> tuple[stills.Source, stills.Frame]:
        if index not in self.sources:
            at = stills.framed(layer.box, content.radius, self.width, self.height)
            self.sources[index] = (stills.prepare(self.clip.picture(content), content, layer.box), at)
        return self.sources[index]

    def _sprite(self, index: int, layer: Layer, content: Sprite) -> overlays.Overlay | None:
        if index not in self.overlays:
            self.overlays[index] = self._overlay(content.drawing, layer)
        return self.overlays[index]

    def _drawn(self, index: int, layer: Layer, content: Animated, progress: float) -> tuple[Drawing, overlays.Overlay | None]:
        """The drawing at a progress, and its pixels; None when nothing is seen, or when it is flat and rests where it stands."""
        last = self.painted.get(index)
        if last is None or last[0] != progress:
            drawing = self.clip.animated(content, progress, layer.box.w, layer.box.h)
            if last is not None and last[1] == drawing:  # a number that counts has few steps: the progress may change and the drawing stay
                over = last[2]
            else:
                over = None if layer.motion == _REST and flat.is_flat(drawing) else self._overlay(drawing, layer)
            last = self.painted[index] = (progress, drawing, over)
        return last[1], last[2]

    def _overlay(self, drawing: Drawing, layer: Layer) -> overlays.Overlay | None:
        motion = layer.motion
        density = 1.0
        if motion.scale and motion.scale[-1].value != 1:
            # What never comes to rest at its own size is drawn a little larger: read by more than one sample per pixel it stays
            # sharp, and `cv2.resize` can read it.
            density = _LEAST_STEP * max(1.0, *(key.value for key in motion.scale))
        rgba = self.clip.draw(drawing, layer.box.w, layer.box.h, density)
        return overlays.overlay(
            rgba,
            round(layer.box.x),
            round(layer.box.y),
            is_moved=bool(motion.dx or motion.dy),
            is_scaled=bool(motion.scale),
            density=density,
        )


def _columns(box: Box, state: _State) -> tuple[int, int]:
    """The columns of the frame in which a layer that is being uncovered is seen."""
    left, right = box.x + state.dx, box.right + state.dx
    if state.reveal < 0:
        left = right + box.w * state.reveal
    else:
        right = left + box.w * state.reveal
    return max(0, round(left)), max(0, round(right))


def _painters() -> tuple[Paint, Callable[[NDArray[np.float32], Drawing, Box, Open], None]]:
    from aigc_cli.media.drawing.paint import paint, paint_over

    return paint, paint_over


def _animate() -> Animate:
    from aigc_cli.media.drawing.animate import drawing_at

    return drawing_at
