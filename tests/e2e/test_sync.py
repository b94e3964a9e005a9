"""Sound and pictures of a finished file, found again by what a viewer sees and hears. `python -m benchmarks sync` does ten minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigc_cli.media.filming.probe import probe
from benchmarks import sync


def test_sound_stays_with_its_picture_through_many_scenes(tmp_path: Path) -> None:
    path, frames = sync.rendered(tmp_path, 12)
    flashes, last_s = sync.flashes_in(path)
    clicks = sync.clicks_in(path)
    wanted = [(150 * n + 60) / 30 for n in range(12)]
    assert flashes == pytest.approx(wanted, abs=1e-3)
    assert clicks == pytest.approx(wanted, abs=2e-3)
    assert last_s == pytest.approx((frames - 1) / 30, abs=1e-3)
    facts = probe(path)
    assert facts.video is not None
    assert facts.audio is not None
    assert facts.video.frames == frames
    assert facts.video.is_constant
    assert facts.video.duration_s == pytest.approx(60, abs=1e-3)
    assert facts.audio.duration_s == pytest.approx(60, abs=1024 / 48_000)
