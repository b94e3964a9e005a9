"""Every name leads to a class that keeps the house rules; nothing heavy is imported on the way."""

import subprocess
import sys

import pytest

from aigc_cli import registry
from aigc_cli.contracts import Provider, Step
from aigc_cli.errors import WorkflowError


@pytest.mark.parametrize("kind", registry.steps())
def test_steps_are_described(kind: str) -> None:
    step = registry.step(kind)
    assert issubclass(step, Step)
    assert step.kind == kind
    assert step.version >= 1
    assert step.provides in registry.capabilities()
    assert step.outputs
    assert step.__doc__
    assert all(field.description for field in step.model_fields.values())


@pytest.mark.parametrize(("capability", "name"), [(c, n) for c in registry.capabilities() for n in registry.providers(c)])
def test_providers_are_described(capability: str, name: str) -> None:
    provider = registry.provider(capability, name)
    assert issubclass(provider, Provider)
    assert provider.name == name
    assert provider.version >= 1
    assert provider.__doc__
    assert all(field.description for field in provider.model_fields.values())
    assert provider.is_fake == (name == "fake")


ON_REQUEST = {"transcribe": "faster_whisper", "edit": "moviepy"}
"""Capabilities that no clip needs, and the package of an extra that brings each."""


@pytest.mark.parametrize("capability", registry.capabilities())
def test_every_capability_works_without_a_key(capability: str) -> None:
    if capability in ON_REQUEST:
        needs = [need.name for name in registry.providers(capability) for need in registry.provider(capability, name).needs]
        assert ON_REQUEST[capability] in needs
    else:
        assert registry.embedded(capability)


@pytest.mark.parametrize("capability", [each for each in registry.capabilities() if each != "edit"])  # a film cut by nobody is the film
def test_every_capability_has_a_fake(capability: str) -> None:
    assert "fake" in registry.providers(capability)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(WorkflowError) as caught:
        registry.step("speech.sing")
    assert "speech.say" in caught.value.hint
    with pytest.raises(WorkflowError) as caught:
        registry.provider("speech", "nobody")
    assert "hibari" in caught.value.hint


def test_loading_every_class_imports_nothing_heavy() -> None:
    code = """
import sys
from aigc_cli import registry
for kind in registry.steps(): registry.step(kind)
for capability in registry.capabilities():
    for name in registry.providers(capability): registry.provider(capability, name)
heavy = {"numpy", "av", "cv2", "skia", "PIL", "onnxruntime", "soxr", "jieba", "misaki", "hibari", "httpx", "feedparser", "rich", "typer"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
