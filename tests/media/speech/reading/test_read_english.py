from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.errors import WorkflowError
from aigc_cli.media.speech.reading import read
from aigc_cli.media.speech.reading.english_numbers import cardinal, ordinal, roman, year
from aigc_cli.media.speech.reading.script import clean

TABLE = [line.split("\t") for line in (Path(__file__).parent / "english.tsv").read_text(encoding="utf-8").splitlines()]


def spoken(text: str, lexicon: dict[str, str] | None = None) -> str:
    return " / ".join(sentence.spoken for sentence in read(text, "en", lexicon))


def shown(text: str) -> str:
    return " ".join(word.shown for sentence in read(text, "en") for word in sentence.words)


@pytest.mark.parametrize(("written", "heard"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table_of_english_readings(written: str, heard: str) -> None:
    assert spoken(written) == heard


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 150


@pytest.mark.parametrize(
    ("written", "pairs"),
    [
        ("It costs $3.50, today.", [("$3.50,", "three dollars fifty,")]),
        ("Up to $3.2 billion.", [("$3.2", "three point two"), ("billion.", "billion dollars.")]),
        ("on Nov. 21st, 2026 again", [("Nov.", "November"), ("21st,", "twenty-first,"), ("2026", "twenty twenty-six")]),
        ("run 10 km now", [("10", "ten"), ("km", "kilometers")]),
        ("51 km WSW of Rome", [("WSW", "west-southwest")]),
        ("at 7:30 p.m. sharp", [("7:30", "seven thirty"), ("p.m.", "P M")]),
        ("World War II ended", [("II", "two")]),
    ],
)
def test_each_shown_word_keeps_its_own_sound(written: str, pairs: list[tuple[str, str]]) -> None:
    words = {word.shown: word.spoken for sentence in read(written, "en") for word in sentence.words}
    assert [(name, words[name]) for name, _ in pairs] == pairs


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("One. Two! Three? Four…", 4),
        ("On Nov. 21st we met Dr. J. Smith of Acme Inc. in St. Paul.", 1),
        ("He left at 9 p.m. The door closed.", 2),
        ("The U.S. economy grew. It is 3.5 times larger.", 2),
        ("“Is it done?” she asked. “Yes.”", 2),
        ("First line\nSecond line", 2),
        ("Visit www.example.com. Then call.", 2),
        ("No. 5 is alive.", 1),
        ("e.g. This one.", 1),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(written: str, count: int) -> None:
    assert len(read(written, "en")) == count


def test_emoji_and_lone_signs_stay_with_a_word_and_are_silent() -> None:
    (sentence,) = read("🎉 Great 👩‍👩‍👧 deal — save 20% 👍", "en")
    assert [word.shown for word in sentence.words] == ["🎉 Great 👩‍👩‍👧", "deal —", "save", "20% 👍"]
    assert sentence.spoken == "Great deal— save twenty percent"


def test_a_lexicon_wins_over_every_rule() -> None:
    assert spoken("Pikolo 3000 and NGINX, pikolos", {"pikolo 3000": "pee-ko-lo three K", "NGINX": "engine X"}) == (
        "pee-ko-lo three K and engine X, pikolos"
    )


def test_paragraphs_are_told_apart() -> None:
    assert [sentence.ends_paragraph for sentence in read("Ay bee. See dee.\n\nEff.", "en")] == [False, True, True]


@pytest.mark.parametrize("text", ["", "   ", "...", "🎉🎉", "— • —", "\x00\x07"])
def test_a_text_without_words_is_an_error(text: str) -> None:
    with pytest.raises(WorkflowError, match="text to speak"):
        read(text, "en")


@pytest.mark.parametrize(
    ("text", "script"), [("今天天气很好", "Chinese"), ("Hello 世界", "Chinese"), ("Привет", "Cyrillic"), ("こんにちは", "Japanese")]
)
def test_letters_that_the_voice_cannot_read_are_an_error(text: str, script: str) -> None:
    with pytest.raises(WorkflowError, match=script):
        read(text, "en")


def test_control_characters_are_dropped() -> None:
    assert spoken("He\x00llo\x1b wor\u202eld\u200b") == "Hello world"


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "zero"), (13, "thirteen"), (40, "forty"), (101, "one hundred one"), (1_000_001, "one million one"), (-7, "minus seven")],
)
def test_cardinals(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "word"), [(1, "first"), (12, "twelfth"), (20, "twentieth"), (35, "thirty-fifth"), (100, "one hundredth")]
)
def test_ordinals(number: int, word: str) -> None:
    assert ordinal(number) == word


def test_years_and_roman_numerals() -> None:
    assert [year(1066), year(1900), year(2000), year(2026)] == [
        "ten sixty-six",
        "nineteen hundred",
        "two thousand",
        "twenty twenty-six",
    ]
    assert [roman(text) for text in ("IV", "IX", "XIV", "LVIII", "MCMXC")] == [4, 9, 14, 58, 1990]


PIECES = st.sampled_from(
    [
        "Hello",
        "$3.50,",
        "12.5%",
        "Nov.",
        "21st,",
        "2026.",
        "(really)",
        "“quoted”",
        "🎉",
        "—",
        "-",
        "5km",
        "U.S.",
        "10:30",
        "p.m.",
        "#Tag",
        "a/b",
        "+5",
        "½",
        "…",
        "I",
        "III",
        "3–5",
        "C++",
        "x@y.com",
        "1/2",
        "No.",
        "7",
        "$",
        "%",
        "km",
        "°C",
        "'90s",
        "é",
        "M 6.4",
        "&",
        "vs.",
        "\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=14), st.sampled_from([" ", "  ", ""]))
def test_shown_words_cover_the_text_once_and_all_are_heard(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces) + " end"
    assert shown(text) == " ".join(clean(text).split())
    words = [word for sentence in read(text, "en") for word in sentence.words]
    assert all(any(char.isalnum() for char in word.spoken) for word in words)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0x24F), max_size=60))
def test_any_latin_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        heard = spoken(text)
    except WorkflowError:
        return
    assert not any(char.isdigit() and char.isascii() for char in heard)


def test_long_texts_take_no_long_time_to_read() -> None:
    for text in ("1" * 20_000, "a." * 10_000, "a@" * 10_000, "1,000," * 4_000, "I" * 300, "x" * 300 + " 1-" * 5_000):
        assert read(text, "en")
