"""A translation made by hand: taken text by text from the glossary, and checked like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigc_cli.errors import ProviderError
from aigc_cli.providers.phrasebook import Phrasebook
from aigc_cli.steps.text import Translate
from aigc_cli.storyboard import Scene, Storyboard
from tests.desk import Desk

SCRIPT = Storyboard(
    title="Pikolo",
    language="en",
    scenes=(Scene(id="hook", layout="title", say="Meet Pikolo. Ready in 30 seconds.", show={"headline": "Pikolo", "kicker": "New"}),),
)
WORDS = {"Meet Pikolo.": "认识一下Pikolo。", "ready in  30 seconds.": "30秒即成。", "New": "新品"}


def test_every_text_is_taken_from_the_glossary(tmp_path: Path) -> None:
    step = Translate(script=SCRIPT, language="zh", keep=("Pikolo",), glossary=WORDS)
    assert Phrasebook().misfit(step) is None
    (scene,) = Phrasebook().translate(step, Desk(tmp_path)).scenes
    assert scene.say == "认识一下Pikolo。30秒即成。"
    assert scene.show == {"headline": "Pikolo", "kicker": "新品"}


def test_what_is_missing_is_named_before_anything_runs() -> None:
    few = {"Meet Pikolo.": WORDS["Meet Pikolo."]}
    told = str(Phrasebook().misfit(Translate(script=SCRIPT, language="zh", keep=("Pikolo",), glossary=few)))
    assert "“Ready in 30 seconds.” and 1 other texts" in told
    assert Phrasebook().misfit(Translate(script=SCRIPT, language="en-GB")) is None


def test_a_wrong_number_in_the_glossary_is_refused(tmp_path: Path) -> None:
    wrong = {**WORDS, "ready in  30 seconds.": "20秒即成。"}
    with pytest.raises(ProviderError, match=r"the `glossary` did not translate .*20秒"):
        Phrasebook().translate(Translate(script=SCRIPT, language="zh", keep=("Pikolo",), glossary=wrong), Desk(tmp_path))
