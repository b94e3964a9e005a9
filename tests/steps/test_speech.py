from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from aigc_cli import registry
from aigc_cli.artifacts import Artifact
from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.shapes import Line, Speech, Word
from aigc_cli.steps.speech import Say

TAKE = Speech(
    audio=Artifact(digest="0" * 64, media_type="audio/wav", size=44),
    words=(Word(text="Hi", start_s=0, end_s=0.2),),
    duration_s=0.3,
    text="Hi",
    spoken="Hi",
    language="en",
    voice="x",
    provider="y",
)


class Bench:
    templates = Templates(())


class Parrot:
    def speak(self, line: Line, ctx: Any) -> Speech:
        return TAKE.model_copy(update={"text": f"{line.text}|{line.language}|{line.voice}|{line.speed}|{line.pause_ms}"})


def test_the_registry_knows_the_step() -> None:
    assert registry.step("speech.say") is Say


def test_its_value_is_a_take_and_every_wish_reaches_the_provider() -> None:
    value = Say(text="你好", language="zh", voice="xiaoxiao", speed=1.5, pause_ms=100).run(Parrot(), Bench())
    assert set(value) == set(Say.outputs) == set(Speech.model_fields)
    assert Speech(**value).text == "你好|zh|xiaoxiao|1.5|100"


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_text_is_an_error(text: str) -> None:
    with pytest.raises(WorkflowError, match="empty") as caught:
        Say(text=text).run(Parrot(), Bench())
    assert caught.value.hint


@pytest.mark.parametrize("wrong", [{"speed": 0.4}, {"speed": 2.1}, {"pause_ms": -1}, {"language": "not a tag"}, {"volume": 3}])
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Say(text="Hi", **wrong)


def test_every_field_is_described() -> None:
    assert all(field["description"] for field in Say.model_json_schema()["properties"].values())
