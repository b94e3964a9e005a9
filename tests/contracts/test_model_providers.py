"""Providers that need large libraries: here those are away, and each says how to get them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aigc_cli import registry
from aigc_cli.engine.choose import unmet
from aigc_cli.errors import MissingExtra
from aigc_cli.shapes import DescribeRequest, ImageRequest, MotionRequest, MusicRequest, SoundRequest
from aigc_cli.steps.image import Create
from aigc_cli.steps.text import Translate, Write
from aigc_cli.storyboard import Scene, Storyboard
from tests.desk import Desk

CURES = {
    **{(each, "diffusers"): "pip install 'aigc[diffusers]'" for each in ("image", "motion")},
    **{(each, "transformers"): "pip install 'aigc[transformers]'" for each in ("text", "translate", "describe", "music", "sound")},
}
SCRIPT = Storyboard(title="Cup", language="en", scenes=(Scene(id="hook", layout="title", say="A cup."),))
VERBS: dict[str, Callable[[Any, Desk], Any]] = {
    "image": lambda provider, desk: provider.draw(ImageRequest(prompt="a cup"), desk),
    "motion": lambda provider, desk: provider.animate(MotionRequest(prompt="a cup"), desk),
    "text": lambda provider, desk: provider.write(Write(facts={"product": "Pikolo"}), desk),
    "translate": lambda provider, desk: provider.translate(Translate(script=SCRIPT, language="zh"), desk),
    "describe": lambda provider, desk: provider.describe(DescribeRequest(image=desk.save(b"x", "image/png")), desk),
    "music": lambda provider, desk: provider.compose(MusicRequest(duration_s=1), desk),
    "sound": lambda provider, desk: provider.sound(SoundRequest(prompt="a dog barks"), desk),
}


@pytest.mark.parametrize(("capability", "name"), CURES)
def test_without_its_extra_a_provider_says_how_to_get_it(
    capability: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("torch", "diffusers", "transformers"):
        monkeypatch.setitem(sys.modules, package, None)
    kind = registry.provider(capability, name)
    for need in kind.needs:
        refusal = unmet(need, name, is_offline=False)
        assert isinstance(refusal, MissingExtra)
        assert refusal.hint == CURES[capability, name]
    provider: Any = kind(model=str(tmp_path))  # type: ignore[call-arg]
    with pytest.raises(MissingExtra) as caught:
        VERBS[capability](provider, Desk(tmp_path))
    assert caught.value.hint == CURES[capability, name]


@pytest.mark.parametrize(("capability", "name"), CURES)
def test_a_model_must_be_named_and_pinned(capability: str, name: str) -> None:
    kind: Any = registry.provider(capability, name)
    step = Create(prompt="a cup")
    assert "no `model` is named" in str(kind().misfit(step))
    assert "pinned" in str(kind(model="owner/name").misfit(step))
    assert kind(model="owner/name", revision="a" * 40).misfit(step) is None
    assert kind(model="/models/name").misfit(step) is None


def test_a_picture_without_words_has_nothing_to_be_drawn_from() -> None:
    kind: Any = registry.provider("image", "diffusers")
    assert kind(model="/models/name").misfit(Create()) == "there is no prompt to draw from"


@pytest.mark.parametrize(
    ("frame", "side", "multiple"),
    [((1080, 1920), 512, 64), ((1920, 1080), 1024, 64), ((1080, 1080), 512, 64), ((1080, 1350), 1024, 16), ((4096, 64), 512, 64)],
)
def test_a_size_is_of_the_frame_s_shape_and_the_model_s_area(frame: tuple[int, int], side: int, multiple: int) -> None:
    from aigc_cli.models.diffusion.sizes import fitted

    width, height = fitted(*frame, side, multiple)
    assert width % multiple == 0 == height % multiple
    aspect = frame[0] / frame[1]
    if aspect < 4:
        assert 0.9 < width / height / aspect < 1.1
        assert 0.85 < width * height / side**2 < 1.15
