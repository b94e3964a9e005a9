"""`aigc run product-clip --profile api`: words, pictures and voice from servers on the loopback interface, in one finished clip."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.measuring import Result, aigc, streams
from tests.providers.test_openai_image import paint
from tests.providers.test_openai_text import draft
from tests.servers import openai_server, openai_speech

pytestmark = [pytest.mark.slow, pytest.mark.network]
SCRIPT = draft(
    "Slow morning? Meet Pikolo Espresso.",
    "It is single origin.",
    "Thirty seconds, and it is in your cup.",
    "Just $3.50. Order now.",
    headlines=("Pikolo Espresso", "Single origin", "Ready in 30 seconds", "Order now"),
)
ASK = [
    "run", "product-clip", "--profile", "api", "--json", "--jobs", "2", "--set", "product=Pikolo Espresso", "--set", "points=Single origin",
    "--set", "points=Ready in 30 seconds", "--set", "price=$3.50", "--set", "cta=Order now", "--set", "length_s=14",
]  # fmt: skip
PRICES = """\
prices: 1
servers:
  127.0.0.1: {writer: {input_tokens: 100, output_tokens: 200}, painter: {images: 0.05}}
  localhost: {good: {characters: 10}}
"""


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[openai_server.OpenAIServer, Any]]:
    with openai_server.running(answers=deque([SCRIPT]), paint=paint) as text, openai_speech.running() as speech:
        yield text, speech


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, servers: Any) -> Path:
    folder = tmp_path_factory.mktemp("api")
    text, speech = servers
    settings = f"""\
servers = ["127.0.0.1", "localhost"]
[text]
base_url = "{text.base_url}"
model = "writer"
[image]
base_url = "{text.base_url}"
model = "painter"
[speech]
base_url = "{speech.base_url.replace("127.0.0.1", "localhost")}"
model = "good"
[video]
scale = 0.25
preset = "ultrafast"
"""
    (folder / "cache" / "config").mkdir(parents=True)
    (folder / "cache" / "config" / "config.toml").write_text(settings)
    keys = f"AIGC_KEY_127_0_0_1={openai_server.KEY}\nLOCALHOST_API_KEY='{openai_speech.KEY}'\n"
    (folder / "cache" / "config" / ".env").write_text(keys)
    (folder / "cache" / "config" / "prices.yaml").write_text(PRICES)
    return folder


@pytest.fixture(scope="module")
def plan(place: Path) -> dict[str, Any]:
    arguments = [each for index, each in enumerate(ASK) if "--jobs" not in (each, ASK[index - 1])]
    result = aigc("plan", *arguments[1:], cache=place / "cache")
    assert result.code == 0, result.err
    return result.json


@pytest.fixture(scope="module")
def clip(place: Path, plan: Any) -> Result:
    result = aigc(*ASK, "--out", place / "out", cache=place / "cache")
    assert result.code == 0, result.err
    return result


def test_the_plan_says_what_it_costs_before_anything_runs(plan: dict[str, Any]) -> None:
    script = next(step for step in plan["steps"] if step["id"] == "script")
    assert script["provider"] == "openai"
    assert script["cost"] >= 0.4  # 2000 tokens of an answer at most
    assert plan["cost"]["is_complete"] is False


def test_a_finished_clip_comes_out_with_the_models_words(clip: Result, servers: Any) -> None:
    found = clip.json
    assert found["status"] == "ok", clip.err
    assert {step["id"]: step["provider"] for step in found["steps"] if step["id"] in ("script", "pictures", "voice")} == {
        "script": "openai", "pictures": "openai", "voice": "openai",
    }  # fmt: skip
    assert [scene["say"] for scene in found["outputs"]["script"]["scenes"]][2] == "Thirty seconds, and it is in your cup."
    assert streams(Path(found["outputs"]["video"][0]))["codec"] == "h264"
    text, speech = servers
    assert sum(call.path.endswith("completions") for call in text.calls) == 1
    assert sum(call.path.endswith("generations") for call in text.calls) == 3  # two points ask for the same picture: it is drawn once
    assert len(speech.requests) >= 4


def test_what_was_spent_is_in_the_result_and_in_the_ledger(clip: Result, place: Path) -> None:
    amount = clip.json["cost"]["amount"]
    assert 0.2 < amount < 0.5
    shown = aigc("runs", "show", "last", "--json", cache=place / "cache").json
    assert sum(each["amount"] for each in shown["payments"]) == pytest.approx(amount, abs=1e-5)
    assert {each["provider"] for each in shown["payments"]} == {"openai"}
    told = aigc("runs", "show", "last", cache=place / "cache")
    assert "cost in all" in told.out


def test_a_second_run_pays_nothing(clip: Result, place: Path, servers: Any) -> None:
    text, speech = servers
    before = len(text.calls), len(speech.requests)
    again = aigc(*ASK, "--out", place / "again", cache=place / "cache")
    assert (again.code, again.json["cost"]["amount"]) == (0, 0)
    assert (len(text.calls), len(speech.requests)) == before


def test_a_limit_stops_before_the_first_call(place: Path, servers: Any) -> None:
    text, _ = servers
    before = len(text.calls)
    result = aigc(*ASK, "--seed", "9", "--max-cost", "0.01", "--out", place / "none", cache=place / "cache")
    assert result.code == 6
    assert "--max-cost" in result.err
    assert result.json["error"]["code"] == 6
    assert len(text.calls) == before


def test_no_key_is_left_anywhere(clip: Result, place: Path) -> None:
    for key in (openai_server.KEY, openai_speech.KEY):
        assert key not in clip.out + clip.err
        leaks = [path for path in place.rglob("*") if path.is_file() and path.name != ".env" and key.encode() in path.read_bytes()]
        assert leaks == []


def test_without_a_key_the_embedded_ones_stand_in_and_it_is_said(place: Path, tmp_path: Path) -> None:
    result = aigc(*ASK, "--out", tmp_path / "out", cache=tmp_path / "cache", env={"OPENAI_API_KEY": "", "AIGC_KEY_OPENAI": ""})
    assert result.code == 0, result.err
    found = result.json
    assert found["status"] == "degraded"
    assert "OPENAI_API_KEY" in result.err
    assert json.dumps(found["steps"]).count('"openai"') == 0
