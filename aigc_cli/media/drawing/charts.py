"""Charts drawn natively, so that they grow on screen: line, area, bar here, ranks and shares in `chart_parts`.

A chart shows one finding: the line or bars in the accent, the finding in the alert colour, named beside it; a faint grid on
round numbers; of the dates only the first and the last.
"""

from __future__ import annotations

from collections.abc import Sequence

from aigc_cli.media.drawing.chart_parts import Donut, Ranked
from aigc_cli.media.drawing.chart_sheet import DRAWN, ChartSpec, Sheet, between
from aigc_cli.media.drawing.figures import domain, tick_names, ticks
from aigc_cli.media.drawing.manner import Manner
from aigc_cli.media.style.palettes import with_alpha
from aigc_cli.media.timeline import Animated, Box, Drawing, GradientFill, Key, Layer, Motion, Op, PathOp, RectOp, ease
from aigc_cli.storyboard import ChartVisual

_GRID = 0.09  # opacity of the grid (art direction: 5 to 9 %)
_LABEL = 0.62  # opacity of what is read only when looked for
_LINE = 9.0
_GROW_S = 1.3
_STILL_S = 0.4  # nothing moves at the end of a scene but the camera
_SEEN = 0.34  # how much of it is drawn in the first frame of a clip


def chart_layers(visual: ChartVisual, box: Box, manner: Manner) -> tuple[Layer, ...]:
    """A chart as layers of a scene: it grows in its first seconds and stands still well before the end.

    Args:
        visual: what is to be shown.
        box: its place in the frame; nothing is drawn outside.
        manner: how; a chart that is seen from the first frame has a part of it drawn already.

    Returns:
        One animated layer; none when there are no values.
    """
    if not visual.values:
        return ()
    labels = tuple(visual.labels[index] if index < len(visual.labels) else "" for index in range(len(visual.values)))
    mark = visual.mark if visual.mark is not None and visual.mark < len(visual.values) else None
    spec = ChartSpec(
        form=visual.form,
        labels=labels,
        values=visual.values,
        unit=visual.unit,
        decimals=visual.decimals,
        mark=mark,
        mark_label=visual.mark_label,
        accent=manner.colours.accent,
        alert=manner.alert,
        ink=manner.colours.ink,
        ground=manner.colours.ground,
        display=manner.display,
        body=manner.body,
        scale=manner.scale,
        language=manner.language,
    )
    end = max(min(round(_GROW_S * manner.fps), manner.frames - round(_STILL_S * manner.fps)), 1)
    progress = (Key(frame=0, value=_SEEN if manner.is_seen else 0.0), Key(frame=end, value=1.0, ease="linear"))
    content = Animated(form="chart", spec=spec.model_dump(mode="json"), progress=progress)
    fade = (Key(frame=0, value=0.0), Key(frame=max(round(0.25 * manner.fps), 1), value=1.0, ease="out"))
    enter = Motion(opacity=() if manner.is_seen else fade)
    return (Layer(id="chart", box=box, content=content, motion=enter, role="picture"),)


def chart_drawing(spec: ChartSpec, progress: float, width: float, height: float) -> Drawing:
    """A chart at a progress of 0 (axes only) to 1 (finished), `width` x `height` pixels."""
    draws: dict[str, type[Ranked | Donut | _Plot]] = {"ranked": Ranked, "donut": Donut}
    plot = draws.get(spec.form, _Plot)(spec, progress, width, height)
    return tuple(plot.draw())


class _Plot(Sheet):
    """Line, area and bar charts: values over equal steps."""

    def __init__(self, spec: ChartSpec, progress: float, width: float, height: float) -> None:
        super().__init__(spec, progress, width, height)
        k = self.k
        low, high = domain(spec.values, from_zero=spec.form == "bar")
        if spec.form == "bar" and low < 0:
            low -= 0.14 * (high - low)  # room for a number under the lowest bar
        self.ticks = ticks(low, high, 5 if height > 420 * k else 4)
        if spec.form == "bar" and low == high == 0:
            self.ticks = (0.0, 1.0)
        self.names = tick_names(self.ticks, spec.unit, spec.language)
        self.small = 30 * k
        gutter = max(self.measure(name, self.small, 500, spec.body) for name in self.names) + 22 * k
        # The pen's half, and the finding's dot, stay inside at every edge.
        self.left, self.right = gutter, width - 32 * k
        self.top, self.bottom = 74 * k, height - 68 * k

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)

    def x(self, index: float) -> float:
        count = len(self.spec.values)
        if self.spec.form == "bar":
            return self.left + (index + 0.5) * (self.right - self.left) / count
        inset = 14 * self.k
        if count == 1:
            return (self.left + self.right) / 2
        return self.left + inset + index * (self.right - self.left - 2 * inset) / (count - 1)

    def draw(self) -> list[Op]:
        self._grid()
        if self.spec.form == "bar":
            self._bars()
        else:
            self._line()
        self._dates()
        return self.ops

    def _grid(self) -> None:
        k = self.k
        for tick, name in zip(self.ticks, self.names, strict=True):
            y = self.y(tick)
            strong = tick == 0 and self.ticks[0] < 0
            line = with_alpha(self.spec.ink, 0.3 if strong else _GRID)
            self.ops.append(RectOp(box=Box(x=self.left, y=y - k, w=self.right - self.left, h=2 * k), fill=line))
            width = self.measure(name, self.small, 500, self.spec.body)
            self.text(name, self.left - 22 * k - width, y + self.small * 0.36, size=self.small, alpha=_LABEL)

    def _dates(self) -> None:
        """First and last only; the last gives way when both do not fit."""
        first, last = self.spec.labels[0], self.spec.labels[-1]
        count, size, y = len(self.spec.labels), 32 * self.k, self.h - 16 * self.k
        room = self.right - self.left
        if self.spec.form == "bar" and self._all_names(room / count, size, y):
            return
        if count == 1:
            first, size = self.fitted(first, size, 500, room)
            self.text(first, self.x(0) - self.measure(first, size, 500, self.spec.body) / 2, y, size=size, alpha=_LABEL)
            return
        half = room / 2 - 16 * self.k
        first, size_first = self.fitted(first, size, 500, half)
        last, size_last = self.fitted(last, size, 500, half)
        self.text(first, self.left, y, size=size_first, alpha=_LABEL)
        self.text(last, self.right - self.measure(last, size_last, 500, self.spec.body), y, size=size_last, alpha=_LABEL)

    def _all_names(self, room: float, size: float, y: float) -> bool:
        """Every bar's name, when they all fit under their bars without shrinking much."""
        widest = max(self.measure(name, size, 500, self.spec.body) for name in self.spec.labels)
        size = size if widest <= room - 12 * self.k else size * (room - 12 * self.k) / widest
        if size < 24 * self.k:
            return False
        for index, name in enumerate(self.spec.labels):
            is_mark = index == self.spec.mark
            width = self.measure(name, size, 500, self.spec.body)
            self.text(name, self.x(index) - width / 2, y, size=size, alpha=1.0 if is_mark else _LABEL)
        return True

    # -- line and area

    def _line(self) -> None:
        spec, k = self.spec, self.k
        count = len(spec.values)
        reach = ease("in-out", between(self.progress, 0, DRAWN)) * (count - 1)
        whole = int(reach)
        points = [(self.x(index), self.y(spec.values[index])) for index in range(min(whole + 1, count))]
        if whole < count - 1 and reach > whole:
            share = reach - whole
            value = spec.values[whole] + (spec.values[whole + 1] - spec.values[whole]) * share
            points.append((self.x(reach), self.y(value)))
        if len(points) > 1 and self.progress > 0:
            zero = self.y(min(max(0.0, self.ticks[0]), self.ticks[-1]))
            self._area(points, zero, 0.42 if spec.form == "area" else 0.30)
            flat = tuple(part for point in points for part in point)
            self.ops.append(PathOp(rings=(flat,), stroke=spec.accent, stroke_width=_LINE * k))
        if self.progress > 0 and spec.mark != count - 1:
            x, y = points[-1]
            self.ops.append(RectOp(box=Box(x=x - 13 * k, y=y - 13 * k, w=26 * k, h=26 * k), radius=13 * k, fill=spec.ink))
        if spec.mark is not None:
            self._finding(spec.mark)

    def _area(self, points: Sequence[tuple[float, float]], zero: float, strength: float) -> None:
        ring = [*points, (points[-1][0], zero), (points[0][0], zero)]
        strong, none = with_alpha(self.spec.accent, strength), with_alpha(self.spec.accent, 0)
        middle = (zero - self.top) / (self.bottom - self.top)
        stops: tuple[float, ...] = (0.0, 1.0)
        colours: tuple[str, ...] = (strong, none) if middle > 0 else (none, strong)
        if 0 < middle < 1:  # values on both sides of zero: strong away from it
            colours, stops = (strong, none, strong), (0.0, middle, 1.0)
        extent = Box(x=self.left, y=self.top, w=self.right - self.left, h=self.bottom - self.top)
        fill = GradientFill(colours=colours, stops=stops, angle=90)
        self.ops.append(PathOp(rings=(tuple(part for point in ring for part in point),), is_closed=True, fill=fill, box=extent))

    def _finding(self, index: int) -> None:
        spec, k = self.spec, self.k
        grow = ease("out-back", between(self.progress, DRAWN * 0.95, 1.0))
        if grow <= 0:
            return
        x, y = self.x(index), self.y(spec.values[index])
        for radius, alpha in ((44, 0.16), (30, 0.3)):
            self._dot(x, y, radius * k * grow, with_alpha(spec.alert, alpha))
        self._dot(x, y, 17 * k * grow, spec.alert, stroke=True)
        self._name(index, x, y, between(self.progress, DRAWN, 1.0))

    def _dot(self, x: float, y: float, radius: float, fill: str, *, stroke: bool = False) -> None:
        if radius > 0.5:
            pen = (self.spec.ink, 5 * self.k) if stroke else (None, 0.0)
            box = Box(x=x - radius, y=y - radius, w=2 * radius, h=2 * radius)
            self.ops.append(RectOp(box=box, radius=radius, fill=fill, stroke=pen[0], stroke_width=pen[1]))

    def _name(self, index: int, x: float, y: float, alpha: float) -> None:
        """The finding's number and name, beside it where the line is not, inside the plot."""
        spec, k = self.spec, self.k
        value, name = self.value(spec.values[index]), spec.mark_label or spec.labels[index]
        big, small = 46 * k, 32 * k
        room = self.right - self.left
        name, small = self.fitted(name, small, 500, room * 0.6)
        width = max(self.measure(value, big, 800, spec.display), self.measure(name, small, 500, spec.body))
        height = big * 0.8 + (small * 1.35 if name else 0)
        places = []
        for order, (dx, dy) in enumerate(((1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, -1), (0, 1))):
            left = x + 40 * k if dx > 0 else x - 40 * k - width if dx < 0 else x - width / 2
            top = y - height / 2 + dy * (height / 2 + (46 if dx == 0 else 26) * k)
            inside_x = min(max(left, self.left), self.w - width)
            inside_y = min(max(top, 0.0), self.bottom - height)
            moved = abs(inside_x - left) + abs(inside_y - top)
            places.append((self._crossings(inside_x, inside_y, width, height) * 10 + moved / k + order * 2, inside_x, inside_y))
        _, left, top = min(places)
        self.text(value, left, top + big * 0.76, size=big, weight=800, colour=self.alert_ink, alpha=alpha, display=True)
        self.text(name, left, top + height - small * 0.14, size=small, alpha=alpha * 0.72)

    def _crossings(self, left: float, top: float, width: float, height: float) -> int:
        """How much of the line, its end and the finding's own dot lies under a label."""
        margin, count = 14 * self.k, len(self.spec.values)
        hits = 0
        steps = max(count - 1, 1) * max(1, 240 // count)
        for step in range(steps + 1):
            at = step * (count - 1) / steps
            before = min(int(at), count - 1)
            after = min(before + 1, count - 1)
            value = self.spec.values[before] + (self.spec.values[after] - self.spec.values[before]) * (at - before)
            x, y = self.x(at), self.y(value)
            hits += left - margin <= x <= left + width + margin and top - margin <= y <= top + height + margin
        return hits

    # -- bars

    def _bars(self) -> None:
        spec, k = self.spec, self.k
        count = len(spec.values)
        pitch = (self.right - self.left) / count
        width = max(min(pitch * 0.68, 140 * k), 1.0)
        zero = self.y(0.0)
        shows_all = count <= 6 and all(self.measure(self.value(value), 36 * k, 800, spec.display) <= pitch for value in spec.values)
        for index, value in enumerate(spec.values):
            delay = 0.45 * index / count
            share = ease("out-expo", between(self.progress, delay * DRAWN, (delay + 0.55) * DRAWN))
            tip = zero + (self.y(value) - zero) * share
            is_mark = index == spec.mark
            if abs(tip - zero) >= 1:
                top, height = min(tip, zero), abs(tip - zero)
                colour = spec.alert if is_mark else self.paled()
                radius = min(14 * k, width / 2, height / 2)
                box = Box(x=self.x(index) - width / 2, y=top, w=width, h=height)
                self.ops.append(RectOp(box=box, radius=radius, fill=colour))
                # Round at the free end only: the foot stands square on zero.
                foot = Box(x=box.x, y=zero - radius if value > 0 else zero, w=width, h=max(radius, 0.5))
                self.ops.append(RectOp(box=foot, fill=colour))
            if is_mark or shows_all:
                self._over(index, value, between(self.progress, DRAWN, 1.0), is_mark)

    def _over(self, index: int, value: float, alpha: float, is_mark: bool) -> None:
        k, text = self.k, self.value(value)
        size = (46 if is_mark else 36) * k
        width = self.measure(text, size, 800, self.spec.display)
        x = min(max(self.x(index) - width / 2, self.left), self.w - width)
        # Neighbours that reach under the number push it over themselves.
        under = [self.y(other) for at, other in enumerate(self.spec.values) if abs(self.x(at) - x - width / 2) < width / 2 + 12 * k]
        y = min([self.y(value), *under]) - 16 * k if value >= 0 else max([self.y(value), *under]) + size * 0.9
        y = min(y, self.bottom - size * 0.1)
        self.text(text, x, max(y, size * 0.8), size=size, weight=800, colour=self.alert_ink if is_mark else "", alpha=alpha, display=True)
