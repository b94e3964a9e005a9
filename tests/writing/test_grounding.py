"""What a text may state: numbers with their units, names, links; and what is taken from an example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.writing.grounding import Facts, copied, is_faithful

ENGLISH = Facts(
    ["Pikolo Espresso", "Single origin from Ethiopia", "Ready in 30 seconds", "$3.50", "1,200 ml", "Order now", "pikolo.example/order"],
    "en",
    counts=(3,),
)
CHINESE = Facts(["皮科咖啡", "单一产地", "30秒即可享用", "¥25", "北京", "保温2小时"], "zh", counts=(3,))


@pytest.mark.parametrize(
    "text",
    [
        "Meet Pikolo Espresso.",
        "Ready in thirty seconds.",
        "A 30-second espresso.",
        "Just $3.50.",
        "Only 3.5 dollars.",
        "Three things to know.",
        "It holds 1200 ml.",
        "Freshly Roasted In Ethiopia",
        "Don't wait. You'll taste it.",
        "One sip is enough.",
        "Chewier, bolder, better.",
        "Order at pikolo.example/order.",
        "Ethiopia’s finest, I’m sure.",
        "",
    ],
)
def test_what_the_facts_hold_passes(text: str) -> None:
    assert ENGLISH.strangers(text) == ()


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("Ready in 30 minutes.", "30 minutes"),
        ("Ready in 20 seconds.", "20 seconds"),
        ("Lasts twenty-four hours.", "twenty-four hours"),
        ("Just $35.0.", "$35.0"),
        ("Save 20%.", "20%"),
        ("Half the price.", "Half"),
        ("Twice as good.", "Twice"),
        ("Loved in Portland.", "Portland"),
        ("Starbucks fans like it.", "Starbucks"),
        ("Made In Italy", "Italy"),
        ("See www.evil.com", "www.evil.com"),
        ("WOW, what a taste.", "WOW"),
        ("A hundred dollars.", "hundred dollars"),
        ("Five things to know.", "Five"),
        ("It holds 1.2 ml.", "1.2 ml"),
        ("Ask Marco.", "Marco"),
    ],
)
def test_what_they_do_not_is_named(text: str, stranger: str) -> None:
    assert any(stranger.casefold() in found.casefold() for found in ENGLISH.strangers(text))


@pytest.mark.parametrize(
    "text", ["三十秒就好", "只要25元", "只要二十五块", "三大亮点", "北京人都爱", "两小时不凉", "千家万户", "十分好喝", "一杯就够"]
)
def test_chinese_that_the_facts_hold_passes(text: str) -> None:
    assert CHINESE.strangers(text) == ()


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("30分钟就好", "30分钟"),
        ("来自上海", "上海"),
        ("五十块一杯", "五十块"),
        ("Nike同款", "Nike"),
        ("百分之五十的优惠", "百分之五十"),
        ("三小时不凉", "三小时"),
    ],
)
def test_chinese_that_they_do_not_is_named(text: str, stranger: str) -> None:
    assert stranger in CHINESE.strangers(text)


@given(
    st.integers(0, 10**9).filter(lambda number: number not in (30, 1200)),
    st.sampled_from(["{} people", "from {} hills", "{:,} cups", "No. {}"]),
)
def test_every_other_number_is_found(number: int, form: str) -> None:
    if number != 3:
        assert ENGLISH.strangers(form.format(number))


@given(st.text(max_size=300), st.sampled_from(["en", "zh"]))
def test_any_text_is_looked_at(text: str, language: str) -> None:
    known = Facts([text], language)
    assert isinstance(known.strangers(text), tuple)
    assert isinstance(ENGLISH.strangers(text), tuple)


@given(
    st.lists(
        st.sampled_from(["30", "seconds", "Pikolo", "from", "Ethiopia", "ready", "$3.50", "order", "now", "and", "it", "is"]), max_size=12
    )
)
def test_words_of_the_facts_are_no_strangers(words: list[str]) -> None:
    text = " ".join(word for word in words if word != "seconds")
    assert ENGLISH.strangers(text) == ()


def test_runs_taken_from_an_example_are_found() -> None:
    assert (
        copied("It keeps your drinks cold all day.", "This keeps your drinks cold all day long.", "A bottle")
        == "keeps your drinks cold all"
    )
    assert copied("It keeps your drinks cold.", "This keeps your drinks cold all day.", "A bottle") == ""
    assert copied("It keeps your drinks cold all day.", "This keeps your drinks cold all day.", "keeps your drinks cold all day") == ""
    assert copied("轻轻一摸，光就柔了下来", "轻轻一摸，光就柔了下来。", "") != ""


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("It's ready in 30 seconds.", True),
        ("In 30 seconds it is ready, every time.", True),
        ("It's ready in seconds.", False),
        ("Ready in 30 seconds, durable and light.", False),
        ("I am so glad you're here.", False),
        ("The espresso is whispering.", False),
    ],
)
def test_a_line_says_its_fact_and_hardly_more(text: str, is_kept: bool) -> None:
    assert is_faithful(text, "Ready in 30 seconds", "Pikolo Espresso") is is_kept
