from __future__ import annotations

from xml.dom.minidom import parseString

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.media.speech.reading import read
from aigc_cli.media.speech.reading.marks import LONGEST_PAUSE_S, Delivery, deliver, parse, to_ssml
from aigc_cli.media.speech.reading.script import clean


def delivered(text: str, language: str = "en") -> tuple[Delivery, ...]:
    marked = parse(text)
    return deliver(read(marked.text, language), marked.marks, language)


def shown(deliveries: tuple[Delivery, ...]) -> str:
    return " ".join(word.shown for each in deliveries for word in each.sentence.words)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Wait [pause 400ms] here.", "Wait here."),
        ("Wait[pause]here.", "Wait here."),
        ("Wait [pause 1.5s], then go.", "Wait, then go."),
        ("[slow]Call 0800[/slow] now.", "Call 0800 now."),
        ("Say [spell]AIGC[/spell]!", "Say AIGC!"),
        ("a [fast]b [strong]c[/strong][/fast] d", "a b c d"),
        ("今天[pause 600ms]有雨。", "今天有雨。"),
        ("[pause 1s]First\n[pause 1s]Second", "First\nSecond"),
    ],
)
def test_marks_are_heard_and_never_shown(text: str, plain: str) -> None:
    marked = parse(text)
    assert marked.text == plain
    assert marked.marks
    assert not marked.unpaired


@pytest.mark.parametrize(
    "text",
    [
        "See [1] and [note].",
        "An array [0, 1]",
        "[Pause 400ms]",
        "[pause 400]",
        "[pause -1s]",
        "[ pause ]",
        "[pace fast]",
        "a [b] (c) {d} <e>",
        "[slow",
        "*word*",
        "[停顿]",
    ],
)
def test_ordinary_brackets_are_ordinary_text(text: str) -> None:
    assert parse(text) == type(parse(""))(clean(text), (), ())


@pytest.mark.parametrize(("text", "left"), [("[slow] a", "[slow]"), ("a [/strong] b", "[/strong]"), ("[spell]a[/slow]", "[spell]")])
def test_a_mark_without_its_other_half_is_text_and_told(text: str, left: str) -> None:
    marked = parse(text)
    assert left in marked.unpaired
    assert left in marked.text


def test_a_pause_stands_after_its_word() -> None:
    (sentence,) = delivered("Only today [pause 800ms] at Pikolo.")
    assert sentence.pauses == {1: 0.8}


def test_a_pause_between_sentences_replaces_the_usual_one_and_one_at_the_head_stands_before() -> None:
    first, second = delivered("[pause 1s]One. [pause 2s] Two [pause]")
    assert first.pauses == {-1: 1.0, 0: 2.0}
    assert second.pauses == {0: 0.5}


def test_a_pause_is_never_longer_than_it_may_be() -> None:
    assert delivered("a [pause 99999s] b")[0].pauses == {0: LONGEST_PAUSE_S}


def test_pace_and_stress_belong_to_the_words_between_the_marks() -> None:
    (sentence,) = delivered("Call [slow]0800 [strong]555[/strong][/slow] now")
    assert sentence.paces == (1.0, 0.8, 0.8, 1.0)
    assert sentence.stressed == {2}
    (paced,) = delivered("a [pace 0.9]b[/pace] [fast]c[/fast]")
    assert paced.paces == (1.0, 0.9, 1.2)


@pytest.mark.parametrize(
    ("text", "language", "spoken"),
    [
        ("Say [spell]AIGC[/spell].", "en", "Say A I G C."),
        ("Code [spell]a1-B2[/spell] now", "en", "Code A one B two now"),
        ("an [spell]AI[/spell]-powered kettle", "en", "an A I-powered kettle"),
        ("“[spell]US[/spell]” it says", "en", "“U S” it says"),
        ("验证码[spell]A17[/spell]。", "zh", "验证码A 一 七。"),
    ],
)
def test_spelling_out(text: str, language: str, spoken: str) -> None:
    assert delivered(text, language)[0].sentence.spoken == spoken


MARKS = [
    "[pause]",
    "[pause 300ms]",
    "[slow]",
    "[/slow]",
    "[strong]",
    "[/strong]",
    "[spell]",
    "[/spell]",
    "[pace 1.1]",
    "[/pace]",
    "[x]",
    "[",
    "]",
]


@given(st.lists(st.sampled_from([*MARKS, "Ann", "costs", "$3.50,", "ok.", "U.S.", " ", "\n", "🎉"]), min_size=1, max_size=14))
def test_every_word_is_shown_once_whatever_the_marks(pieces: list[str]) -> None:
    marked = parse(" ".join(pieces) + " end")
    deliveries = deliver(read(marked.text, "en"), marked.marks, "en")
    assert "".join(shown(deliveries).split()) == "".join(marked.text.split())
    assert all(len(each.paces) == len(each.sentence.words) for each in deliveries)
    assert all(-1 <= index < len(each.sentence.words) for each in deliveries for index in (*each.pauses, *each.stressed))
    pauses = sum(mark.kind == "pause" for mark in marked.marks)
    assert bool(pauses) == any(each.pauses for each in deliveries)


def test_ssml_says_the_same() -> None:
    told = to_ssml("Wait [pause 400ms] & [slow]call [strong]now[/strong][/slow], [spell]AIGC[/spell] <b>", "en-GB", {"AIGC": "A I"})
    assert told == (
        '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-GB">Wait <break time="400ms"/> &amp; '
        '<prosody rate="80%">call <emphasis level="strong">now</emphasis></prosody>, <say-as interpret-as="characters">'
        '<sub alias="A I">AIGC</sub></say-as> &lt;b&gt;</speak>'
    )


def test_ssml_of_names_with_phonemes() -> None:
    told = to_ssml('Kyiv "now"', "en", {"Kyiv": "/ˈkiːv/"})
    assert '<phoneme alphabet="ipa" ph="ˈkiːv">Kyiv</phoneme>' in told


@given(st.lists(st.sampled_from([*MARKS, "a", "<&>", '"']), max_size=16))
def test_ssml_is_always_well_formed(pieces: list[str]) -> None:
    parseString(to_ssml("".join(pieces)))
