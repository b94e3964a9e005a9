from __future__ import annotations

from aigc_cli.media.speech.reading.dialogue import Turn, turns

CAST = {"Ann": "heart", "Bob": "michael", "小明": "yunxi"}


def test_lines_with_a_name_belong_to_its_voice() -> None:
    assert turns("Ann: Is it hot?\nBob: Very.", CAST) == (Turn("heart", "Is it hot?"), Turn("michael", "Very."))
    assert turns("小明：你好！", CAST) == (Turn("yunxi", "你好！"),)


def test_lines_without_a_name_go_on_and_what_stands_first_is_the_narrators() -> None:
    assert turns("An interview.\nann : One.\nTwo.\n\nBOB: Three", CAST) == (
        Turn(None, "An interview."),
        Turn("heart", "One.\nTwo.\n"),
        Turn("michael", "Three"),
    )


def test_a_colon_after_any_other_word_is_text() -> None:
    text = "Note: Ann: is a name"
    assert turns(text, CAST) == (Turn(None, text),)
    assert turns("Ann: hi", {}) == (Turn(None, "Ann: hi"),)


def test_a_turn_without_words_is_left_out() -> None:
    assert turns("Ann:\nBob: Yes", CAST) == (Turn("michael", "Yes"),)
