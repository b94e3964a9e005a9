"""What people read is measured on the gallery's own frames: safe zone, overlaps, contrast on pixels; captions are read by a network."""

from __future__ import annotations

import itertools
import re

import pytest

from aigc_cli.media.style import fonts
from aigc_cli.media.timeline import Box, TextOp, Timeline
from docs.gallery import checks, samples
from docs.gallery.make import BRANDS, LANGUAGES, SHAPES, STYLES
from docs.gallery.studio import Studio
from tests.golden import reader

# Every template in every shape, each in another brand and the other language than the one before it; `python -m docs.gallery.checks`
# looks at all that could be combined.
FRAMES = [
    (layout, form, BRANDS[at % len(BRANDS)], list(LANGUAGES)[(at // 2) % 2])
    for at, (layout, form) in enumerate(itertools.product(samples.SCENES, SHAPES))
]


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


@pytest.mark.parametrize(("layout", "form", "brand", "language"), FRAMES)
def test_every_template_is_readable_in_every_shape(studio: Studio, layout: str, form: str, brand: str, language: str) -> None:
    timeline = studio.film(samples.board(layout, language), form, brand=brand)
    assert checks.faults(studio, timeline, timeline.shots[1]) == []


def test_the_checks_find_what_is_wrong(studio: Studio) -> None:
    timeline = studio.film(samples.board("title"), "9:16", brand="warm")
    shot = timeline.shots[1]

    def changed(name: str, **update: object) -> list[str]:
        layers = tuple(layer.model_copy(update=update) if layer.id == name else layer for layer in shot.layers)
        other = shot.model_copy(update={"layers": layers})
        return checks.faults(studio, timeline.model_copy(update={"shots": (timeline.shots[0], other)}), other)

    line = next(layer for layer in shot.layers if layer.id == "headline.0")
    kicker = next(layer for layer in shot.layers if layer.id == "kicker")
    pale = line.content.model_copy(
        update={
            "drawing": tuple(op.model_copy(update={"colour": "#4A2E1C"}) if isinstance(op, TextOp) else op for op in line.content.drawing)
        }
    )
    assert changed("headline.0") == []
    assert changed("headline.0", box=line.box.model_copy(update={"x": -40.0})) == ["`headline.0` leaves the safe zone"]
    assert "`kicker` and `headline.0` overlap" in changed("headline.0", box=line.box.model_copy(update={"y": kicker.box.y - 40}))
    assert [fault.split(":")[0] for fault in changed("headline.0", content=pale)] == ["`headline.0`"]


def _lines(timeline: Timeline, number: int, style: str) -> dict[float, tuple[str, Box]]:
    """The caption lines that stand in a frame of the second shot: what they say, and where, by their baseline."""
    found: dict[float, tuple[str, Box]] = {}
    shot = timeline.shots[1]
    drawn = r"caption-\d+-\d+(-after)?" if style == "pop" else r"caption-\d+"  # a page whose words come up one by one has no layer
    for layer in shot.layers:
        if not re.fullmatch(drawn, layer.id) or not checks.is_at_rest(layer, number):
            continue
        for op in checks.drawing_of(layer, number):
            if isinstance(op, TextOp):
                x, y = layer.box.x + op.x, round(layer.box.y + op.y, 1)
                text, box = found.get(y, ("", Box(x=x, y=y - op.size, w=1, h=op.size * 1.3)))
                right = max(box.right, x + fonts.width(op.text, family=op.family, weight=op.weight, size=op.size, language=op.language))
                found[y] = (text + op.text, box.model_copy(update={"x": min(box.x, x), "w": right - min(box.x, x)}))
    return found


@pytest.mark.skipif(reader.model() is None, reason="needs `pip install --no-deps rapidocr-onnxruntime==1.4.4`")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", STYLES)
def test_a_network_reads_the_captions(studio: Studio, style: str, language: str) -> None:
    for layout, brand in (("product", "warm"), ("feature", "plain"), ("split", "newsroom")):
        timeline = studio.film(samples.board(layout, language), "16:9", brand=brand, caption_style=style)
        shot = timeline.shots[1]
        number = next(n for n in range(shot.frames // 2, shot.frames) if _lines(timeline, n, style))
        (frame,) = studio.frames(timeline, [shot.start + number])
        for text, box in _lines(timeline, number, style).values():
            left, right = max(round(box.x) - 5, 0), min(round(box.right) + 5, frame.shape[1])
            strip = frame[round(box.y) : round(box.bottom), left:right]
            assert _letters(reader.read(strip)) == _letters(text), (layout, style)


def _letters(text: str) -> str:
    return re.sub(r"[^\w]", "", text).lower()
