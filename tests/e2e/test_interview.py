"""The example with one's own footage, from the command line: keyed, named, cut on the beat, opened and closed by the brand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.measuring import EXAMPLES, Result, aigc, loudness, streams, strict_decode

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("interview")
    workflow = EXAMPLES / "interview" / "interview.yaml"
    result = aigc("run", workflow, "--set", "formats=480x270", "--json", "--out", folder / "out", cache=folder / "cache")
    assert result.code == 0, result.err
    return result


def test_it_is_a_finished_clip(made: Result) -> None:
    path = Path(made.json["outputs"]["video"][0])
    assert streams(path)["size"] == (480, 270)
    assert strict_decode(path).strip() == ""
    assert abs(loudness(path)[0] + 14) <= 0.6
    assert strict_decode(Path(made.json["outputs"]["twice"])).strip() == ""


def test_the_brand_opens_and_closes_it(made: Result) -> None:
    timeline = json.loads(Path(made.json["outputs"]["timeline"][0]).read_text())
    shots = timeline["shots"]
    assert [shot["id"] for shot in shots] == ["brand-intro", "who", "beans", "before", "brand-outro"]
    assert any(layer["id"] == "lower-third" for layer in shots[1]["layers"])
    behind = [layer["content"]["kind"] for layer in shots[3]["layers"] if layer["role"] == "picture"]
    assert behind == ["still", "footage"]


def test_nothing_of_the_screen_is_left(made: Result) -> None:
    import av

    with av.open(made.json["outputs"]["video"][0]) as container:
        for n, frame in enumerate(container.decode(video=0)):
            if n % 30 == 0:
                rgb = frame.to_ndarray(format="rgb24").astype(int)
                assert (rgb[..., 1] - np.maximum(rgb[..., 0], rgb[..., 2])).max() < 60, n
