import pytest
from pydantic import ValidationError

from aigc_cli.artifacts import Artifact
from aigc_cli.shapes import ImageRequest, Palette, Picture
from aigc_cli.steps.image import Create

IMAGE = Artifact(digest="0" * 64, media_type="image/png", size=1)
OWN = Palette(ground="#0E1A2B", ink="#FFFFFF", accent="#FF9F1C", quiet="#6E93C4")


class Echo:
    """A provider that gives back what it was asked."""

    def draw(self, request, ctx):
        assert isinstance(request, ImageRequest)
        return Picture(image=IMAGE, width=request.width, height=request.height, palette=request.palette, alt=request.prompt)


def test_the_step_hands_everything_over_and_returns_a_picture_field_by_field():
    value = Create(prompt="coffee", width=128, height=96, palette=OWN).run(Echo(), None)
    assert set(value) == set(Create.outputs) == set(Picture.model_fields)
    assert value["image"] is IMAGE
    assert (value["width"], value["height"], value["alt"], value["palette"]) == (128, 96, "coffee", OWN)


def test_the_step_asks_for_all_that_a_provider_may_be_asked():
    assert set(Create.model_fields) >= set(ImageRequest.model_fields)


@pytest.mark.parametrize("wrong", [{"style": "photo"}, {"width": 10}, {"height": 9000}, {"prompt": "x" * 2001}, {"colour": "red"}])
def test_wrong_parameters_are_refused(wrong):
    with pytest.raises(ValidationError):
        Create(**wrong)
