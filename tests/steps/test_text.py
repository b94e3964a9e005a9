from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from aigc_cli.providers.copywriter import Copywriter
from aigc_cli.steps.text import Write
from aigc_cli.storyboard import Storyboard
from tests.desk import Desk


def test_write_returns_a_storyboard_and_tells_its_notes(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    outputs = Write(facts={"product": "Kettle", "points": ["Quiet"]}, length_s=60).run(Copywriter(), desk)
    assert Storyboard.model_validate(outputs).title == "Kettle"
    assert set(outputs) == set(Write.outputs)
    assert desk.notes and desk.notes == list(outputs["notes"])


@pytest.mark.parametrize(
    "options",
    [
        {"length_s": 4},
        {"length_s": 181},
        {"language": "english!"},
        {"tone": "loud"},
        {"must_include": [" "]},
        {"photos": -1},
        {"colour": "red"},
    ],
)
def test_wrong_parameters_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Write(facts={"product": "Kettle"}, **options)  # type: ignore[arg-type]


def test_empty_inputs_are_as_good_as_none(tmp_path: Path) -> None:
    facts = {"product": "Kettle", "points": ["Quiet"], "tagline": "", "price": None, "cta": "", "url": ""}
    board = Storyboard.model_validate(Write(facts=facts).run(Copywriter(), Desk(tmp_path)))
    assert [scene.layout for scene in board.scenes] == ["title", "feature", "end-card"]
