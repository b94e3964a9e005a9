"""`aigc run news-brief`: real data in, a finished brief out, every number traced."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.e2e.measuring import EXAMPLES, Result, aigc, loudness, streams, strict_decode

pytestmark = pytest.mark.slow

QUAKES = EXAMPLES / "earthquakes" / "week.geojson"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("news")


@pytest.fixture(scope="module")
def quakes(folder: Path) -> Result:
    result = aigc(
        "run", "news-brief", "--set", f"source={QUAKES}", "--json", "--offline", "--strict", "--out", folder / "q", cache=folder / "c"
    )
    assert result.code == 0, result.err
    return result


def test_the_brief_is_a_finished_file(quakes: Result) -> None:
    path = Path(quakes.json["outputs"]["video"][0])
    facts = streams(path)
    assert (path.name, facts["size"], facts["colour"]) == ("news-brief-9x16.mp4", (1080, 1920), (1, 1, 1, 1))
    assert strict_decode(path).strip() == ""
    integrated, peak = loudness(path)
    assert abs(integrated + 14) <= 0.5
    assert peak <= -1


def test_every_sentence_names_its_records(quakes: Result) -> None:
    outputs = quakes.json["outputs"]
    spoken = " ".join(scene["say"] for scene in outputs["script"]["scenes"] if scene["say"])
    assert " ".join(each["text"] for each in outputs["sources"]) == spoken
    known = {feature["id"] for feature in json.loads(QUAKES.read_text())["features"]}
    for statement in outputs["sources"]:
        if re.search(r"\d", statement["text"]):
            assert statement["sources"], statement["text"]
        for source in statement["sources"]:
            assert source["title"]
            assert not source["record"] or source["record"] in known


def test_the_strongest_is_the_strongest(quakes: Result) -> None:
    magnitudes = [feature["properties"]["mag"] for feature in json.loads(QUAKES.read_text())["features"]]
    strongest = f"{max(each for each in magnitudes if each is not None):.1f}"
    assert strongest in quakes.json["outputs"]["script"]["scenes"][0]["say"]


@pytest.mark.parametrize(
    ("source", "language"),
    [("markets/sp500-monthly.csv", "en"), ("markets/stocks.csv", "en"), ("news/nasa-news.rss", "en"), ("earthquakes/week.geojson", "zh")],
)
def test_other_data_and_chinese(source: str, language: str, folder: Path, tmp_path: Path) -> None:
    options = ["--set", f"language={language}", "--profile", "draft", "--json", "--strict", "--out", tmp_path]
    result = aigc("run", "news-brief", "--set", f"source={EXAMPLES / source}", *options, cache=folder / "c")
    assert result.code == 0, result.err
    assert streams(Path(result.json["outputs"]["video"][0]))["frames"] > 150
