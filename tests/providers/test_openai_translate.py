"""A storyboard translated by a chat model on a real server of the loopback interface: what is asked, checked, and asked for again."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.errors import ProviderError
from aigc_cli.providers.openai_translate import OpenAITranslate
from aigc_cli.steps.text import Translate
from aigc_cli.storyboard import ChartVisual, ImageVisual, MapVisual, Place, Scene, Sentence, Source, Statement, Storyboard
from aigc_cli.writing.pacing import clip_s
from tests.desk import Desk
from tests.servers.openai_server import KEY, OpenAIServer, running

pytestmark = pytest.mark.network
SOURCE = Source(title="USGS", file="week.geojson", record="us7000")
SCRIPT = Storyboard(
    title="Pikolo Espresso",
    language="en",
    scenes=(
        Scene(
            id="hook",
            layout="product",
            say="Slow morning? Meet Pikolo Espresso.",
            show={"headline": "Pikolo Espresso", "kicker": "Meet"},
            visual=ImageVisual(prompt="a cup", photo=0),
            sentences=(Sentence(text="Slow morning?"), Sentence(text="Meet Pikolo Espresso.", sources=(SOURCE,))),
        ),
        Scene(
            id="point-1",
            layout="feature",
            say="It is ready in 30 seconds.",
            show={
                "headline": "Ready in 30 seconds",
                "items": ["Fits every bag", "12 g"],
                "price": "$3.50",
                "url": "https://pikolo.example",
            },
            visual=ChartVisual(form="bar", labels=("Cups", "12"), values=(1, 2), mark_label="Most cups"),
        ),
        Scene(id="end", layout="map", say="", show={}, visual=MapVisual(places=(Place(longitude=1, latitude=2, label="Near the sea"),))),
    ),
    sources=(SOURCE,),
    statements=(Statement(scene="hook", text="Meet Pikolo Espresso.", sources=(SOURCE,)),),
)
WORDS = {
    "Slow morning?": "早上犯困？",
    "Meet Pikolo Espresso.": "认识一下Pikolo Espresso。",
    "It is ready in 30 seconds.": "30秒就能喝到。",
    "Meet": "认识一下",
    "Ready in 30 seconds": "30秒即成",
    "Fits every bag": "轻松入包",
    "12 g": "12克",
    "Cups": "杯数",
    "Most cups": "最多",
    "Near the sea": "海边",
}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running(answers=deque([""])) as state:
        yield state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, is_offline=False, keys={"127.0.0.1": KEY}, trusted=("127.0.0.1",))


def asked(body: Any) -> dict[str, str]:
    """The texts that a request asks for, by their number."""
    lines = body["messages"][-1]["content"].split("\n")
    return {line.partition(" (")[0]: line.partition("): ")[2] for line in lines if line[:1].isdigit()}


def answering(server: OpenAIServer, *words: dict[str, str]) -> None:
    """Answers the first request with the first translations, the next with the next, the last again and again."""

    def hear(count: int) -> None:
        known = words[min(count, len(words)) - 1]
        texts = asked(server.calls[-1].body)
        server.answers = deque([json.dumps({number: known[text] for number, text in texts.items() if text in known}, ensure_ascii=False)])

    server.on_call = hear


def translate(server: OpenAIServer, desk: Desk, *, script: Storyboard = SCRIPT, step: dict[str, Any] | None = None, **options: Any) -> Any:
    request = Translate(script=script, language="zh", **{"keep": ("Pikolo Espresso",), **(step or {})})
    return OpenAITranslate(base_url=server.base_url, **options).translate(request, desk)


def test_the_words_change_and_everything_else_stays(server: OpenAIServer, desk: Desk) -> None:
    answering(server, WORDS)
    board = translate(server, desk)
    hook, point, end = board.scenes
    assert hook.say == "早上犯困？认识一下Pikolo Espresso。"
    assert hook.show == {"headline": "Pikolo Espresso", "kicker": "认识一下"}
    assert [each.sources for each in hook.sentences] == [(), (SOURCE,)]
    assert (hook.visual, board.sources, board.title, board.language) == (SCRIPT.scenes[0].visual, (SOURCE,), "Pikolo Espresso", "zh")
    assert point.show == {
        "headline": "30秒即成", "items": ["轻松入包", "12克"], "price": "$3.50", "url": "https://pikolo.example",
    }  # fmt: skip
    assert (point.visual.labels, point.visual.mark_label) == (("杯数", "12"), "最多")
    assert end.visual.places[0].label == "海边"
    assert board.statements[0].text == "认识一下Pikolo Espresso。"
    assert len(server.calls) == 1
    assert set(asked(server.calls[0].body).values()) == set(WORDS)  # no price, no address, no lone name
    assert "Keep as they are written: Pikolo Espresso" in server.calls[0].body["messages"][-1]["content"]
    assert "Simplified Chinese" in server.calls[0].body["messages"][0]["content"]


def test_the_clip_is_as_long_as_the_original(server: OpenAIServer, desk: Desk) -> None:
    answering(server, WORDS)
    board = translate(server, desk)
    assert clip_s(board.scenes, "zh") == pytest.approx(clip_s(SCRIPT.scenes, "en"), rel=0.1)


def test_only_what_is_wrong_is_asked_for_again_with_the_reason(server: OpenAIServer, desk: Desk) -> None:
    bad = {**WORDS, "It is ready in 30 seconds.": "20秒就能喝到。", "Slow morning?": "每一个没有睡醒的慢悠悠的早上你都在想些什么呢？"}
    answering(server, bad, WORDS)
    board = translate(server, desk)
    assert board.scenes[1].say == "30秒就能喝到。"
    assert len(server.calls) == 2
    again = server.calls[1].body["messages"][-1]["content"]
    assert set(asked(server.calls[1].body).values()) == {"Slow morning?", "It is ready in 30 seconds."}
    assert "“20秒就能喝到。”" in again
    assert "fewer words" in again


def test_a_number_that_stays_wrong_fails_the_step(server: OpenAIServer, desk: Desk) -> None:
    answering(server, {**WORDS, "It is ready in 30 seconds.": "20秒就能喝到。"})
    with pytest.raises(ProviderError, match=r"20秒.* is not in the original") as caught:
        translate(server, desk)
    assert len(server.calls) == 3
    assert "glossary" in caught.value.hint


def test_a_text_that_stays_too_long_is_taken_and_told(server: OpenAIServer, desk: Desk) -> None:
    long = "每一个没有睡醒的慢悠悠的早上你都在想些什么呢？"
    answering(server, {**WORDS, "Slow morning?": long})
    board = translate(server, desk)
    assert board.scenes[0].sentences[0].text == long
    assert any("to say" in note for note in board.notes)


def test_nonsense_is_asked_for_again_and_words_of_the_example_are_not_taken(server: OpenAIServer, desk: Desk) -> None:
    server.answers = deque(["I cannot do this.", "I cannot do this."])
    with pytest.raises(ProviderError, match="nothing was answered"):
        translate(server, desk, attempts=2)
    assert len(server.calls) == 2


def test_the_same_language_costs_nothing(server: OpenAIServer, desk: Desk) -> None:
    request = Translate(script=SCRIPT, language="en-GB")
    assert OpenAITranslate(base_url=server.base_url).translate(request, desk) == SCRIPT
    assert server.calls == []


def test_a_fact_is_no_template_and_the_estimate_holds(server: OpenAIServer, desk: Desk) -> None:
    scene = SCRIPT.scenes[0].model_copy(update={"say": "Drink {keep} now.", "sentences": ()})
    script = SCRIPT.model_copy(update={"scenes": (scene,)})
    answering(server, {**WORDS, "Drink {keep} now.": "现在喝{keep}。"})
    assert translate(server, desk, script=script, step={"keep": ("Pikolo Espresso", "{keep}")}).scenes[0].say == "现在喝{keep}。"
    estimate = OpenAITranslate(base_url=server.base_url).estimate(Translate(script=script, language="zh"), desk.templates)
    assert estimate is not None
    assert estimate.units["input_tokens"] >= desk.bills[0].units["input_tokens"]
