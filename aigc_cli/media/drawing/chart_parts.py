"""Charts of parts and ranks: horizontal bars, the largest first, and a ring of shares."""

from __future__ import annotations

import math

from aigc_cli.media.drawing.chart_sheet import DRAWN, Sheet, between
from aigc_cli.media.drawing.figures import domain
from aigc_cli.media.style.palettes import mix, with_alpha
from aigc_cli.media.timeline import Box, Op, PathOp, RectOp, ease

_MOST_ROWS = 8
_MOST_PARTS = 6
_GAP_DEGREES = 1.6


class Ranked(Sheet):
    """Horizontal bars, the largest first; at most eight, among them the finding."""

    def draw(self) -> list[Op]:
        """The display list."""
        spec, k = self.spec, self.k
        order = sorted(range(len(spec.values)), key=lambda index: (-spec.values[index], index))
        rows = order[:_MOST_ROWS]
        if spec.mark is not None and spec.mark not in rows:
            rows[-1] = spec.mark
        low, high = domain([spec.values[index] for index in rows], from_zero=True)
        span = (high - low) or 1.0
        pitch = min(self.h / len(rows), 150 * k)
        size = min(36 * k, pitch * 0.34)
        thick = min(pitch * 0.26, 30 * k)
        top = (self.h - pitch * len(rows)) / 2
        for row, index in enumerate(rows):
            value, is_mark = spec.values[index], index == spec.mark
            y = top + row * pitch + pitch * 0.5
            delay = 0.4 * row / len(rows)
            share = ease("out-expo", between(self.progress, delay * DRAWN, (delay + 0.6) * DRAWN))
            self._row(index, y, size=size, share=share)
            track = Box(x=0, y=y + size * 0.30, w=self.w, h=thick)
            self.ops.append(RectOp(box=track, radius=thick / 2, fill=with_alpha(spec.ink, 0.06)))
            zero, tip = -low / span * self.w, (value - low) / span * self.w
            tip = zero + (tip - zero) * share
            if abs(tip - zero) >= 1:
                bar = Box(x=min(zero, tip), y=track.y, w=abs(tip - zero), h=thick)
                self.ops.append(RectOp(box=bar, radius=thick / 2, fill=spec.alert if is_mark else self.paled()))
        return self.ops

    def _row(self, index: int, y: float, *, size: float, share: float) -> None:
        spec, is_mark = self.spec, index == self.spec.mark
        value = self.value(spec.values[index])
        width = self.measure(value, size * 1.12, 800, spec.display)
        name, fitted = self.fitted(spec.labels[index], size, 600 if is_mark else 500, self.w - width - 24 * self.k)
        self.text(name, 0, y, size=fitted, weight=600 if is_mark else 500, alpha=1.0 if is_mark else 0.82)
        self.text(
            value, self.w - width, y, size=size * 1.12, weight=800, colour=self.alert_ink if is_mark else "", alpha=share, display=True
        )


class Donut(Sheet):
    """A ring of shares, the finding in the alert colour and named in its middle; a legend beside it, or under it in a tall box."""

    def draw(self) -> list[Op]:
        """The display list; negative values have no share."""
        spec, k = self.spec, self.k
        parts = self._parts()
        total = sum(value for _, value, _ in parts) or 1.0
        is_tall = self.h > self.w * 0.9
        pitch = 62 * k
        room = pitch * len(parts) + 48 * k if is_tall else 0.0
        side = min(self.w if is_tall else self.w * 0.5, self.h - room)
        if side < 200 * k:  # no room for a legend
            side, is_tall = min(self.w, self.h), True
        x, y = (self.w / 2 if is_tall else side / 2), (side / 2 if is_tall else self.h / 2)
        sweep = ease("in-out", between(self.progress, 0, DRAWN)) * 360
        start = -90.0
        for index, value, _ in parts:
            end = start + 360 * value / total
            self._sector(x, y, side / 2 - 4 * k, start, min(end, sweep - 90), self._colour(index, parts))
            start = end
        self._middle(x, y, side * 0.58, parts, total)
        left, top = (0.0, side + 48 * k) if is_tall else (side + 64 * k, (self.h - pitch * len(parts)) / 2)
        if top + pitch * len(parts) <= self.h + 1:
            for row, (index, value, name) in enumerate(parts):
                self._legend(left, top + pitch * row, pitch, self._colour(index, parts), name, value / total, index == spec.mark)
        return self.ops

    def _parts(self) -> list[tuple[int, float, str]]:
        """Index, value and name of each part, the largest first; small ones together as the last, with index -1."""
        spec = self.spec
        order = sorted((index for index, value in enumerate(spec.values) if value > 0), key=lambda index: (-spec.values[index], index))
        kept = order[:_MOST_PARTS] if len(order) <= _MOST_PARTS else order[: _MOST_PARTS - 1]
        if spec.mark is not None and spec.mark in order and spec.mark not in kept:
            kept[-1] = spec.mark
        parts = [(index, spec.values[index], spec.labels[index]) for index in kept]
        rest = sum(spec.values[index] for index in order if index not in kept)
        return [*parts, (-1, rest, "其他" if spec.language.startswith("zh") else "Other")] if rest else parts

    def _colour(self, index: int, parts: list[tuple[int, float, str]]) -> str:
        spec = self.spec
        if index == spec.mark:
            return spec.alert
        if index < 0:
            return mix(spec.ground, spec.ink, 0.25)
        others = [each for each, _, _ in parts if each not in (spec.mark, -1)]
        return mix(spec.ground, spec.accent, 0.9 - 0.62 * others.index(index) / max(len(others) - 1, 1))

    def _sector(self, x: float, y: float, radius: float, start: float, end: float, colour: str) -> None:  # noqa: PLR0917
        end -= min(_GAP_DEGREES, (end - start) / 2)
        if end - start < 0.2:
            return
        steps = max(2, math.ceil((end - start) / 2))
        angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
        inner = radius * 0.64
        ring = [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]
        ring += [(x + inner * math.cos(angle), y + inner * math.sin(angle)) for angle in reversed(angles)]
        box = Box(x=x - radius, y=y - radius, w=2 * radius, h=2 * radius)
        self.ops.append(PathOp(rings=(tuple(part for point in ring for part in point),), is_closed=True, fill=colour, box=box))

    def _middle(self, x: float, y: float, room: float, parts: list[tuple[int, float, str]], total: float) -> None:
        spec = self.spec
        alpha = between(self.progress, DRAWN * 0.9, 1.0)
        found = next((part for part in parts if part[0] == spec.mark), parts[0] if parts else None)
        if found is None or alpha <= 0:
            return
        share = f"{round(100 * found[1] / total)}%"
        big = min(110 * self.k, room * 0.34)
        name, small = self.fitted(spec.mark_label or found[2], big * 0.36, 600, room * 0.86)
        width = self.measure(share, big, 800, spec.display)
        self.text(share, x - width / 2, y + big * 0.2, size=big, weight=800, alpha=alpha, display=True)
        width = self.measure(name, small, 600, spec.body)
        self.text(name, x - width / 2, y + big * 0.2 + small * 1.4, size=small, weight=600, alpha=alpha * 0.8)

    def _legend(self, x: float, y: float, pitch: float, colour: str, name: str, share: float, is_mark: bool) -> None:  # noqa: PLR0917
        k = self.k
        dot = 26 * k
        self.ops.append(RectOp(box=Box(x=x, y=y + (pitch - dot) / 2, w=dot, h=dot), radius=dot / 3, fill=colour))
        value = f"{round(100 * share)}%"
        wide = self.measure(value, 38 * k, 800, self.spec.display)
        weight = 700 if is_mark else 500
        name, size = self.fitted(name, 38 * k, weight, self.w - x - dot - wide - 52 * k)
        baseline = y + pitch / 2 + 13 * k
        self.text(name, x + dot + 22 * k, baseline, size=size, weight=weight, alpha=1.0 if is_mark else 0.82)
        self.text(value, self.w - wide, baseline, size=38 * k, weight=800, display=True)
