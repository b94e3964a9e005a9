"""The real SmolLM2-135M on the processor: what it writes is used only where it keeps to its fact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aigc_cli.errors import MissingModel
from aigc_cli.providers.copywriter import Copywriter
from aigc_cli.providers.smollm2 import SmolLM2
from aigc_cli.steps.text import Write
from aigc_cli.writing.grounding import Facts, is_faithful
from tests.desk import Desk

FACTS: dict[str, Any] = {
    "product": "Pikolo Espresso",
    "points": ["Single origin from Ethiopia", "Ready in 30 seconds", "Keeps warm for 2 hours"],
    "price": "$3.50",
    "cta": "Order now",
}
LOADED: dict[str, Any] = {}


class WarmDesk(Desk):
    def load(self, name: str, make: Any) -> Any:
        if name not in LOADED:
            LOADED[name] = make()
        return LOADED[name]


def test_its_lines_keep_to_the_facts_and_the_copywriters_stand_elsewhere(tmp_path: Path) -> None:
    request = Write(facts=FACTS, length_s=20)
    known = Facts([*FACTS["points"], FACTS["product"], FACTS["price"], FACTS["cta"]], "en", counts=(3,))
    own = 0
    for seed in range(2):
        desk = WarmDesk(tmp_path / str(seed), seed=seed)
        board, plain = SmolLM2().write(request, desk), Copywriter().write(request, desk)
        assert [scene.id for scene in board.scenes] == [scene.id for scene in plain.scenes]
        changed = [scene for scene, other in zip(board.scenes, plain.scenes, strict=True) if scene.say != other.say]
        own += len(changed)
        for scene in changed:
            assert scene.id.startswith("point")
            assert known.strangers(scene.say) == ()
            assert is_faithful(scene.say, str(scene.show["headline"]), FACTS["product"])
        assert any(f"{len(changed)} of 3 lines are the model's own" in note for note in board.notes)
    assert own >= 1


def test_the_same_seed_gives_the_same_words(tmp_path: Path) -> None:
    first, again = (SmolLM2(attempts=1).write(Write(facts=FACTS), WarmDesk(tmp_path / str(number), seed=4)) for number in range(2))
    assert [scene.say for scene in first.scenes] == [scene.say for scene in again.scenes]


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with pytest.raises(MissingModel, match="is not there"):
        SmolLM2(model=str(tmp_path / "none.gguf")).write(Write(facts=FACTS), desk)
    (tmp_path / "bad.gguf").write_bytes(b"<html>")
    with pytest.raises(MissingModel, match="no GGUF"):
        SmolLM2(model=str(tmp_path / "bad.gguf")).write(Write(facts=FACTS), desk)
    (tmp_path / "cut.gguf").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(MissingModel, match="cannot be loaded"):
        SmolLM2(model=str(tmp_path / "cut.gguf")).write(Write(facts=FACTS), desk)


def test_it_says_what_it_cannot_write() -> None:
    assert SmolLM2().misfit(Write(facts=FACTS, language="zh")) is not None
    assert SmolLM2().misfit(Write(facts=FACTS, language="en-GB")) is None
