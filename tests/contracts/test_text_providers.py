"""What every provider of text and pictures keeps to, whoever does the work."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest
from pydantic import ValidationError

from aigc_cli import credentials, fetch, registry
from aigc_cli.artifacts import Artifact
from aigc_cli.assets import Templates
from aigc_cli.engine import choose
from aigc_cli.errors import ConfigError, MissingExtra, MissingKey, Refused
from aigc_cli.steps.describing import Describe
from aigc_cli.steps.image import Create
from aigc_cli.steps.motion import Generate
from aigc_cli.steps.text import Translate, Write
from aigc_cli.storyboard import Scene, Storyboard

STEPS: dict[str, Any] = {
    "text": Write(facts={"product": "Pikolo Espresso", "points": ["Single origin"]}),
    "translate": Translate(
        script=Storyboard(title="Cup", language="en", scenes=(Scene(id="hook", layout="title", say="A cup."),)), language="zh"
    ),
    "describe": Describe(image=Artifact(digest="0" * 64, media_type="image/png", size=1)),
    "image": Create(prompt="a cup of coffee", width=64, height=64),
    "motion": Generate(prompt="a cup of coffee", width=64, height=64),
}
EACH = [(capability, name) for capability in STEPS for name in registry.providers(capability)]


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("AIGC_CONFIG", str(tmp_path))
    for name in ("OPENAI_API_KEY", "AIGC_KEY_OPENAI", "AIGC_SERVERS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("capability", "name"), EACH)
def test_its_options_are_described_and_unknown_ones_are_refused(capability: str, name: str) -> None:
    kind = registry.provider(capability, name)
    assert kind.name == name
    assert kind.__doc__
    assert all(field.description for field in kind.model_fields.values())
    assert not {*kind.model_fields} & {*type(STEPS[capability]).model_fields}, "an option may not be called like a parameter of the step"
    with pytest.raises(ValidationError):
        kind.model_validate({"no_such_option": 1})
    assert kind.model_validate(kind().model_dump(mode="json")) == kind()


@pytest.mark.parametrize(("capability", "name"), EACH)
def test_its_estimate_can_be_made_without_a_key_and_without_its_library(capability: str, name: str) -> None:
    provider = registry.provider(capability, name)()
    usage = provider.estimate(STEPS[capability], Templates.beside(None))
    is_remote = any(need.kind == "network" for need in provider.requires())
    assert (usage is not None) is is_remote
    assert usage is None or (usage.server and usage.model and all(count > 0 for count in usage.units.values()))


@pytest.mark.parametrize(("capability", "name"), EACH)
def test_its_materials_are_digests_and_stay_the_same(capability: str, name: str) -> None:
    provider, templates = registry.provider(capability, name)(), Templates.beside(None)
    first = provider.materials(STEPS[capability], templates)
    assert first == provider.materials(STEPS[capability], templates)
    assert all(isinstance(value, str) for value in first.values())


@pytest.mark.parametrize(("capability", "name"), EACH)
def test_what_is_missing_is_named_with_its_cure(capability: str, name: str) -> None:
    for need in registry.provider(capability, name)().requires():
        refusal = choose.unmet(need, name, is_offline=True)
        if need.kind == "network":
            assert isinstance(refusal, ConfigError if fetch.is_local_name(need.name) else Refused)
        elif need.kind == "key":
            assert isinstance(refusal, MissingKey)
            assert credentials.usual_variable(need.name) in refusal.message
        elif need.kind == "extra" and importlib.util.find_spec(need.name) is None:
            assert isinstance(refusal, MissingExtra)
            assert f"aigc[{name}]" in refusal.hint
        if refusal is not None:
            assert refusal.hint
