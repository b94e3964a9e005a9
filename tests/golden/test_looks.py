"""What clips look like, kept: a frame of every template in three shapes, and the timelines of both workflows, told and as JSON.

After a change that is meant: `pytest tests/golden --golden-update`, then look at the pictures that changed.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from aigc_cli.media.timeline import Box, Timeline
from docs.gallery import samples
from docs.gallery.studio import EXAMPLES, Studio

FRAMES = Path(__file__).parent / "frames"
LAYERS = Path(__file__).parent / "layers"
TIMELINES = Path(__file__).parent / "timelines"
SHAPES = {"9:16": "9x16", "1:1": "1x1", "16:9": "16x9"}
_MEAN, _BLOCK = 1.5, 14.0  # of 255: over the frame, and over any patch of 12x12 pixels


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


@pytest.mark.parametrize("form", SHAPES)
@pytest.mark.parametrize("layout", samples.SCENES)
def test_a_frame_of_every_template(studio: Studio, layout: str, form: str, is_golden_update: bool) -> None:
    language = "zh" if form == "1:1" else "en"
    timeline = studio.film(samples.board(layout, language), form, brand=samples.SCENES[layout][0], scale=0.25)
    shot = timeline.shots[1]
    (frame,) = studio.frames(timeline, [shot.start + int(shot.frames * 0.6)])
    file = FRAMES / f"{layout}-{SHAPES[form]}.jpg"
    if is_golden_update:
        FRAMES.mkdir(exist_ok=True)
        assert cv2.imwrite(str(file), frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111])
        return
    kept = cv2.imread(str(file))
    assert kept is not None, f"{file.name} is not there: pytest tests/golden --golden-update"
    assert kept.shape == frame.shape
    off = cv2.absdiff(kept[..., ::-1], frame).mean(axis=2).astype(np.float32)
    assert off.mean() < _MEAN
    assert cv2.blur(off, (12, 12)).max() < _BLOCK


@pytest.fixture(scope="module", params=["product-clip-en", "product-clip-zh", "news-brief-en", "news-brief-zh"])
def clip(request: pytest.FixtureRequest, studio: Studio) -> tuple[str, Timeline]:
    name = str(request.param)
    language = name[-2:]
    if name.startswith("product"):
        return name, studio.film(studio.product(samples.PRODUCT[language], language), "9:16")
    return name, studio.film(studio.brief(EXAMPLES / "earthquakes" / "week.geojson", language), "9:16", brand="newsroom")


def test_the_layers_of_both_workflows(clip: tuple[str, Timeline], is_golden_update: bool) -> None:
    name, timeline = clip
    _compare(LAYERS / f"{name}.txt", told(timeline), is_golden_update)


def test_the_timeline_of_both_workflows(clip: tuple[str, Timeline], is_golden_update: bool) -> None:
    name, timeline = clip
    content = _rounded(_short(timeline.model_dump(mode="json", exclude_defaults=True)))
    _compare(TIMELINES / f"{name}.json", "\n".join(_written(content)) + "\n", is_golden_update)


def _compare(file: Path, text: str, is_golden_update: bool) -> None:
    if is_golden_update:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()


def _short(value: Any) -> Any:
    """The corners of a path by their digest: a coast has ten thousand."""
    if isinstance(value, dict):
        return {key: _digest(item) if key == "rings" else _short(item) for key, item in value.items()}
    return [_short(item) for item in value] if isinstance(value, list) else value


def _digest(rings: list[list[float]]) -> str:
    text = json.dumps(_rounded(rings))
    return f"{sum(map(len, rings)) // 2} corners, {hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _written(value: Any, indent: str = "", before: str = "", after: str = "") -> list[str]:
    """JSON in lines of up to 160 characters: what changed is one line of a diff."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) <= 160 or not isinstance(value, dict | list):
        return [indent + before + flat + after]
    pairs = [(f"{json.dumps(key)}: ", item) for key, item in value.items()] if isinstance(value, dict) else [("", item) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = [indent + before + opening]
    for at, (name, item) in enumerate(pairs):
        lines += _written(item, indent + " ", name, "," if at < len(pairs) - 1 else "")
    return [*lines, indent + closing + after]


def told(timeline: Timeline) -> str:
    """A timeline as lines of text: every layer with its place, its span, its content by digest, and how it moves."""
    lines = [f"{timeline.width}x{timeline.height} {timeline.frames} frames, {timeline.language}"]
    for shot in timeline.shots:
        lines.append(f"{shot.id}: {shot.start} + {shot.frames}, {shot.transition} {shot.transition_frames}")
        for layer in shot.layers:
            content = layer.content.model_dump(mode="json")
            digest = hashlib.sha256(json.dumps(_rounded(content), sort_keys=True).encode()).hexdigest()[:8]
            moves = [name for name in ("opacity", "dx", "dy", "scale") if getattr(layer.motion, name)]
            span = f"{layer.start}..{'end' if layer.frames is None else layer.start + layer.frames}"
            lines.append(f"  {layer.role} {layer.id} {_place(layer.box)} {span} {content['kind']} {digest} {' '.join(moves)}".rstrip())
    return "\n".join(lines) + "\n"


def _place(box: Box) -> str:
    return f"{box.x:g},{box.y:g} {box.w:g}x{box.h:g}"


def _rounded(value: Any) -> Any:
    """Floats to a hundredth, so that another processor's last digit changes nothing."""
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
