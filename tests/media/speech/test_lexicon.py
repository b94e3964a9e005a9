from __future__ import annotations

from pathlib import Path

import pytest

from aigc_cli.assets import Templates, shipped
from aigc_cli.errors import WorkflowError
from aigc_cli.media.speech.lexicon import check, load, read_file, relevant, to_model
from aigc_cli.media.speech.phonemes import ChinesePhonemes, EnglishPhonemes
from aigc_cli.media.speech.reading import read


@pytest.fixture(scope="module")
def english() -> EnglishPhonemes:
    return EnglishPhonemes()


@pytest.fixture(scope="module")
def chinese(english: EnglishPhonemes) -> ChinesePhonemes:
    return ChinesePhonemes(lambda: english)


@pytest.mark.parametrize("language", ["en", "en-GB", "zh", "zh-TW"])
def test_the_shipped_lexicons_are_in_order(language: str) -> None:
    assert load(Templates.beside(None), language)


def test_a_file_beside_the_workflow_adds_and_wins(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "lexicon.en.yaml").write_text("Kyiv: Keev\nPikolo: Pee koh lo\n", encoding="utf-8")
    found = load(Templates.beside(tmp_path), "en-US")
    assert (found["Kyiv"], found["Pikolo"]) == ("Keev", "Pee koh lo")
    assert "Leicester" in found
    assert load(Templates(()), "en") == {}


def test_only_names_that_occur_count() -> None:
    assert relevant("We met in KYIV.", {"Kyiv": "a", "Rome": "b"}) == {"Kyiv": "a"}


@pytest.mark.parametrize(
    ("ipa", "own"),
    [("ˈkiːv", "kˈiːv"), ("pɪˈkoʊloʊ", "pɪkˈOlO"), ("ɛˈsprɛsoʊ", "ɛspɹˈɛsO"), ("həlˈO", "həlˈO"), ("tʃaɪ", "ʧI"), ("ˌeɪaɪ", "ˌAI")],
)
def test_dictionary_ipa_becomes_the_models_alphabet(ipa: str, own: str) -> None:
    assert to_model(ipa) == own


def test_phonemes_are_spoken_as_they_stand_and_the_rest_of_the_word_too(english: EnglishPhonemes) -> None:
    (sentence,) = read("In Kyiv's centre.", "en", {"Kyiv": "/ˈkiːv/"})
    sound = english(sentence.words)
    assert "kˈiv" in sound.phonemes
    assert {owner for char, owner in zip(sound.phonemes, sound.owners, strict=True) if char in "kiv"} >= {1}
    assert sentence.spoken == "In Kyiv's centre."
    assert [word.shown for word in sentence.words] == ["In", "Kyiv's", "centre."]


def test_a_respelling_is_read_instead() -> None:
    (sentence,) = read("Try Pikolo, now", "en", {"Pikolo": "Pee koh lo"})
    assert sentence.spoken == "Try Pee koh lo, now"


def test_entries_in_lower_case_fit_any_case_and_no_part_of_a_word() -> None:
    assert read("Espresso ESPRESSO espressos", "en", {"espresso": "x"})[0].spoken == "x x espressos"
    assert read("Nvidia NVIDIA", "en", {"Nvidia": "x"})[0].spoken == "x NVIDIA"


def test_chinese_names_by_pinyin(chinese: ChinesePhonemes) -> None:
    (fixed,) = read("单县。", "zh", {"单县": "/shan4 xian4/"})
    (own,) = read("善县。", "zh", {})
    assert chinese(fixed.words).phonemes == chinese(own.words).phonemes
    assert fixed.spoken == "单县。"


def test_a_retroflex_ending_is_the_character_er(chinese: ChinesePhonemes) -> None:
    (fixed,) = read("花儿与儿童。", "zh", {"花儿": "/huar1/", "儿童": "/er2 tong2/"})
    (plain,) = read("花儿与儿童。", "zh", {"花儿": "/hua1 er5/", "儿童": "/er2 tong2/"})
    assert chinese(fixed.words).phonemes == chinese(plain.words).phonemes


def test_a_latin_name_in_chinese(chinese: ChinesePhonemes) -> None:
    (sentence,) = read("用SQL查询。", "zh", {"SQL": "/ˈsiːkwəl/"})
    assert "sˈikwəl" in chinese(sentence.words).phonemes


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        ({"Pikolo": "/pɪʘ/"}, "unknown phoneme `ʘ`"),
        ({"重庆": "/chong2 qqing4/"}, "unknown syllable `qqing4`"),
        ({"重庆": "/chong7 qing4/"}, "unknown syllable `chong7`"),
        ({"": "x"}, "no name"),
        ({"a" * 100: "x"}, "no name"),
        ({"🎉": "party"}, "no name"),
        ({"x": ""}, "no sound"),
        ({"x": "..."}, "no sound"),
        ({"x": 5}, "must both be text"),
        ({5: "x"}, "must both be text"),
    ],
)
def test_a_wrong_entry_is_named(entries: dict[object, object], word: str) -> None:
    with pytest.raises(WorkflowError, match=word) as caught:
        check(entries, "lexicon.en.yaml")
    assert caught.value.message.startswith("lexicon.en.yaml: ")
    assert caught.value.hint


@pytest.mark.parametrize("content", [b"- a\n- b\n", b"a: [\n", b"\xff\xfe\x00", b"a: &x [*x]\n", b"5\n"])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lexicon.en.yaml"
    path.write_bytes(content)
    with pytest.raises(WorkflowError, match=r"lexicon\.en\.yaml"):
        read_file(path)


def test_an_empty_file_is_an_empty_lexicon(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.en.yaml"
    path.write_text("# nothing yet\n")
    assert read_file(path) == {}


def test_a_lexicon_outside_the_templates_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    outside = tmp_path / "secret.yaml"
    outside.write_text("Kyiv: stolen\n")
    (tmp_path / "templates" / "lexicon.en.yaml").symlink_to(outside)
    assert load(Templates((tmp_path / "templates",)), "en") == {}


def test_every_shipped_lexicon_is_for_a_language_that_is_read() -> None:
    assert {path.name for path in shipped("templates").glob("lexicon.*")} == {"lexicon.en.yaml", "lexicon.zh.yaml"}
