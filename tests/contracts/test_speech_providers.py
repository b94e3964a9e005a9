"""What every provider of speech keeps to. Those that need an extra are spoken with in tests/models; here it is away."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aigc_cli import registry
from aigc_cli.engine.choose import unmet
from aigc_cli.errors import AigcError, MissingExtra, Refused
from aigc_cli.shapes import Line, TranscriptRequest, Voice
from tests.contracts.speech import TEXTS, SharedDesk, check_repeats, check_take
from tests.desk import Desk
from tests.servers import openai_speech

NAMES = registry.providers("speech")
EXTRAS = {"edge": "edge_tts", "piper": "piper", "coqui": "TTS"}
READY = [name for name in NAMES if name not in EXTRAS]
SLOW = {"kokoro"}
EACH = [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in READY]


@pytest.fixture(scope="module")
def server() -> Iterator[openai_speech.SpeechServer]:
    with openai_speech.running() as running:
        yield running


def build(name: str, server: openai_speech.SpeechServer) -> Any:
    options = {"openai": {"base_url": server.base_url, "model": "good"}, "command": {"program": "toy"}}
    return registry.provider("speech", name)(**options.get(name, {}))


def desk_for(folder: Path) -> SharedDesk:
    voicebox = str(Path(__file__).resolve().parents[1] / "voicebox.py")
    return SharedDesk(
        folder,
        is_offline=False,
        keys={"127.0.0.1": openai_speech.KEY},
        trusted=("127.0.0.1",),
        commands={"toy": (sys.executable, voicebox, "-s", "{speed}")},
    )


def languages(provider: Any) -> list[str]:
    listed = getattr(provider, "voices", None)
    spoken = {tag.partition("-")[0] for voice in listed() for tag in voice.languages} if listed else set(TEXTS)
    return sorted(spoken & set(TEXTS))


@pytest.mark.network
@pytest.mark.parametrize("name", EACH)
def test_a_take_is_what_it_says(name: str, server: openai_speech.SpeechServer, tmp_path: Path) -> None:
    provider = build(name, server)
    for language in languages(provider):
        check_take(provider, desk_for(tmp_path / language), language)


@pytest.mark.network
@pytest.mark.parametrize("name", EACH)
def test_the_same_line_gives_the_same_bytes(name: str, server: openai_speech.SpeechServer, tmp_path: Path) -> None:
    check_repeats(build(name, server), desk_for(tmp_path), "en")


@pytest.mark.network
@pytest.mark.parametrize("name", [each for each in EACH if each != "fake"])
@pytest.mark.parametrize("text", ["...!", "🎉🎉", "\u0007\u200b"])
def test_a_text_with_nothing_to_say_is_an_error_with_a_cure(
    name: str, text: str, server: openai_speech.SpeechServer, tmp_path: Path
) -> None:
    with pytest.raises(AigcError) as caught:
        build(name, server).speak(Line(text=text), desk_for(tmp_path))
    assert caught.value.hint


@pytest.mark.parametrize("name", NAMES)
def test_voices_are_listed_without_loading_a_model(name: str) -> None:
    listed = getattr(registry.provider("speech", name), "voices", None)
    if listed is None:  # its voices are the user's own
        assert not registry.provider("speech", name).is_embedded
        return
    voices = listed()
    assert voices
    assert all(isinstance(voice, Voice) and voice.style and voice.languages for voice in voices)


def test_the_name_of_a_voice_is_unique_among_embedded_providers() -> None:
    names = [voice.name for provider in registry.embedded("speech") for voice in provider.voices()]  # type: ignore[attr-defined]
    assert len(names) == len(set(names)) >= 12


@pytest.mark.parametrize(
    ("capability", "name", "package"), [*(("speech", *pair) for pair in EXTRAS.items()), ("transcribe", "whisper", "faster_whisper")]
)
def test_without_its_extra_a_provider_says_how_to_get_it(
    capability: str, name: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in {package, "torch" if name == "coqui" else package}:
        monkeypatch.setitem(sys.modules, each, None)
    kind = registry.provider(capability, name)
    refusal = next(filter(None, (unmet(need, name, is_offline=False) for need in kind.needs)))
    assert isinstance(refusal, MissingExtra)
    extra = {"whisper": "asr"}.get(name, name)
    assert refusal.hint == f"pip install 'aigc[{extra}]'"
    provider: Any = kind(model=str(tmp_path)) if name in ("piper", "coqui") else kind()
    desk = Desk(tmp_path, is_offline=False)  # nothing that an earlier test has loaded
    with pytest.raises(MissingExtra) as caught:
        if capability == "speech":
            provider.speak(Line(text="Hi there."), desk)
        else:
            provider.transcribe(TranscriptRequest(audio=desk.save(b"RIFF", "audio/wav")), desk)
    assert caught.value.hint == f"pip install 'aigc[{extra}]'"


def test_without_the_aligner_times_are_estimated_and_it_is_said(
    server: openai_speech.SpeechServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    desk = desk_for(tmp_path)
    assert build("command", server).speak(Line(text="Hello there."), desk).timing == "estimated"
    assert "`pip install 'aigc[align]'`" in desk.notes[-1]


def test_edge_does_not_touch_the_network_offline(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="offline"):
        registry.provider("speech", "edge")().speak(Line(text="Hi."), SharedDesk(tmp_path, is_offline=True))  # type: ignore[attr-defined]
