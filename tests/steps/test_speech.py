from __future__ import annotations

from pathlib import Path
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


@pytest.mark.parametrize(
    ("engine", "voice", "wanted", "notes"),
    [
        ("openai", {"openai": "nova", "embedded": "george"}, "nova", []),
        ("kokoro", {"openai": "nova", "embedded": "george"}, "george", []),
        ("edge", {"embedded": "george"}, "None", ["edge does not have the voice `george`: it speaks with one of its own"]),
        ("kokoro", {"openai": "nova"}, "None", []),
        ("edge", "nova", "nova", []),
    ],
)
def test_a_voice_can_be_named_by_engine(engine: str, voice: Any, wanted: str, notes: list[str]) -> None:
    told: list[str] = []

    class Noting(Bench):
        def note(self, text: str, *, is_downgrade: bool = False) -> None:
            assert not is_downgrade
            told.append(text)

    class Named(Parrot):
        name = engine

    assert Say(text="Hi", voice=voice).run(Named(), Noting())["text"].split("|")[2] == wanted
    assert told == notes


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_text_is_an_error(text: str) -> None:
    with pytest.raises(WorkflowError, match="empty") as caught:
        Say(text=text).run(Parrot(), Bench())
    assert caught.value.hint


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 0.4},
        {"speed": 2.1},
        {"pause_ms": -1},
        {"language": "not a tag"},
        {"volume": 3},
        {"voice": {"opnai": "x"}},
        {"voice": {"edge": " "}},
    ],
)
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Say(text="Hi", **wrong)


def test_every_field_is_described() -> None:
    assert all(field["description"] for field in Say.model_json_schema()["properties"].values())


def test_names_of_the_lexicons_reach_the_provider_nearest_first(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "lexicon.en.yaml").write_text("Pikolo: Pee koh lo\nKyiv: Keev\nRome: Roam\n", encoding="utf-8")
    heard: list[Line] = []

    class Listener(Parrot):
        def speak(self, line: Line, ctx: Any) -> Speech:
            heard.append(line)
            return TAKE

    bench = Bench()
    bench.templates = Templates.beside(tmp_path)
    Say(text="Pikolo opens in Kyiv and Leicester.", lexicon={"Kyiv": "/kiːv/"}, pitch=2, speakers={"Ann": "heart"}).run(Listener(), bench)
    assert heard[0].lexicon == {"Kyiv": "/kiːv/", "Leicester": "/ˈlɛstər/", "Pikolo": "Pee koh lo"}
    assert (heard[0].pitch, heard[0].speakers) == (2, {"Ann": "heart"})


def test_only_names_in_the_text_are_part_of_its_key(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    path = tmp_path / "templates" / "lexicon.en.yaml"
    templates = Templates.beside(tmp_path)
    step = Say(text="Pikolo is hot.")
    assert step.materials(templates) == {}
    path.write_text("Rome: Roam\n", encoding="utf-8")
    assert step.materials(templates) == {}
    path.write_text("Pikolo: Pee koh lo\n", encoding="utf-8")
    first = step.materials(templates)
    assert set(first) == {"lexicon"}
    path.write_text("Pikolo: Pick olo\n", encoding="utf-8")
    assert step.materials(templates) != first


def test_a_damaged_lexicon_is_told_before_anything_is_spoken(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "lexicon.en.yaml").write_text("Pikolo: /pʘ/\n", encoding="utf-8")
    with pytest.raises(WorkflowError, match=r"lexicon\.en\.yaml:1: `Pikolo` has the unknown phoneme `ʘ`"):
        Say(text="Pikolo").materials(Templates.beside(tmp_path))


@pytest.mark.parametrize(
    "wrong",
    [
        {"lexicon": {"Pikolo": "/pʘ/"}},
        {"lexicon": {"": "x"}},
        {"lexicon": {"x": ["y"]}},
        {"speakers": {"": "heart"}},
        {"speakers": {"Ann": " "}},
        {"pitch": 7},
    ],
)
def test_wrong_names_speakers_and_pitches_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Say(text="Hi", **wrong)


def test_a_text_in_another_language_is_an_error() -> None:
    with pytest.raises(WorkflowError, match="the text is in French"):
        Say(text="Le prix des produits est dans tous les journaux pour une semaine.").run(Parrot(), Bench())


def test_the_fake_voice_shows_neither_marks_nor_names_of_speakers(tmp_path: Path) -> None:
    from aigc_cli.artifacts import Store
    from aigc_cli.providers.fake import FakeSpeech

    class Saving(Bench):
        def save(self, content: bytes, media_type: str, name: str = "") -> Artifact:
            return Store(tmp_path).put_bytes(content, media_type, name)

    value = Say(text="Ann: Wait [pause 1s] here.\nBob: Ok", speakers={"Ann": "a", "Bob": "b"}).run(FakeSpeech(), Saving())
    assert [word.text for word in value["words"]] == ["Wait", "here.", "Ok"]
