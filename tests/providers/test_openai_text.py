"""The chat provider against a real server on the loopback interface: good drafts, bad drafts, and everything a server can do wrong."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.errors import AigcError, KeyRefused, MissingKey, ProviderError, QuotaSpent, RateLimited, Refused, TimedOut, WorkflowError
from aigc_cli.providers.openai_text import OpenAIText
from aigc_cli.servers import WrongRequest
from aigc_cli.steps.text import Write
from aigc_cli.writing.pacing import clip_s
from tests.desk import Desk
from tests.servers.openai_server import KEY, OpenAIServer, running

pytestmark = pytest.mark.network
FACTS = {
    "product": "Pikolo Espresso",
    "points": ["Single origin from Ethiopia", "Ready in 30 seconds"],
    "price": "$3.50",
    "cta": "Order now",
    "url": "pikolo.example",
}


def draft(*says: str, headlines: tuple[str, ...] = (), **more: Any) -> str:
    roles = ["hook", *["point"] * (len(says) - 2), "close"]
    heads = headlines or tuple("Taste it" if role != "hook" else "Pikolo Espresso" for role in roles)
    scenes = [
        {"role": role, "say": say, "kicker": "", "headline": head, "picture": "a cup"}
        for role, say, head in zip(roles, says, heads, strict=True)
    ]
    return json.dumps({"title": "Pikolo Espresso", "scenes": scenes, **more}, ensure_ascii=False)


GOOD = draft(
    "Slow morning? Meet Pikolo Espresso.",
    "It grew in Ethiopia, all of it: single origin.",
    "Thirty seconds, and it is in your cup.",
    "Just $3.50. Order now.",
)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running(answers=deque([GOOD])) as state:
        yield state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, is_offline=False, keys={"127.0.0.1": KEY}, trusted=("127.0.0.1",))


def write(
    server: OpenAIServer, desk: Desk, *, facts: dict[str, Any] | None = None, step: dict[str, Any] | None = None, **options: Any
) -> Any:
    return OpenAIText(base_url=server.base_url, **options).write(Write(facts=facts or FACTS, **(step or {})), desk)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("is_streaming", [True, False])
def test_a_draft_becomes_a_storyboard_with_the_facts_own_price_and_button(
    server: OpenAIServer, desk: Desk, stream: bool, is_streaming: bool
) -> None:
    server.is_streaming = is_streaming
    board = write(server, desk, stream=stream)
    assert [scene.layout for scene in board.scenes] == ["title", "feature", "feature", "offer"]
    assert board.scenes[2].say == "Thirty seconds, and it is in your cup."
    assert {name: board.scenes[-1].show[name] for name in ("price", "cta", "url")} == {
        "price": "$3.50", "cta": "Order now", "url": "https://pikolo.example",
    }  # fmt: skip
    assert len(server.calls) == 1


def test_what_the_server_is_asked(server: OpenAIServer, desk: Desk) -> None:
    desk.seed = 7
    write(
        server, desk, step={"length_s": 15, "must_include": ("cup",), "forbidden": ("cheap",)}, model="m", temperature=0.2, max_tokens=900
    )
    call = server.calls[0]
    assert (call.body["model"], call.body["seed"], call.body["temperature"], call.body["max_tokens"]) == ("m", 7, 0.2, 900)
    assert call.body["response_format"]["json_schema"]["strict"] is True
    asked = call.body["messages"][-1]["content"]
    assert all(word in asked for word in ("Pikolo Espresso", "Ready in 30 seconds", "15 seconds", "cup", "cheap"))
    assert call.headers["Authorization"] == f"Bearer {KEY}"
    assert call.headers["Idempotency-Key"].startswith("aigc-")


def test_equal_requests_carry_an_equal_idempotency_key_and_others_another(server: OpenAIServer, desk: Desk) -> None:
    for seed in (1, 1, 2):
        desk.seed = seed
        write(server, desk)
    marks = [call.headers["Idempotency-Key"] for call in server.calls]
    assert marks[0] == marks[1] != marks[2]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (draft("Meet Pikolo Espresso.", "Ready in 20 seconds.", "Order now."), "20 seconds"),
        (draft("Meet Pikolo Espresso.", "Ready in 30 minutes.", "Order now."), "30 minutes"),
        (draft("Meet Pikolo Espresso.", "Starbucks cannot keep up.", "Order now."), "Starbucks"),
        (draft("Meet Pikolo Espresso.", "A cup from Brazil.", "Order now."), "Brazil"),
        (draft("Meet Pikolo Espresso.", "Twice the taste.", "Order now."), "Twice"),
        (draft("Meet Pikolo Espresso.", "Twenty percent off.", "Order now."), "Twenty percent"),
        (draft("Meet Pikolo Espresso.", "Freshly made.", "See it at evil.com."), "evil.com"),
        (
            draft("Meet Pikolo Espresso.", "Freshly made.", "Order now.", headlines=("Pikolo Espresso", "Made In Italy", "Order now")),
            "Italy",
        ),
        (draft("Meet Pikolo Espresso.", "One touch, and the light goes down.", "Order now."), "taken from the example"),
        (draft("Meet Pikolo Espresso.", "Order now.", "Order now."), "say the same"),
        (draft("Meet Pikolo Espresso.", "", "Order now."), "says nothing"),
        (draft("Meet Pikolo Espresso.", "A cheap cup.", "Order now."), "must not occur"),
        (GOOD.replace("cup", "mug"), "must be said"),
        (draft("Meet Pikolo Espresso.", "Taste it and then taste it again, slowly, " * 12, "Order now."), "cut about"),
        ("I would rather talk about tea.", "no JSON object"),
        (GOOD[: len(GOOD) // 2], "broken or cut off"),
        ('{"title": "x", "scenes": []}', "form asked for"),
    ],
)
def test_a_draft_that_breaks_a_rule_is_sent_back_with_what_is_wrong(server: OpenAIServer, desk: Desk, bad: str, told: str) -> None:
    server.answers = deque([bad, GOOD])
    board = write(server, desk, step={"length_s": 15, "must_include": ("cup",), "forbidden": ("cheap",)})
    assert board.scenes[1].say == "It grew in Ethiopia, all of it: single origin."
    assert len(server.calls) == 2
    turns = server.calls[1].body["messages"]
    assert turns[-2] == {"role": "assistant", "content": bad}
    assert told in turns[-1]["content"]


def test_what_is_wrong_in_every_draft_is_an_error_that_names_it(server: OpenAIServer, desk: Desk) -> None:
    server.answers = deque([draft("Meet Pikolo Espresso.", "Loved in Portland.", "Order now.")])
    with pytest.raises(ProviderError, match="3 drafts: `Portland`") as caught:
        write(server, desk)
    assert not caught.value.retryable
    assert len(server.calls) == 3


@pytest.mark.parametrize(
    "wrapped",
    [
        f"```json\n{GOOD}\n```",
        f"<think>Let me see. {{maybe}}</think>Sure! Here it is:\n{GOOD}\nHope you like it.",
        GOOD.replace('"}]', '"},]').replace("}]}", "}],}"),
        GOOD.replace("cup.", "cup. ☕🔥").replace("Meet", "**Meet**"),
    ],
)
def test_what_is_wrapped_around_an_answer_costs_no_second_call(server: OpenAIServer, desk: Desk, wrapped: str) -> None:
    server.answers = deque([wrapped])
    board = write(server, desk)
    assert board.scenes[2].say == "Thirty seconds, and it is in your cup."
    assert board.scenes[0].say == "Slow morning? Meet Pikolo Espresso."
    assert len(server.calls) == 1


def test_the_last_draft_is_shortened_rather_than_thrown_away(server: OpenAIServer, desk: Desk) -> None:
    says = (
        "Meet Pikolo Espresso.",
        "It is single origin, from the very first bean to the very last.",
        "It is fresh, and you can taste that, every day.",
        "It is ready before you have found your shoes, and your keys.",
        "Order now.",
    )
    server.answers = deque([draft(*says)])
    board = write(server, desk, step={"length_s": 10}, attempts=1)
    assert clip_s(board.scenes, "en") <= 11.5
    assert board.scenes[-1].say == "Order now."
    assert any("left out" in note for note in board.notes)


def test_chinese_is_asked_and_checked_in_chinese(server: OpenAIServer, desk: Desk) -> None:
    facts = {"product": "皮科咖啡", "points": ["单一产地", "30秒即可享用"], "price": "¥25"}
    good = draft(
        "早上好，这是皮科咖啡。",
        "只用单一产地的豆子。",
        "三十秒，咖啡就好。",
        "只要25元，来一杯。",
        headlines=("皮科咖啡", "单一产地", "三十秒", "来一杯"),
    )
    server.answers = deque([good.replace("三十秒", "十秒"), good.replace("豆子", "上海的豆子"), good])
    board = write(server, desk, facts=facts, step={"language": "zh"})
    assert len(server.calls) == 3
    assert "产品：皮科咖啡" in server.calls[0].body["messages"][-1]["content"]
    assert "十秒" in server.calls[1].body["messages"][-1]["content"]
    assert "上海" in server.calls[2].body["messages"][-1]["content"]
    assert board.scenes[-1].show["price"] == "¥25"


def test_a_prompt_beside_the_workflow_is_used_and_is_part_of_the_key(server: OpenAIServer, desk: Desk, tmp_path: Path) -> None:
    from aigc_cli.assets import Templates

    folder = tmp_path / "project" / "templates" / "prompts"
    folder.mkdir(parents=True)
    (folder / "mine.en.yaml").write_text('prompt: 1\nsystem: Be brief.\nuser: "Sell {product}.\\nUnder {length} s"\n')
    desk.templates = Templates.beside(tmp_path / "project")
    write(server, desk, prompt="mine")
    assert [turn["content"] for turn in server.calls[0].body["messages"]] == ["Be brief.", "Sell Pikolo Espresso."]
    before = OpenAIText(prompt="mine").materials(Write(facts=FACTS), desk.templates)
    (folder / "mine.en.yaml").write_text("prompt: 1\nsystem: Be bold.\nuser: Sell {product}.\n")
    assert before != OpenAIText(prompt="mine").materials(Write(facts=FACTS), desk.templates)
    (folder / "mine.en.yaml").write_text("prompt: 1\nsystem: Be bold.\nuser: Sell {secret}.\n")
    with pytest.raises(WorkflowError, match="secret"):
        write(server, desk, prompt="mine")


def test_a_fact_is_never_a_template(server: OpenAIServer, desk: Desk) -> None:
    server.answers = deque([GOOD.replace("Pikolo Espresso", "{facts} Cup")])
    with pytest.raises(ProviderError):  # the cleaned words differ from the product's name, but nothing is filled in
        write(server, desk, facts={**FACTS, "product": "{must_include} X"}, attempts=1)
    assert "Product: {must_include} X" in server.calls[0].body["messages"][-1]["content"]


FAILURES: list[tuple[str, type[AigcError], str, bool]] = [
    ("429:7", RateLimited, "slow down", True),
    ("quota", QuotaSpent, "no credit", False),
    ("status:402", QuotaSpent, "no credit", False),
    ("status:403", KeyRefused, "does not take the key", False),
    ("status:404", ProviderError, "does not know", False),
    ("status:400", WrongRequest, "answered 400", False),
    ("status:500", ProviderError, "answered 500", True),
    ("status:503", ProviderError, "answered 503", True),
    ("status:504", TimedOut, "in time", True),
    ("refused", Refused, "refused the content", False),
    ("html", ProviderError, "web page instead of JSON", False),
    ("half", ProviderError, "half an answer", True),
    ("text", ProviderError, "not JSON", False),
    ("cut", ProviderError, "connection to `127.0.0.1` broke", True),
    ("away", ProviderError, "not followed", False),
    ("slow:1.5", TimedOut, "in time", True),
]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("name", "kind", "message", "retryable"), FAILURES, ids=[each[0] for each in FAILURES])
def test_every_failure_has_its_own_error(
    server: OpenAIServer, desk: Desk, stream: bool, name: str, kind: type[AigcError], message: str, retryable: bool
) -> None:
    server.failures = deque([name])
    with pytest.raises(AigcError, match=message) as caught:
        write(server, desk, stream=stream, wait_s=0.5)
    assert type(caught.value) is kind
    assert getattr(caught.value, "retryable", False) is retryable
    assert caught.value.hint
    assert not any("192.0.2.1" in call.path for call in server.calls)
    if isinstance(caught.value, RateLimited):
        assert caught.value.after_s == 7


@pytest.mark.parametrize("style", ["param", "words", "detail"])
@pytest.mark.parametrize("name", ["seed", "temperature", "max_tokens", "response_format", "stream_options", "stream"])
def test_what_a_strict_server_refuses_is_dropped_said_once_and_remembered(
    server: OpenAIServer, tmp_path: Path, name: str, style: str
) -> None:
    desk = Desk(tmp_path, is_offline=False, keys={"127.0.0.1": KEY}, trusted=("127.0.0.1",), keeps=True)
    server.unwanted = {name: style}
    assert write(server, desk).scenes
    refused = sum(1 for call in server.calls if name in call.body)
    assert refused == (2 if name == "response_format" else 1)  # a schema, then JSON
    assert len(server.calls) == refused + 1
    assert len([note for note in desk.notes if f"`{name}`" in note]) == refused
    assert ("max_completion_tokens" in server.calls[-1].body) is (name == "max_tokens")
    if name == "response_format":
        assert "JSON schema" in server.calls[-1].body["messages"][-1]["content"]
    desk.seed = 1
    write(server, desk)
    assert len(server.calls) == refused + 2  # nothing is tried again that was refused
    assert len(desk.bills) == 2


def test_a_server_that_refuses_nearly_everything_still_writes(server: OpenAIServer, tmp_path: Path) -> None:
    desk = Desk(tmp_path, is_offline=False, keys={"127.0.0.1": KEY}, trusted=("127.0.0.1",), keeps=True)
    server.unwanted = dict.fromkeys(("seed", "temperature", "max_tokens", "max_completion_tokens", "stream", "stream_options"), "param")
    server.unwanted = {**server.unwanted, "response_format": "schema"}
    assert write(server, desk).scenes
    assert {*server.calls[-1].body} == {"model", "messages", "response_format"}
    assert server.calls[-1].body["response_format"] == {"type": "json_object"}


def test_a_wrong_value_is_told_and_not_dropped(server: OpenAIServer, desk: Desk) -> None:
    from aigc_cli.models.chat import unwanted

    asked = {"model": "m", "messages": [], "max_tokens": 9000, "seed": 1}
    too_many = WrongRequest("no", parameter="max_tokens", told="max_tokens is too large: 9000. This model takes at most 4096.")
    assert unwanted(too_many, asked) == ""
    swap = WrongRequest("no", told="'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
    assert unwanted(swap, asked) == "max_tokens"
    assert unwanted(WrongRequest("no", told="unknown model `m`"), asked) == ""


def test_a_stream_that_ends_early_is_no_answer(server: OpenAIServer, desk: Desk) -> None:
    server.failures = deque(["cut-stream"])
    with pytest.raises(ProviderError, match="middle of its answer") as caught:
        write(server, desk)
    assert caught.value.retryable


def test_a_model_that_refuses_is_not_asked_again(server: OpenAIServer, desk: Desk) -> None:
    server.refusal = "I can't help with that."
    with pytest.raises(Refused, match="can't help"):
        write(server, desk)
    server.refusal, server.finish = "", "content_filter"
    with pytest.raises(Refused):
        write(server, desk, stream=False)
    assert len(server.calls) == 2


def test_a_wrong_key_is_refused_and_shown_nowhere(server: OpenAIServer, desk: Desk) -> None:
    desk.keys["127.0.0.1"] = "sk-wrong-canary-77"
    with pytest.raises(KeyRefused, match="does not take the key") as caught:
        write(server, desk)
    assert caught.value.exit_code == 3
    assert "canary" not in f"{caught.value} {caught.value.hint} {caught.value!r}"
    desk.keys["127.0.0.1"] = KEY
    server.failures = deque(["echo"])
    with pytest.raises(ProviderError) as echoed:
        write(server, desk)
    assert KEY not in str(echoed.value)


def test_a_server_of_the_local_network_must_be_trusted_by_the_user(server: OpenAIServer, desk: Desk) -> None:
    desk.trusted = ()
    with pytest.raises(Refused, match="local or reserved"):
        write(server, desk)
    assert server.calls == []


def test_a_strange_server_does_not_get_the_users_openai_key(desk: Desk) -> None:
    desk.keys = {"openai": "sk-canary"}
    with pytest.raises(MissingKey, match=r"attacker\.example"):
        OpenAIText(base_url="https://attacker.example/v1").write(Write(facts=FACTS), desk)
    desk.keys["attacker.example"] = "k"
    with pytest.raises(Refused, match="unencrypted"):
        OpenAIText(base_url="http://attacker.example/v1").write(Write(facts=FACTS), desk)


def test_offline_nothing_is_called_but_a_trusted_server(server: OpenAIServer, desk: Desk) -> None:
    desk.is_offline = True
    with pytest.raises(Refused, match="offline"):
        OpenAIText().write(Write(facts=FACTS), desk)
    assert write(server, desk).scenes


def test_a_trusted_server_may_want_no_key(server: OpenAIServer, desk: Desk) -> None:
    server.needs_key, desk.keys = False, {}
    assert write(server, desk).scenes
    assert "Authorization" not in server.calls[0].headers


def test_usage_is_told_before_and_after_each_call(server: OpenAIServer, desk: Desk) -> None:
    server.answers = deque(["nonsense", GOOD])
    write(server, desk, max_tokens=700)
    assert len(desk.allowed) == len(desk.bills) == 2
    for most, used in zip(desk.allowed, desk.bills, strict=True):
        assert used.units["input_tokens"] <= most.units["input_tokens"]
        assert most.units["output_tokens"] == 700
    assert desk.bills[1].units["output_tokens"] == len(GOOD) // 4
    server.has_usage, server.answers = False, deque([GOOD])
    write(server, desk)
    assert desk.bills[2].units["output_tokens"] > 50


def test_the_estimate_of_a_step_is_no_less_than_its_first_call(server: OpenAIServer, desk: Desk) -> None:
    write(server, desk)
    step = Write(facts=FACTS)
    estimate = OpenAIText(base_url=server.base_url).estimate(step, desk.templates)
    assert estimate is not None
    assert estimate.units["input_tokens"] >= desk.bills[0].units["input_tokens"]
