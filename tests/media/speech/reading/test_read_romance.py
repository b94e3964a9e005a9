from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.errors import WorkflowError
from aigc_cli.media.speech.reading import read
from aigc_cli.media.speech.reading.romance import LANGUAGES, tongue

TABLES = {
    language: [line.split("\t") for line in (Path(__file__).parent / f"{name}.tsv").read_text(encoding="utf-8").splitlines()]
    for language, name in LANGUAGES.items()
}
ROWS = [(language, *row) for language, rows in TABLES.items() for row in rows]


def spoken(text: str, language: str) -> str:
    return " / ".join(sentence.spoken for sentence in read(text, language))


@pytest.mark.parametrize(("language", "written", "heard"), ROWS, ids=[f"{row[0]}: {row[1]}" for row in ROWS])
def test_the_tables_of_readings(language: str, written: str, heard: str) -> None:
    assert spoken(written, language) == heard


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_are_long_enough(language: str) -> None:
    assert len(TABLES[language]) >= 60


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60)
@given(number=st.integers(0, 10**12))
def test_a_number_is_words_alone_and_no_two_sound_alike(language: str, number: int) -> None:
    words = tongue(language).cardinal(number, "")
    assert words.strip() and not any(char.isdigit() for char in words)
    assert words != tongue(language).cardinal(number + 1, "")


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60)
@given(text=st.text(alphabet="aéñ .,-:/%€$°'0123456789hkm«»¿!", min_size=1, max_size=40))
def test_every_shown_word_is_kept_and_no_figure_is_left(language: str, text: str) -> None:
    try:
        sentences = read(text, language)
    except WorkflowError:
        return
    assert "".join(word.shown for sentence in sentences for word in sentence.words).split() or not text.strip()
    joined = " ".join(word.shown for sentence in sentences for word in sentence.words)
    assert joined.replace(" ", "") == text.replace(" ", "")
    assert not any(char.isdigit() for sentence in sentences for char in sentence.spoken)


def test_sentences_end_where_they_end() -> None:
    assert spoken("El Sr. López llegó. Fue el 3 de mayo.", "es") == "El señor López llegó. / Fue el tres de mayo."
    assert spoken("M. Petit arrive. Il pleut !", "fr") == "monsieur Petit arrive. / Il pleut!"


def test_a_headline_in_capitals_is_not_spelled() -> None:
    assert spoken("GRAN VENTA EN IBM HOY", "es") == "GRAN VENTA EN i be eme HOY"


def test_letters_of_another_script_are_refused() -> None:
    with pytest.raises(WorkflowError, match="Cyrillic"):
        read("Привет", "it")
