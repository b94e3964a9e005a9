"""Scene templates: what a turn changes, and how close a photo is seen."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from aigc_cli.artifacts import Artifact
from aigc_cli.assets import Templates
from aigc_cli.media.layout import scene_template, visuals
from aigc_cli.media.layout.moves import Clock
from aigc_cli.media.layout.scene_template import Enter, SceneTemplate
from aigc_cli.media.style import brand
from aigc_cli.media.timeline import Box, ImageOp, Still
from aigc_cli.shapes import Picture

TEMPLATES = Templates.beside(None)


def test_a_layout_used_again_looks_different_and_then_begins_anew() -> None:
    template = scene_template.load("feature", TEMPLATES)
    looks = [template.turned(number) for number in range(4)]
    assert looks[0] == template == looks[3]
    assert [each.tone for each in looks[:3]] == ["light", "accent", "dark"]
    assert looks[2].boxes["square"] == template.boxes["square"]  # what a turn does not name stays
    assert looks[1].boxes["portrait"]["picture"] != template.boxes["portrait"]["picture"]


def test_a_turn_that_names_no_box_is_refused() -> None:
    content = scene_template.load("product", TEMPLATES).model_dump(mode="json", by_alias=True)
    content["turns"] = [{"layers": [{"draw": "picture", "box": "nowhere"}]}]
    with pytest.raises(ValidationError, match="there is no box `nowhere`"):
        SceneTemplate.model_validate(content)


@pytest.mark.parametrize(("side", "closer"), [(1000, 1.5), (400, 1.0)])
def test_a_photo_is_seen_closer_as_far_as_its_pixels_bear_it(side: int, closer: float) -> None:
    shown = Picture(image=Artifact(digest="1" * 64, media_type="image/png", size=1), width=side, height=side, is_photo=True)
    setting = visuals.Setting(
        tone=brand.load("warm", TEMPLATES).tone("dark"),
        clock=Clock(90, 30, 1.0),
        enter=Enter(),
        camera=visuals.Camera("in", 0, 0.05),
        is_seen=True,
        zoom=1.5,
    )
    layers = visuals.bleed(shown, Box(x=0, y=700, w=1080, h=1220), setting, shade_from=1900)
    content = layers[0].content
    assert isinstance(content, Still)
    assert isinstance(content.source, tuple)
    (op,) = content.source
    assert isinstance(op, ImageOp)
    assert op.box.w / content.width == pytest.approx(closer, rel=0.01)
    # Wherever the subject is, the photo covers its place.
    assert op.box.x <= 0
    assert op.box.right >= content.width
    assert op.box.y <= 0
    assert op.box.bottom >= content.height
