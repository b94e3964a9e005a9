"""Sample scenes: every shipped template fills its slots and stands in three shapes."""

from __future__ import annotations

import io

import pytest

from aigc_cli.assets import Templates
from aigc_cli.media.layout.scene_template import load
from aigc_cli.media.layout.specimen import sample_scene, specimen

SHIPPED = Templates.beside(None)


@pytest.mark.parametrize("name", [each.removesuffix(".yaml") for each in SHIPPED.names("scenes")])
def test_every_template_has_sample_content(name):
    template = load(name, SHIPPED)
    scene = sample_scene(template)
    assert all(scene.show.get(slot) for slot, facts in template.slots.items() if facts.required)


@pytest.mark.parametrize("name", ["map", "call-to-action"])
def test_a_specimen_is_a_picture_with_three_frames_side_by_side(name):
    from PIL import Image

    with Image.open(io.BytesIO(specimen(name, SHIPPED))) as image:
        assert image.size == (540 + 960 + 1707 + 4 * 24, 960 + 48)
        columns = [image.getpixel((x, 500)) for x in (12, 24 + 540 + 12, 24 + 540 + 24 + 960 + 12)]
    assert columns == [(40, 40, 40)] * 3
