"""What all charts share: what their drawing depends on, type, colours, and text that stays in the box."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from aigc_cli.media.drawing.figures import formatted
from aigc_cli.media.style import fonts
from aigc_cli.media.style.palettes import mix, reach, with_alpha
from aigc_cli.media.timeline import Op, TextOp
from aigc_cli.storyboard import Shape

DRAWN = 0.8  # share of the progress in which lines, bars and rings grow; then the finding is named


class ChartSpec(Shape):
    """All that a chart's drawing depends on. Lengths for a shorter side of 1080, times `scale`."""

    form: Literal["line", "area", "bar", "ranked", "donut"]
    labels: tuple[str, ...]
    values: tuple[float, ...] = Field(min_length=1)
    unit: str = ""
    decimals: int = 0
    mark: int | None = None
    mark_label: str = ""
    accent: str
    alert: str
    ink: str
    ground: str
    display: str
    body: str
    scale: float
    language: str = ""


def between(progress: float, start: float, end: float) -> float:
    return min(max((progress - start) / (end - start), 0.0), 1.0)


class Sheet:
    """A chart to be: its type, its colours, and text that stays in the box."""

    def __init__(self, spec: ChartSpec, progress: float, width: float, height: float) -> None:
        self.spec, self.progress, self.w, self.h = spec, progress, width, height
        # In a box smaller than it was designed for, everything shrinks together.
        self.k = min(spec.scale, width / 640, height / 380)
        self.ops: list[Op] = []
        # Words in the alert colour stand on a ground with light on it.
        self.alert_ink = reach(spec.alert, mix(spec.ground, spec.ink, 0.12), 4.5)

    def measure(self, text: str, size: float, weight: int, family: str) -> float:
        return fonts.width(text, family=family, weight=weight, size=size, language=self.spec.language) if text else 0.0

    def fitted(self, text: str, size: float, weight: int, room: float) -> tuple[str, float]:
        """The text made smaller, at last shortened, until it fits in `room`."""
        width = self.measure(text, size, weight, self.spec.body)
        if width > room:
            size = max(size * room / width, size * 0.7)
            while len(text) > 1 and self.measure(text, size, weight, self.spec.body) > room:
                text = text.rstrip("…")[:-1].rstrip() + "…"
                if text == "…":
                    break
        return text, size

    def text(
        self, text: str, x: float, y: float, *, size: float, weight: int = 500, colour: str = "", alpha: float = 1.0, display: bool = False
    ) -> None:
        if text and alpha > 0:
            family = self.spec.display if display else self.spec.body
            ink = with_alpha(colour or self.spec.ink, alpha)
            self.ops.append(TextOp(text=text, x=x, y=y, family=family, weight=weight, size=size, language=self.spec.language, colour=ink))

    def value(self, value: float) -> str:
        return formatted(value, self.spec.decimals, self.spec.unit)

    def paled(self) -> str:
        """The accent for what is not the finding."""
        return mix(self.spec.ground, self.spec.accent, 0.5) if self.spec.mark is not None else self.spec.accent
