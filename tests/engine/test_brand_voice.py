"""A brand's voice and the sound of its names, as a workflow uses them that says nothing of either."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aigc_cli.engine.check import check
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.load import load
from tests.engine.conftest import Place

SAY = "  voice: {uses: speech.say, with: {text: Pikolo opens in Kyiv., language: en%s}}"
VOICES = "aigc: {voice: {en: george, zh: yunyang}, lexicon: {Pikolo: Pee koh lo, Rome: Roam}}"


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_PROVIDER", "fake")


def brand(place: Place, text: str, name: str = "acme") -> Path:
    folder = place.root / "templates" / "brands"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def voice(place: Place, more: str = "", head: str = "brand: acme") -> str:
    place.write(SAY % more, head=head, outputs="{voice: '${{ steps.voice.voice }}'}")
    result = place.run()
    assert result.status == "ok", result.error
    return str(result.outputs["voice"])


@pytest.mark.parametrize(
    ("text", "more", "wanted"),
    [
        (VOICES, "", "george"),
        (VOICES, ", voice: emma", "emma"),  # who is named, speaks
        ("aigc: {voice: michael}", "", "michael"),
        ("aigc: {voice: {zh: yunyang}}", "", "tone"),  # nothing for English: the engine's own
        ("aigc: {voice: xiaoxiao}", "", "tone"),  # it speaks no English
        ("aigc: {voice: heart:0.6+bella:0.4}", "", "heart:0.6+bella:0.4"),
        ("aigc: {voice: nova}", "", "nova"),  # another engine's: not known here
    ],
)
def test_the_brands_voice_speaks_where_none_is_named(place: Place, text: str, more: str, wanted: str) -> None:
    brand(place, text)
    assert voice(place, more) == wanted


def test_without_a_brand_the_engines_own_voice_speaks(place: Place) -> None:
    assert voice(place, head="") == "tone"
    brand(place, VOICES)
    assert voice(place, ", brand: acme", head="") == "george"


def test_another_brand_with_the_same_voice_and_names_speaks_nothing_anew(place: Place) -> None:
    brand(place, VOICES)
    brand(place, VOICES + "\ncolor: {primary: '#FF7A00'}", "other")
    assert voice(place) == "george"
    place.write(SAY % "", head="brand: other")
    assert place.run().steps[0].status == "cached"
    brand(place, VOICES.replace("Pee koh lo", "Pick olo"), "other")
    assert place.run().steps[0].status == "ran"


def test_the_embedded_engine_that_has_the_brands_voice_is_taken(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIGC_PROVIDER")
    brand(place, VOICES)
    place.write(SAY % "", head="brand: acme")
    job = place.job()
    (piece,) = job.expand("voice", {}, set())  # type: ignore[misc]
    assert piece is not None
    chosen = next(piece.candidates)
    assert (chosen.provider.name, chosen.step.model_dump()["voice"]) == ("kokoro", {"embedded": "george"})
    assert chosen.step.model_dump()["lexicon"] == {"Pikolo": "Pee koh lo"}  # what occurs in the text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("aigc: {voice: {en: george, openai: nova}}", {"embedded": "george", "openai": "nova"}),
        ("aigc: {voice: george}", {"embedded": "george"}),
        ("aigc: {voice: {openai: nova}}", {"openai": "nova"}),
    ],
)
def test_a_server_does_not_refuse_a_brand_whose_voice_is_not_its_own(
    place: Place, monkeypatch: pytest.MonkeyPatch, text: str, wanted: dict[str, str]
) -> None:
    monkeypatch.delenv("AIGC_PROVIDER")
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    brand(place, text)
    place.write(SAY.replace("speech.say", "speech.say, provider: [openai, embedded]") % "", head="brand: acme")
    (piece,) = place.job().expand("voice", {}, set())  # type: ignore[misc]
    assert piece is not None
    found = list(piece.candidates)
    assert [each.provider.name for each in found] == ["openai", "kokoro" if "embedded" in wanted else "hibari"]
    assert [each.refusal for each in found] == [None, None]
    assert found[0].step.model_dump()["voice"] == wanted


def test_a_lexicon_beside_the_brand(place: Place) -> None:
    folder = brand(place, "aigc: {lexicon: acme.lexicon.yaml}")
    (folder / "acme.lexicon.yaml").write_text("Pikolo: /pɪˈkoʊloʊ/\n", encoding="utf-8")
    place.write(SAY % "", head="brand: acme")
    (piece,) = place.job().expand("voice", {}, set())  # type: ignore[misc]
    assert piece is not None
    assert next(piece.candidates).step.model_dump()["lexicon"] == {"Pikolo": "/pɪˈkoʊloʊ/"}
    brand(place, "aigc: {lexicon: ../../../secret.yaml}")
    (place.root.parent / "secret.yaml").write_text("Pikolo: stolen\n")
    with pytest.raises(WorkflowError, match=r"lexicon .* is not there"):
        place.job().expand("voice", {}, set())


@pytest.mark.parametrize(
    ("file", "text", "line", "words"),
    [
        ("lexicon.en.yaml", "Kyiv: Keev\nPikolo: /pɪʘ/\n", 2, "`Pikolo` has the unknown phoneme `ʘ`"),
        ("lexicon.en.yaml", "Kyiv: Keev\nRome:\n  - Roam\n", 2, "must both be text"),
        ("lexicon.en.yaml", "Kyiv: Keev\n a: [\n", 2, "cannot be read"),
        ("brands/acme.yaml", "aigc:\n  lexicon:\n    Pikolo: /pɪʘ/\n", 3, "unknown phoneme `ʘ`"),
        ("brands/acme.yaml", "aigc: {lexicon: nowhere.yaml}\n", 1, "is not there"),
    ],
)
def test_validate_finds_a_wrong_sound_with_its_place(place: Place, file: str, text: str, line: int, words: str) -> None:
    brand(place, "aigc: {}\n")
    (place.root / "templates" / file).write_text(text, encoding="utf-8")
    place.write(SAY % "", head="brand: acme")
    problems = [each for each in check(load(place.workflow)) if words in each.message]
    assert [(Path(each.file).name, each.line) for each in problems] == [(Path(file).name, line)], json.dumps(
        [str(each) for each in problems]
    )
    assert problems[0].hint


def test_validate_finds_every_wrong_sound_of_a_step_at_its_entry(place: Place) -> None:
    place.workflow.write_text(
        "aigc: 1\nname: w\nsteps:\n  voice:\n    uses: speech.say\n    with:\n      text: Hi\n"
        "      lexicon:\n        Rome: Roam\n        Pikolo: /pɪʘ/\n        重庆: /chong7/\n"
    )
    problems = check(load(place.workflow))
    assert [each.line for each in problems][:1] == [10]
    assert "unknown phoneme `ʘ`" in problems[0].message


def test_validate_refuses_a_brands_voice_that_nobody_has(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIGC_PROVIDER")
    brand(place, "aigc: {voice: jorge}")
    place.write(SAY % "", head="brand: acme")
    assert any("there is no voice `jorge`" in each.message for each in check(load(place.workflow)))
