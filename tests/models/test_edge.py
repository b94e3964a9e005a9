"""The real client of edge-tts against a server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import edge_tts.communicate
import pytest

from aigc_cli.errors import ProviderError, TimedOut
from aigc_cli.providers.edge_speech import EdgeSpeech
from aigc_cli.shapes import Line
from tests.contracts.speech import SharedDesk, check_repeats, check_take
from tests.servers import edge
from tests.servers.edge import EdgeServer

pytestmark = [pytest.mark.models, pytest.mark.network]


@pytest.fixture(scope="module")
def server() -> Iterator[EdgeServer]:
    with edge.running() as running:
        yield running


@pytest.fixture
def desk(server: EdgeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SharedDesk:
    monkeypatch.setattr(edge_tts.communicate, "WSS_URL", server.url)
    server.is_closed = False
    return SharedDesk(tmp_path, is_offline=False)


@pytest.mark.parametrize("language", ["en", "zh", "es"])
def test_a_take_is_what_it_says(desk: SharedDesk, language: str) -> None:
    assert check_take(EdgeSpeech(), desk, language).timing == "exact"


def test_the_same_line_gives_the_same_bytes(desk: SharedDesk) -> None:
    check_repeats(EdgeSpeech(), desk, "en")


def test_its_boundaries_become_the_times_of_the_shown_words(desk: SharedDesk, server: EdgeServer) -> None:
    take = EdgeSpeech().speak(Line(text="It costs $3.50, only today."), desk)
    said = {word: start for word, start, _ in server.words}
    first = take.words[0].start_s - said["It"]
    for shown, heard in (("costs", "costs"), ("$3.50,", "three"), ("only", "only"), ("today.", "today.")):
        word = next(each for each in take.words if each.text == shown)
        assert word.start_s - first == pytest.approx(said[heard], abs=0.06)


def test_wishes_reach_the_service(desk: SharedDesk, server: EdgeServer) -> None:
    EdgeSpeech().speak(Line(text="Fish & chips <b>.", voice="en-GB-RyanNeural", speed=1.25), desk)
    assert "rate='+25%'" in server.ssml[-1]
    assert "en-GB, RyanNeural" in server.ssml[-1]
    assert "<b>" not in server.ssml[-1]
    EdgeSpeech().speak(Line(text="Guten Tag, wie geht es?", language="de"), desk)
    assert "de-DE, KatjaNeural" in server.ssml[-1]


@pytest.mark.parametrize(
    ("voice", "kind", "words", "retryable"),
    [
        ("xx-XX-SilentNeural", ProviderError, "gave no sound", True),
        ("xx-XX-CutNeural", ProviderError, "too short for its text|middle of a word", True),
        ("xx-XX-OddNeural", ProviderError, "gave no sound", True),
        ("xx-XX-SlowNeural", TimedOut, "did not answer in time", True),
        ("not a voice", ProviderError, "has no voice like", False),
    ],
)
def test_each_failure_has_its_error(desk: SharedDesk, voice: str, kind: type[ProviderError], words: str, retryable: bool) -> None:
    with pytest.raises(kind, match=words) as caught:
        EdgeSpeech(timeout_s=1).speak(Line(text="Pikolo is ready, in thirty seconds.", voice=voice), desk)
    assert caught.value.retryable is retryable
    assert caught.value.hint


def test_a_closed_door_and_nobody_at_home(desk: SharedDesk, server: EdgeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.is_closed = True
    with pytest.raises(ProviderError, match="refused the connection with 503") as caught:
        EdgeSpeech().speak(Line(text="Hello there."), desk)
    assert caught.value.retryable
    monkeypatch.setattr(edge_tts.communicate, "WSS_URL", "ws://127.0.0.1:9/edge/v1?x=1")
    with pytest.raises(ProviderError, match="cannot reach Microsoft Edge") as caught:
        EdgeSpeech().speak(Line(text="Hello there."), desk)
    assert caught.value.retryable
