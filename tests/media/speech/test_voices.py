from __future__ import annotations

import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.media.speech.voices import blend, cast_mismatch, is_blend, mismatch


@pytest.mark.parametrize("name", ["heart+michael", "heart:0.6+bella:0.4", "a + b", "a:1+b+c:2.5"])
def test_what_is_a_blend(name: str) -> None:
    assert is_blend(name)


@pytest.mark.parametrize("name", ["heart", "en-US-AriaNeural", "heart+", "+", "a:x+b", "C:\\voice+b"])
def test_what_is_none(name: str) -> None:
    assert not is_blend(name)


def test_shares_add_up_to_one() -> None:
    assert blend("heart:3+michael:1", "en").shares == (("af_heart", 0.75), ("am_michael", 0.25))
    assert blend("heart+heart", "en").shares == (("af_heart", 1.0),)
    assert blend("george", "en").is_british
    assert not blend("heart:2+george:1", "en").is_british


@pytest.mark.parametrize(
    ("name", "language", "word"),
    [
        ("heart+nobody", "en", "there is no voice `nobody`"),
        ("heart+xiaoxiao", "en", "`xiaoxiao` does not speak `en`"),
        ("heart:0+bella:0", "en", "all nothing"),
        ("a+b+c+d+e", "en", "blends 5 voices"),
    ],
)
def test_a_blend_that_cannot_be(name: str, language: str, word: str) -> None:
    with pytest.raises(WorkflowError, match=word) as caught:
        blend(name, language)
    assert caught.value.hint
    assert word.split("`", maxsplit=1)[0] in str(mismatch("kokoro", name, language))


def test_only_kokoro_blends() -> None:
    assert mismatch("kokoro", "heart+michael", "en") is None
    assert mismatch("hibari", "heart+michael", "en") == "voices are blended by kokoro"


def test_a_dialogue_goes_to_the_engine_that_has_every_voice() -> None:
    cast = {"Ann": "heart", "Bob": "michael"}
    assert cast_mismatch("kokoro", cast, "en") is None
    assert "kokoro" in str(cast_mismatch("hibari", cast, "en"))
    assert cast_mismatch("hibari", {"Ann": "heart"}, "en") is None
    assert "Bob: there is no voice `bob`" in str(cast_mismatch("kokoro", {"Bob": "bob"}, "en"))
