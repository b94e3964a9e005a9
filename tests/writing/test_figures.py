from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.writing.articles import split
from aigc_cli.writing.figures import date_said, date_shown, day_said, number, percent_text, rounded, short
from aigc_cli.writing.pacing import spoken_s
from aigc_cli.writing.places import parse
from aigc_cli.writing.series import subject_of, with_unit


@pytest.mark.parametrize(
    ("value", "most", "english", "chinese"),
    [
        (1140.45, 2, "1,140", "1,140"), (735.09, 2, "735", "735"), (35.64, 2, "35.6", "35.6"), (3.5, 2, "3.50", "3.50"), (7, 0, "7", "7"),
        (1_234_567, 0, "1.2 million", "123万"), (250_000_000, 0, "250 million", "2.5亿"), (-4.25, 2, "-4.25", "-4.25"),
        (12_000, 0, "12,000", "12,000"),
    ],
)  # fmt: skip
def test_values_as_a_newsroom_gives_them(value: float, most: int, english: str, chinese: str) -> None:
    assert (short(value, most, "en"), short(value, most, "zh")) == (english, chinese)


def test_rounding_is_half_up_and_never_gives_minus_zero() -> None:
    assert rounded(0.125, 2) == 0.13
    assert rounded(2.675, 2) == 2.68
    assert number(-0.01, 1) == "0.0"
    assert percent_text(9.96) == "10"
    assert percent_text(-3.25) == "3.3"


def test_dates() -> None:
    assert date_said("2018-02-06T15:50:42Z", "en") == "February 6, 2018"
    assert date_said("2018-02-06", "zh") == "2018年2月6日"
    assert date_shown("2018-02", "en") == "Feb 2018"
    assert day_said("2018-02-06T15:50:42Z", "zh") == "2月6日"
    assert date_said("2018-02-06", "en", "year") == "2018"


@pytest.mark.parametrize(
    ("text", "said", "shown", "chinese"),
    [
        ("22km NNE of Hualian, Taiwan", "22 kilometers north-northeast of Hualian, Taiwan",
         "22 km NNE of Hualian, Taiwan", "台湾花莲东北偏北22公里"),
        ("1km S of Castaic, CA", "1 kilometer south of Castaic, California",
         "1 km S of Castaic, California", "加利福尼亚州 Castaic 以南1公里"),
        ("Pacific-Antarctic Ridge", "Pacific-Antarctic Ridge", "Pacific-Antarctic Ridge", "太平洋-南极洲海岭"),
        ("272km SSE of Sigave, Wallis and Futuna", "272 kilometers south-southeast of Sigave, Wallis and Futuna",
         "272 km SSE of Sigave, Wallis and Futuna", "瓦利斯和富图纳 Sigave 东南偏南272公里"),
    ],
)  # fmt: skip
def test_places(text: str, said: str, shown: str, chinese: str) -> None:
    where = parse(text)
    assert (where.said(is_chinese=False), where.shown(is_chinese=False), where.said(is_chinese=True)) == (said, shown, chinese)


@given(st.text(max_size=200))
def test_no_text_breaks_a_rule(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())  # nothing is lost, nothing is added
    assert parse(text).said(is_chinese=False) is not None
    assert spoken_s(text, "en") >= 0
    assert spoken_s(text, "zh") >= 0


def test_sentences_are_not_broken_at_abbreviations() -> None:
    text = "It opens at 5 p.m. EST Saturday, Jan. 16, near Bay St. Louis. Dr. A. Smith said 3.5 is enough! Really? Yes."
    assert split(text) == [
        "It opens at 5 p.m. EST Saturday, Jan. 16, near Bay St. Louis.", "Dr. A. Smith said 3.5 is enough!", "Really?", "Yes.",
    ]  # fmt: skip
    assert split("今天有雨。明天呢？晴。") == ["今天有雨。", "明天呢？", "晴。"]


def test_names_and_units() -> None:
    assert subject_of("sp500-monthly.csv") == "S&P 500"
    assert subject_of("seattle_weather_daily.csv") == "Seattle weather"
    assert [with_unit("-3", "$"), with_unit("3", "%"), with_unit("3", "mm"), with_unit("3", "")] == ["-$3", "3%", "3 mm", "3"]


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [  # measured on the embedded voices at speed 1
        ("The S&P 500 is up 55 percent since its low of February 2009. It stood at 1,140 in March 2010, after 735 then.", "en", 11.2),
        ("First things first: single origin.", "en", 2.2),
        ("2月6日，台湾花莲东北偏北22公里发生6.4级地震。这是过去一周1,679次地震中最强的一次。", "zh", 9.33),
        ("关于皮可洛浓缩咖啡，有三点想告诉你。", "zh", 3.4),
    ],
)
def test_the_pace_is_that_of_the_voices(text: str, language: str, seconds: float) -> None:
    assert spoken_s(text, language) == pytest.approx(seconds, rel=0.12)
