"""Lines: what is never broken, what always fits, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.errors import RenderError
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.style import fonts
from aigc_cli.media.style.breaking import NO_END, NO_START
from aigc_cli.media.style.typography import Style, clean, line_ops, lost_emoji, measure, set_text, undrawable
from aigc_cli.media.timeline import DrawingOp, TextOp

HEADLINE = Style("Manrope", 800, 120, 64, 1.04, 1.15, -0.02, 3)
BODY = Style("Inter", 500, 48, 24, 1.28, 1.36, 0.0, 12)


def lines(text: str, style: Style = HEADLINE, width: float = 912, height: float = 2000, language: str = "") -> list[str]:
    return [line.text for line in set_text(text, style, width, height, language=language).lines]


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("Espresso, the slow way", "en", ["Espresso,", "the slow way"]),
        ("Ready in 30 seconds", "en", ["Ready in", "30 seconds"]),
        ("Come in before nine", "en", ["Come in", "before nine"]),
        ("晨光手冲咖啡", "zh", ["晨光手冲咖啡"]),
        ("One\nTwo words", "en", ["One", "Two words"]),
    ],
)
def test_breaks_as_a_designer_would(text: str, language: str, wanted: list[str]) -> None:
    assert lines(text, language=language) == wanted


@pytest.mark.parametrize("width", range(380, 920, 60))
@pytest.mark.parametrize(
    "text", ["Boils 1.5 litres of water in 90 seconds flat", "Up by 3.2 billion dollars in 12 months", "From Nov. 21 on at 40 °C"]
)
def test_a_number_stays_with_its_unit(text: str, width: int) -> None:
    pairs = ["1.5 litres", "90 seconds", "3.2 billion", "12 months", "Nov. 21", "40 °C"]
    joined = "\n".join(lines(text, BODY, width))
    assert all(pair in joined for pair in pairs if pair in text)


@pytest.mark.parametrize("width", range(300, 920, 40))
def test_chinese_keeps_numbers_with_units_and_the_rules_of_line_ends(width: int) -> None:
    found = lines("今天，“新款”水壶（1.5升）只要30秒就能烧开，售价￥1,299元起！", BODY, width, language="zh")
    assert "".join(found) == "今天，“新款”水壶（1.5升）只要30秒就能烧开，售价￥1,299元起！"
    assert all(line[0] not in NO_START for line in found)
    assert all(line[-1] not in NO_END for line in found)
    assert any("30秒" in line for line in found)


def test_chinese_breaks_between_words() -> None:
    assert lines("三十秒即可享用单一产地的新鲜烘焙", HEADLINE, 760, language="zh")[0] in {
        "三十秒即可享用",
        "三十秒即可",
        "三十秒即可享"[:5],
    }
    assert lines("晨光手冲咖啡", HEADLINE, 600, language="zh") == ["晨光", "手冲咖啡"]


def test_no_short_word_is_left_alone() -> None:
    for width in range(500, 1000, 25):
        found = lines("S&P 500 climbs back from its 2009 low", replace_lines(HEADLINE, 4), width)
        assert len(found) == 1 or found[-1] != "low", (width, found)


def replace_lines(style: Style, count: int) -> Style:
    return Style(style.family, style.weight, style.size, style.floor, style.line_height, style.cjk_line_height, style.tracking, count)


words = st.lists(st.text("abcdefgnopstu", min_size=1, max_size=12), min_size=1, max_size=14).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(text=words, width=st.integers(320, 1200))
def test_every_word_is_shown_once_and_no_line_leaves_its_box(text: str, width: int) -> None:
    block = set_text(text, BODY, width, 4000)
    assert " ".join(line.text for line in block.lines) == text
    assert all(line.width <= width + 0.5 and line.x >= 0 for line in block.lines)
    assert BODY.floor <= block.size <= BODY.size


@settings(max_examples=40, deadline=None)
@given(text=st.text("今天新款水壶上市，只要三十秒。一二三四五六七八九十", min_size=1, max_size=40), width=st.integers(300, 1000))
def test_every_character_of_chinese_is_shown_once(text: str, width: int) -> None:
    block = set_text(text, BODY, width, 4000, language="zh")
    assert "".join(line.text for line in block.lines) == clean(text)


def test_a_word_longer_than_a_line_is_broken_only_at_the_floor() -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitänsmütze"
    found = set_text(word, HEADLINE, 700, 900)
    assert "".join(line.text for line in found.lines) == word
    assert found.size == HEADLINE.floor
    assert len(set_text("Donaudampfschifffahrt", HEADLINE, 900, 900).lines) == 1


def test_an_address_breaks_after_its_own_signs() -> None:
    found = lines("https://example.com/a/very/long/path/that/never/ends", replace_lines(HEADLINE, 5), 600)
    assert "".join(found) == "https://example.com/a/very/long/path/that/never/ends"
    assert all(line[-1] in "/.-" for line in found[:-1])


def test_text_that_does_not_fit_names_its_scene_and_a_cure() -> None:
    with pytest.raises(RenderError, match="scene `hook`: its headline of 1000 characters does not fit") as caught:
        set_text("word " * 199 + "words", HEADLINE, 900, 500, scene="hook", slot="headline")
    assert "shorten it to about" in caught.value.hint


def test_a_character_without_a_font_is_named() -> None:
    with pytest.raises(RenderError, match=r"scene `hook`: no font has the character .*U\+12000 CUNEIFORM SIGN A"):
        set_text("A \U00012000 B", HEADLINE, 900, 500, scene="hook", slot="headline")


def test_emoji_become_drawings_and_unknown_ones_are_told() -> None:
    block = set_text("Coffee ☕ to go 🚀", HEADLINE, 900, 500)
    ops = block.ops("#FFFFFF")
    assert {op.name for op in ops if isinstance(op, DrawingOp)} == {"hot-beverage", "rocket"}
    assert all("☕" not in op.text and "🚀" not in op.text for op in ops if isinstance(op, TextOp))
    assert measure("to go 🚀", HEADLINE) > measure("to go ", HEADLINE) + 100
    assert lost_emoji("Coffee ☕") == ()


def test_control_characters_and_runs_of_spaces_do_not_reach_the_type() -> None:
    assert clean("a\x00b\u202e  c\td\r\n\n e ") == "ab c d\ne"


def test_tabular_figures_have_one_width() -> None:
    def width(text: str) -> float:
        return fonts.width(text, family="Manrope", weight=800, size=100, is_tabular=True)

    assert width("1111") == pytest.approx(width("8888"), abs=0.5)
    assert fonts.width("1111", family="Manrope", weight=800, size=100) < fonts.width("8888", family="Manrope", weight=800, size=100) - 20


def test_ideographs_are_never_tightened() -> None:
    plain = fonts.width("晨光咖啡", family="Manrope", weight=800, size=100, language="zh")
    assert fonts.width("晨光咖啡", family="Manrope", weight=800, size=100, tracking=-0.05, language="zh") == pytest.approx(plain)


@pytest.mark.parametrize("text", ["שלום Manrope", "Привет, мир", "Ελλάδα", "Tiếng Việt", "日本語とかな", "한국어"])
def test_other_scripts_are_set_or_named(text: str) -> None:
    missing = fonts.missing_glyphs(text)
    if missing:
        with pytest.raises(RenderError, match="no font has the character"):
            set_text(text, HEADLINE, 900, 500)
    else:
        assert set_text(text, HEADLINE, 900, 500).width > 100


@pytest.mark.parametrize(("text", "language"), [("مرحبا بالعالم", "ar"), ("שלום עולם", "he"), ("สวัสดีชาวโลก", "th"), ("नमस्ते दुनिया", "hi")])
def test_scripts_that_ship_are_set_in_every_weight(text, language):
    widths = [fonts.width(text, family="Manrope", weight=weight, size=100, language=language) for weight in (500, 800)]
    assert fonts.missing_glyphs(text) == ()
    assert 0 < widths[0] < widths[1]


def test_right_to_left_begins_at_the_right_and_its_full_stop_stands_at_the_left():
    style = Style("Manrope", 700, 60, 40, 1.2, 1.3, 0.0, 2)
    block = set_text("قهوة على مهل.", style, 900, 300, language="ar")
    assert block.lines[0].x + block.lines[0].width == pytest.approx(900)

    def ink(text):
        """First and last column that is painted, of a line set at x = 100."""
        ops = line_ops(text, 100, 100, style, "#FFFFFF", language="ar")
        columns = paint(ops, 900, 140, lambda _: None)[..., 3].max(axis=0).nonzero()[0]
        return columns[0], columns[-1]

    bare, stopped = ink("قهوة"), ink("قهوة.")
    wider = (stopped[1] - stopped[0]) - (bare[1] - bare[0])
    assert wider > 5
    # The word itself moved to the right by the full stop before it.
    assert stopped[1] - bare[1] == pytest.approx(wider, abs=6)


def test_what_cannot_be_drawn_is_found_wherever_it_stands():
    facts = {"product": "Pikolo ☕", "points": ["每天新鲜", "one ꙮ two"], "price": 3.5}
    assert undrawable(facts) == ("points[1]", "ꙮ (U+A66E CYRILLIC LETTER MULTIOCULAR O)")
    assert undrawable({**facts, "points": ["قهوة", "ताज़ी"]}) is None
