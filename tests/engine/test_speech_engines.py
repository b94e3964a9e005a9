"""Speech engines inside a run: retries, fallbacks that are named, checks of what was said, secrets that stay secret."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aigc_cli.errors import ConfigError
from tests.desk import ROOT
from tests.engine.conftest import Place
from tests.servers import openai_speech
from tests.servers.openai_speech import KEY, SpeechServer

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def server() -> Iterator[SpeechServer]:
    with openai_speech.running() as running:
        yield running


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, server: SpeechServer) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / ".env").write_text(f"AIGC_KEY_127_0_0_1={KEY}\n")
    toy = [sys.executable, str(ROOT / "tests" / "voicebox.py"), "-s", "{speed}"]
    (folder / "config.toml").write_text(
        f'servers = ["127.0.0.1"]\n[commands]\ntoy = {json.dumps(toy)}\n[speech]\nbase_url = "{server.base_url}"\n'
    )


def say(provider: str, model: str, more: str = "") -> str:
    return f"  voice: {{uses: speech.say, provider: {provider}, with: {{text: Pikolo is ready in 30 seconds., model: {model}}}{more}}}\n"


def test_what_passes_is_tried_again_and_told(place: Place, server: SpeechServer) -> None:
    place.write(say("openai", "limited-once", ", retry: {attempts: 3, wait_s: 0.1}"), outputs="{voice: '${{ steps.voice.audio }}'}")
    result = place.run()
    assert result.status == "ok"
    assert server.calls["limited-once"] == 2
    assert any("asks to slow down" in text and "trying again (2 of 3)" in text for _, text, _ in result.notes)
    assert place.run().steps[0].status == "cached"
    assert server.calls["limited-once"] == 2


def test_a_sentence_that_was_paid_for_is_not_asked_for_again(place: Place, server: SpeechServer) -> None:
    text = "One is good. Two is good. Three is never good."
    before = len(server.requests)
    place.write(
        f"  voice: {{uses: speech.say, provider: openai, with: {{text: {text}, model: third}}, retry: {{attempts: 3, wait_s: 0.1}}}}\n"
    )
    assert place.run().status == "failed"
    assert [each["input"] for each in server.requests[before:]] == ["One is good.", "Two is good.", *["Three is never good."] * 3]


def test_without_a_fallback_a_failure_is_a_failure(place: Place, server: SpeechServer) -> None:
    place.write(say("openai", "silent"))
    result = place.run()
    assert result.status == "failed"
    assert result.error is not None
    assert (result.error.exit_code, "gave silence" in result.error.message) == (4, True)


def test_a_fallback_that_is_named_takes_over_and_the_result_says_so(place: Place, server: SpeechServer) -> None:
    place.write(say("[openai, fake]", "broken"))
    result = place.run()
    assert (result.status, result.steps[0].provider) == ("degraded", "fake")
    assert any("answered 500" in text and is_downgrade for _, text, is_downgrade in result.notes)
    assert place.run(is_strict=True).status == "failed"


def test_the_key_is_written_nowhere(place: Place, server: SpeechServer) -> None:
    place.write(say("openai", "good") + say("openai", "missing").replace("voice", "other"))
    place.run()
    for path in place.root.rglob("*"):
        if path.is_file() and path.name != ".env":
            assert KEY.encode() not in path.read_bytes(), path


def test_a_program_of_the_users_speaks_and_what_it_says_is_checked(place: Place) -> None:
    place.write(
        "  voice: {uses: speech.say, provider: command, with: {program: toy, text: Pikolo is ready.}}\n"
        "  take: {uses: speech.say, provider: fake, with: {text: Pikolo is ready.}}\n"
        "  check:\n    uses: speech.check\n    provider: fake\n"
        "    with: {audio: '${{ steps.take.audio }}', text: '${{ steps.voice.text }}', most_errors: 0}\n",
        outputs="{rate: '${{ steps.check.error_rate }}', timing: '${{ steps.voice.timing }}'}",
    )
    result = place.run()
    assert result.outputs["rate"] == 0
    assert result.outputs["timing"] in ("estimated", "aligned")


def test_a_check_that_fails_ends_the_run_with_the_gates_code(place: Place) -> None:
    place.write(
        "  take: {uses: speech.say, provider: fake, with: {text: Pikolo is ready.}}\n"
        "  check: {uses: speech.check, provider: fake, with: {audio: '${{ steps.take.audio }}', text: Something else.}}\n"
    )
    result = place.run()
    assert result.error is not None
    assert (result.error.exit_code, "are not heard as written" in result.error.message) == (7, True)


def test_a_workflows_folder_cannot_bring_a_program(place: Place) -> None:
    (place.root / "aigc.toml").write_text('[commands]\nevil = ["touch", "pwned"]\n')
    place.write("  voice: {uses: speech.say, provider: command, with: {program: evil, text: Hi there.}}\n")
    with pytest.raises(ConfigError, match="`commands` may stand only"):
        place.run()
    (place.root / "aigc.toml").unlink()
    result = place.run()
    assert result.error is not None
    assert "no command `evil`" in result.error.message
