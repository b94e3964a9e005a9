from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aigc_cli.errors import AigcError, ConfigError, KeyRefused, MissingKey, ProviderError, RateLimited, Refused, TimedOut
from aigc_cli.media.audio.sound import read_wav
from aigc_cli.providers.openai_speech import OpenAISpeech
from aigc_cli.shapes import Line
from aigc_cli.steps.speech import Say
from tests.desk import Desk
from tests.servers import openai_speech
from tests.servers.openai_speech import KEY, SpeechServer
from tests.voicebox import say

pytestmark = pytest.mark.network
TEXT = "Pikolo Espresso costs $3.50, ready in 30 seconds."
SPOKEN = "Pikolo Espresso costs three dollars fifty, ready in thirty seconds."


@pytest.fixture(scope="module")
def server() -> Iterator[SpeechServer]:
    with openai_speech.running() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, is_offline=False, keys={"127.0.0.1": KEY}, trusted=("127.0.0.1",))


@pytest.mark.parametrize("form", ["wav", "mp3", "flac", "opus", "pcm"])
def test_every_format_becomes_the_same_take(server: SpeechServer, desk: Desk, form: str) -> None:
    take = OpenAISpeech(base_url=server.base_url, model="good", format=form).speak(Line(text=TEXT), desk)  # type: ignore[arg-type]
    sound = read_wav(desk.open(take.audio), rate_hz=None)
    assert take.duration_s == pytest.approx(len(sound) / 48_000)
    _, words = say(SPOKEN)
    assert take.duration_s == pytest.approx(words[-1][2] - words[0][1] + 0.12, abs=0.12)  # trimmed to its head and tail
    assert (take.spoken, take.timing) in ((SPOKEN, "estimated"), (SPOKEN, "aligned"))
    assert server.requests[-1]["input"] == SPOKEN
    assert server.requests[-1]["response_format"] == form


def test_the_words_are_where_they_are_heard(server: SpeechServer, desk: Desk) -> None:
    take = OpenAISpeech(base_url=server.base_url, model="good").speak(Line(text=TEXT), desk)
    _, said = say(SPOKEN)
    starts = {word: start - said[0][1] + 0.04 for word, start, _ in said}
    for shown, heard in (("Pikolo", "Pikolo"), ("Espresso", "Espresso"), ("$3.50,", "three"), ("ready", "ready"), ("30", "thirty")):
        word = next(each for each in take.words if each.text == shown)
        assert word.start_s == pytest.approx(starts[heard], abs=0.1)


def test_wishes_reach_the_server(server: SpeechServer, desk: Desk) -> None:
    provider = OpenAISpeech(base_url=server.base_url, model="good", default_voice="nova", instructions="Whisper.")
    provider.speak(Line(text="One. Two words.", speed=1.5), desk)
    first, second = server.requests[-2:]
    assert (first["input"], second["input"]) == ("One.", "Two words.")
    assert (first["voice"], first["speed"], first["instructions"]) == ("nova", 1.5, "Whisper.")
    provider.speak(Line(text="One.", voice="echo"), desk)
    assert server.requests[-1]["voice"] == "echo"
    assert "speed" not in server.requests[-1]


def test_a_higher_pitch_is_asked_for_slower_and_played_faster(server: SpeechServer, desk: Desk) -> None:
    provider = OpenAISpeech(base_url=server.base_url, model="good")
    plain = provider.speak(Line(text=TEXT), desk)
    high = provider.speak(Line(text=TEXT, pitch=4), desk)
    assert server.requests[-1]["speed"] == pytest.approx(2 ** (-4 / 12), abs=0.001)
    assert high.duration_s == pytest.approx(plain.duration_s, rel=0.06)


def test_marks_pauses_names_and_speakers_hold_here_too(server: SpeechServer, desk: Desk) -> None:
    provider = OpenAISpeech(base_url=server.base_url, model="good")
    line = Line(
        text="Ann: Wait [pause 900ms]for it.\nBob: Pikolo!", speakers={"Ann": "nova", "Bob": "onyx"}, lexicon={"Pikolo": "Pee koh lo"}
    )
    take = provider.speak(line, desk)
    assert [(each["voice"], each["input"]) for each in server.requests[-2:]] == [("nova", "Wait for it."), ("onyx", "Pee koh lo!")]
    assert [word.text for word in take.words] == ["Wait", "for", "it.", "Pikolo!"]
    assert take.words[1].start_s - take.words[0].end_s > 0.6
    assert take.voice == "nova, onyx"


FAILURES: list[tuple[str, type[AigcError], bool, str]] = [
    ("limited", RateLimited, True, "slow down"),
    ("broken", ProviderError, True, "answered 500"),
    ("slow", TimedOut, True, "answer"),
    ("cut", ProviderError, True, "connection to .* broke"),
    ("short", ProviderError, True, "too short for its text"),
    ("long", ProviderError, True, "too long for its text"),
    ("silent", ProviderError, True, "silence"),
    ("clipped", ProviderError, True, "clipped"),
    ("half", ProviderError, True, "middle of a word"),
    ("empty", ProviderError, True, "no sound"),
    ("html", ProviderError, False, "web page"),
    ("page", ProviderError, False, "web page"),
    ("json", ProviderError, False, "JSON"),
    ("missing", ProviderError, False, "does not know"),
]


@pytest.mark.parametrize(("model", "kind", "retryable", "words"), FAILURES)
def test_each_failure_has_its_error(
    server: SpeechServer, desk: Desk, model: str, kind: type[AigcError], retryable: bool, words: str
) -> None:
    provider = OpenAISpeech(base_url=server.base_url, model=model, timeout_s=1.0 if kind is TimedOut else 30.0)
    with pytest.raises(kind, match=words) as caught:
        provider.speak(Line(text=TEXT), desk)
    assert isinstance(caught.value, ProviderError)
    assert caught.value.retryable is retryable
    assert caught.value.hint
    assert KEY not in caught.value.message + caught.value.hint


def test_a_server_says_how_long_to_wait(server: SpeechServer, desk: Desk) -> None:
    with pytest.raises(RateLimited) as caught:
        OpenAISpeech(base_url=server.base_url, model="limited").speak(Line(text=TEXT), desk)
    assert caught.value.after_s == 1.0


def test_a_wrong_key_is_told_without_showing_it(server: SpeechServer, desk: Desk) -> None:
    desk.keys["127.0.0.1"] = "sk-wrong-secret-value"
    with pytest.raises(KeyRefused) as caught:
        OpenAISpeech(base_url=server.base_url, model="good").speak(Line(text=TEXT), desk)
    assert isinstance(caught.value, ConfigError)
    assert "sk-wrong-secret-value" not in caught.value.message + caught.value.hint


def test_a_server_of_this_machine_must_be_trusted(server: SpeechServer, tmp_path: Path) -> None:
    before = len(server.requests)
    with pytest.raises(Refused, match="local"):
        OpenAISpeech(base_url=server.base_url).speak(Line(text=TEXT), Desk(tmp_path, is_offline=False, keys={"127.0.0.1": KEY}))
    with pytest.raises(Refused, match="offline"):
        OpenAISpeech(base_url=server.base_url).speak(Line(text=TEXT), Desk(tmp_path, is_offline=True, keys={"127.0.0.1": KEY}))
    assert len(server.requests) == before


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingKey, match="openai"):
        OpenAISpeech().speak(Line(text=TEXT), Desk(tmp_path, is_offline=False))


def test_every_call_is_asked_for_and_counted(server: SpeechServer, desk: Desk) -> None:
    OpenAISpeech(base_url=server.base_url, model="good").speak(Line(text="One. Two words."), desk)
    assert [usage.units["characters"] for usage in desk.bills] == [4, 10]
    assert [usage.units for usage in desk.allowed] == [usage.units for usage in desk.bills]
    estimate = OpenAISpeech(base_url=server.base_url, model="good").estimate(Say(text="One. Two words."), desk.templates)
    assert estimate is not None
    assert estimate.units["characters"] == 14


def test_a_voice_of_another_engine_is_no_voice_here() -> None:
    assert "belongs to hibari" in (OpenAISpeech().misfit(Say(text="Hi", voice="heart")) or "")
    assert OpenAISpeech().misfit(Say(text="Hi", voice="nova")) is None
