"""Drawings that change with a progress from 0 to 1: a number that counts, a chart that grows, a bar that fills.

`drawing_at` is pure: the same form, spec, progress and size give the same drawing, so any frame can be asked for alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aigc_cli.errors import RenderError
from aigc_cli.media.drawing.figures import counted
from aigc_cli.media.style import fonts
from aigc_cli.media.timeline import Box, Drawing, RectOp, TextOp
from aigc_cli.storyboard import Shape


class CounterSpec(Shape):
    """`counter`: one line of text whose first number counts up. `x` is where the finished line starts, ends or is centred."""

    text: str
    x: float
    y: float
    family: str
    weight: int
    size: float
    colour: str
    tracking: float = 0.0
    language: str = ""
    align: str = "left"


class BarSpec(Shape):
    """`bar`: a bar that fills from the share `start` to the share `end` of its width."""

    colour: str
    track: str | None = None
    radius: float = 0.0
    start: float = 0.0
    end: float = 1.0


def drawing_at(form: str, spec: Mapping[str, Any], progress: float, width: float, height: float) -> Drawing:
    """The drawing of an animated content at a progress, in pixels from its box's top left.

    Raises RenderError for a form that is not known.
    """
    progress = min(max(progress, 0.0), 1.0)
    if form == "counter":
        return _counter(CounterSpec.model_validate(spec), progress)
    if form == "chart":
        # a clip without a chart has no use for all that charts build on
        from aigc_cli.media.drawing.chart_sheet import ChartSpec
        from aigc_cli.media.drawing.charts import chart_drawing

        return chart_drawing(ChartSpec.model_validate(spec), progress, width, height)
    if form == "bar":
        return _bar(BarSpec.model_validate(spec), progress, width, height)
    raise RenderError(f"`{form}` is not a form of animated drawing", "use one of counter, chart, bar")


def _counter(spec: CounterSpec, progress: float) -> Drawing:
    text = counted(spec.text, progress)
    # Figures of one width keep a changing number from trembling; the finished one stands as type is set.
    is_tabular = text != spec.text
    x = spec.x
    if spec.align != "left":
        face = {"family": spec.family, "weight": spec.weight, "size": spec.size, "tracking": spec.tracking, "language": spec.language}
        width = fonts.width(text, is_tabular=is_tabular, **face)  # type: ignore[arg-type]  # one dictionary for mixed types
        x -= width if spec.align == "right" else width / 2
    return (
        TextOp(
            text=text,
            x=x,
            y=spec.y,
            family=spec.family,
            weight=spec.weight,
            size=spec.size,
            tracking=spec.tracking,
            language=spec.language,
            colour=spec.colour,
            is_tabular=is_tabular,
        ),
    )


def _bar(spec: BarSpec, progress: float, width: float, height: float) -> Drawing:
    ops: list[RectOp] = []
    if spec.track:
        ops.append(RectOp(box=Box(x=0, y=0, w=width, h=height), radius=spec.radius, fill=spec.track))
    share = spec.start + (spec.end - spec.start) * progress
    if share * width >= 0.5:
        ops.append(RectOp(box=Box(x=0, y=0, w=share * width, h=height), radius=spec.radius, fill=spec.colour))
    return tuple(ops)
