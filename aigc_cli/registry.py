"""Finds steps and providers by name. Names are known at once; a class is imported on first use.

Built-ins are listed here in the form that third parties use in the entry-point groups `aigc.steps` (name: step kind)
and `aigc.providers` (name: `capability.provider`), and enter by the same function.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any, cast

from aigc_cli.contracts import Provider, Step
from aigc_cli.errors import ConfigError, WorkflowError

_STEPS = {
    "data.load": "aigc_cli.steps.data:Load",
    "text.write": "aigc_cli.steps.text:Write",
    "text.brief": "aigc_cli.steps.text:Brief",
    "text.translate": "aigc_cli.steps.text:Translate",
    "speech.say": "aigc_cli.steps.speech:Say",
    "speech.transcribe": "aigc_cli.steps.listening:Transcribe",
    "speech.check": "aigc_cli.steps.listening:Check",
    "image.create": "aigc_cli.steps.image:Create",
    "image.edit": "aigc_cli.steps.image:Edit",
    "image.collage": "aigc_cli.steps.image:Collage",
    "image.describe": "aigc_cli.steps.describing:Describe",
    "image.rank": "aigc_cli.steps.ranking:Rank",
    "music.compose": "aigc_cli.steps.music:Compose",
    "music.load": "aigc_cli.steps.music:Load",
    "sound.effect": "aigc_cli.steps.sounds:Effect",
    "video.schedule": "aigc_cli.steps.video:Schedule",
    "video.assemble": "aigc_cli.steps.video:Assemble",
    "video.concat": "aigc_cli.steps.editing:Concat",
    "video.edit": "aigc_cli.steps.editing:Edit",
    "video.generate": "aigc_cli.steps.motion:Generate",
    "video.footage": "aigc_cli.steps.video:Footage",
    "video.preview": "aigc_cli.steps.video:Preview",
    "video.render": "aigc_cli.steps.video:Render",
}

# Within a capability the order is the order of choice for `embedded`.
_PROVIDERS = {
    "data.files": "aigc_cli.providers.files:Files",
    "data.fake": "aigc_cli.providers.fake:FakeData",
    "text.copywriter": "aigc_cli.providers.copywriter:Copywriter",
    "text.openai": "aigc_cli.providers.openai_text:OpenAIText",
    "text.smollm2": "aigc_cli.providers.smollm2:SmolLM2",
    "text.transformers": "aigc_cli.providers.transformers_text:TransformersText",
    "text.fake": "aigc_cli.providers.fake:FakeText",
    "brief.news": "aigc_cli.providers.news:News",
    "brief.fake": "aigc_cli.providers.fake:FakeBrief",
    "translate.phrasebook": "aigc_cli.providers.phrasebook:Phrasebook",
    "translate.openai": "aigc_cli.providers.openai_translate:OpenAITranslate",
    "translate.transformers": "aigc_cli.providers.transformers_translate:TransformersTranslate",
    "translate.smollm2": "aigc_cli.providers.gguf_translate:GgufTranslate",
    "translate.fake": "aigc_cli.providers.fake:FakeTranslate",
    "speech.hibari": "aigc_cli.providers.hibari:Hibari",
    "speech.kokoro": "aigc_cli.providers.kokoro:Kokoro",
    "speech.openai": "aigc_cli.providers.openai_speech:OpenAISpeech",
    "speech.command": "aigc_cli.providers.command_speech:CommandSpeech",
    "speech.edge": "aigc_cli.providers.edge_speech:EdgeSpeech",
    "speech.piper": "aigc_cli.providers.piper_speech:PiperSpeech",
    "speech.coqui": "aigc_cli.providers.coqui_speech:CoquiSpeech",
    "speech.fake": "aigc_cli.providers.fake:FakeSpeech",
    "transcribe.whisper": "aigc_cli.providers.whisper:Whisper",
    "transcribe.fake": "aigc_cli.providers.fake:FakeTranscribe",
    "image.designer": "aigc_cli.providers.designer:Designer",
    "image.openai": "aigc_cli.providers.openai_image:OpenAIImage",
    "image.diffusers": "aigc_cli.providers.diffusers_image:DiffusersImage",
    "image.comfyui": "aigc_cli.providers.comfyui_image:ComfyUIImage",
    "image.fake": "aigc_cli.providers.fake:FakeImage",
    "retouch.darkroom": "aigc_cli.providers.darkroom:Darkroom",
    "retouch.fake": "aigc_cli.providers.fake:FakeRetouch",
    "describe.eyes": "aigc_cli.providers.plain_describe:PlainDescribe",
    "describe.openai": "aigc_cli.providers.openai_describe:OpenAIDescribe",
    "describe.transformers": "aigc_cli.providers.transformers_describe:TransformersDescribe",
    "describe.fake": "aigc_cli.providers.fake:FakeDescribe",
    "rank.sharpness": "aigc_cli.providers.plain_rank:PlainRank",
    "rank.clip": "aigc_cli.providers.clip_rank:ClipRank",
    "rank.fake": "aigc_cli.providers.fake:FakeRank",
    "music.composer": "aigc_cli.providers.composer:Composer",
    "music.transformers": "aigc_cli.providers.transformers_music:TransformersMusic",
    "music.fake": "aigc_cli.providers.fake:FakeMusic",
    "motion.camera": "aigc_cli.providers.camera:Camera",
    "motion.diffusers": "aigc_cli.providers.diffusers_video:DiffusersVideo",
    "motion.comfyui": "aigc_cli.providers.comfyui_video:ComfyUIVideo",
    "motion.fake": "aigc_cli.providers.fake:FakeMotion",
    "sound.foley": "aigc_cli.providers.foley:Foley",
    "sound.transformers": "aigc_cli.providers.transformers_sound:TransformersSound",
    "sound.fake": "aigc_cli.providers.fake:FakeSound",
    "video.renderer": "aigc_cli.providers.renderer:Renderer",
    "edit.moviepy": "aigc_cli.providers.moviepy_edit:MoviePy",
    "video.fake": "aigc_cli.providers.fake:FakeVideo",
}

EMBEDDED = "embedded"
"""Stands for the first embedded provider of a capability that fits the step."""


@cache
def _names(group: str) -> dict[str, str]:
    from importlib.metadata import entry_points

    names = dict(_STEPS if group == "aigc.steps" else _PROVIDERS)
    for point in entry_points(group=group):
        names.setdefault(point.name, point.value)  # a plugin adds a name, it never replaces a built-in
    return names


@cache
def _load(target: str) -> Any:
    module, _, name = target.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"cannot load `{target}`: {error}", "reinstall the package that brings it, or remove it") from error


def add_step(kind: str, target: str) -> None:
    """Makes a step kind known for this process: `target` is `module:Class`. A name that is taken is left as it is."""
    _names("aigc.steps").setdefault(kind, target)


def add_provider(name: str, target: str) -> None:
    """Makes a provider known for this process: `name` is `capability.provider`, `target` is `module:Class`."""
    _names("aigc.providers").setdefault(name, target)


def steps() -> tuple[str, ...]:
    """All step kinds, built-ins first."""
    return tuple(_names("aigc.steps"))


def step(kind: str) -> type[Step]:
    """The class of a step kind. Raises WorkflowError when there is none of this name."""
    target = _names("aigc.steps").get(kind)
    if target is None:
        raise WorkflowError(f"`{kind}` is not a kind of step", f"use one of {', '.join(steps())}")
    return cast(type[Step], _load(target))


def capabilities() -> tuple[str, ...]:
    """All capabilities that have a provider, in order, each once."""
    return tuple(dict.fromkeys(name.partition(".")[0] for name in _names("aigc.providers")))


def providers(capability: str) -> tuple[str, ...]:
    """Names of the providers of a capability, built-ins first."""
    return tuple(name.partition(".")[2] for name in _names("aigc.providers") if name.partition(".")[0] == capability)


def provider(capability: str, name: str) -> type[Provider]:
    """The class of a provider. Raises WorkflowError when the capability has none of this name."""
    target = _names("aigc.providers").get(f"{capability}.{name}")
    if target is None:
        known = (EMBEDDED, *providers(capability))
        raise WorkflowError(f"`{name}` is not a provider of {capability}", f"use one of {', '.join(known)}")
    return cast(type[Provider], _load(target))


def embedded(capability: str) -> tuple[type[Provider], ...]:
    """The embedded providers of a capability, in order of choice."""
    found = []
    for name in providers(capability):
        try:
            found.append(provider(capability, name))
        except ConfigError:
            if f"{capability}.{name}" in _PROVIDERS:  # a plugin that does not load stands in nobody's way
                raise
    return tuple(each for each in found if each.is_embedded)
