from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.errors import WorkflowError
from aigc_cli.media.speech.reading import read
from aigc_cli.media.speech.reading.chinese_numbers import cardinal
from aigc_cli.media.speech.reading.script import clean

TABLE = [line.split("\t") for line in (Path(__file__).parent / "chinese.tsv").read_text(encoding="utf-8").splitlines()]


def spoken(text: str, lexicon: dict[str, str] | None = None) -> str:
    return " / ".join(sentence.spoken for sentence in read(text, "zh", lexicon))


def shown(text: str) -> str:
    words = [word for sentence in read(text, "zh") for word in sentence.words]
    return "".join(("" if word.is_glued else " ") + word.shown for word in words).strip()


@pytest.mark.parametrize(("written", "heard"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table_of_chinese_readings(written: str, heard: str) -> None:
    assert spoken(written) == heard


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 145


def test_words_carry_their_punctuation_and_stand_without_spaces() -> None:
    (sentence,) = read("他说：“新款iPhone 15售价¥1,299，支持5G！”", "zh")
    assert [word.shown for word in sentence.words] == ["他", "说：", "“新款", "iPhone", "15", "售价", "¥1,299，", "支持", "5G！”"]
    assert [word.is_glued for word in sentence.words] == [True, True, True, True, False, True, True, True, True]


def test_a_figure_keeps_its_measure_in_one_word() -> None:
    (sentence,) = read("2026年11月21日30秒", "zh")
    assert [word.shown for word in sentence.words] == ["2026年", "11月", "21日", "30秒"]


@pytest.mark.parametrize(
    ("written", "count"),
    [("你好。再见！好吗？", 3), ("“走吧。”他说。", 2), ("第一行\n第二行", 2), ("版本2.0很好。", 1), ("先看；再买。", 2)],
)
def test_sentences_end_where_a_reader_would_end_them(written: str, count: int) -> None:
    assert len(read(written, "zh")) == count


@pytest.mark.parametrize(
    ("text", "word"), [("こんにちは世界", "Japanese"), ("안녕하세요", "Korean"), ("This is a text in plain English only.", "Latin")]
)
def test_what_a_chinese_voice_would_mumble_is_an_error(text: str, word: str) -> None:
    with pytest.raises(WorkflowError, match=word):
        read(text, "zh")


@pytest.mark.parametrize("text", ["", "。。。", "🎉", "（）"])
def test_a_text_without_words_is_an_error(text: str) -> None:
    with pytest.raises(WorkflowError, match="text to speak"):
        read(text, "zh")


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(WorkflowError, match="`sv`"):
        read("Hej", "sv")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (11, "十一"),
        (20, "二十"),
        (102, "一百零二"),
        (112, "一百一十二"),
        (2002, "两千零二"),
        (10001, "一万零一"),
        (100000000, "一亿"),
        (20000, "两万"),
        (22222, "两万两千两百二十二"),
        (100020003, "一亿零两万零三"),
        (-3, "负三"),
    ],
)
def test_cardinals(number: int, words: str) -> None:
    assert cardinal(number) == words


PIECES = st.sampled_from(
    [
        "今天",
        "天气。",
        "¥1,299，",
        "12.5%",
        "2026年",
        "11月",
        "“你好”",
        "（测试）",
        "🎉",
        "——",
        "5km",
        "iPhone",
        "10:30",
        "#话题#",
        "3-5",
        "½",
        "……",
        "M6.4",
        "！",
        "、",
        "A",
        "2",
        "个",
        " ",
        "\n",
        "《书》",
        "-",
        "+",
        "OpenAI",
        "1/2",
        "x@y.com",
        "'",
        '"',
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=14))
def test_shown_words_cover_the_text_once_and_all_are_heard(pieces: list[str]) -> None:
    text = "".join(pieces) + "完"
    assert "".join(shown(text).split()) == "".join(clean(text).split())
    words = [word for sentence in read(text, "zh") for word in sentence.words]
    assert all(any(char.isalnum() for char in word.spoken) for word in words)


def test_long_texts_take_no_long_time_to_read() -> None:
    for text in ("一" * 20_000, "好1" * 3_000, "好" + "1" * 20_000, "好，" * 10_000):
        assert read(text, "zh")


def test_segmenting_leaves_nothing_behind(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    from aigc_cli.media.speech.reading import segment

    segment._tokenizer.cache_clear()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert "".join(segment.segment("皮可洛浓缩咖啡")) == "皮可洛浓缩咖啡"
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []
