from __future__ import annotations

import pytest

from aigc_cli.engine.checkup import checkup
from aigc_cli.providers import hibari


@pytest.mark.slow
def test_a_damaged_model_is_bad_and_has_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hibari, "_SHA256", "0" * 64)
    checks = {each.what: each for each in checkup()}
    assert checks["model hibari"].status == "bad"
    assert "pip install" in checks["model hibari"].cure
    assert checks["model kokoro"].status == "ok"
