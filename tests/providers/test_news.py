"""The newsroom: every number that is spoken or shown is in the data or computed from it, and computed right."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.providers.news import News
from aigc_cli.readers.source import read
from aigc_cli.shapes import Record, Records
from aigc_cli.steps.text import Brief
from aigc_cli.storyboard import ChartVisual, ImageVisual, MapVisual, Source, Storyboard
from aigc_cli.writing import pacing
from tests.desk import EXAMPLES, Desk

FILES = {
    "quakes": "earthquakes/week.geojson",
    "sp500": "markets/sp500-monthly.csv",
    "stocks": "markets/stocks.csv",
    "weather": "weather/seattle-2015.csv",
    "nasa": "news/nasa-news.rss",
}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


def records(name: str) -> Records:
    path = EXAMPLES / FILES[name]
    return read(path, name=path.name)


def brief(data: Records, **options: Any) -> Storyboard:
    return News().brief(Brief(data=data, **options), None)  # type: ignore[arg-type]


def table(rows: list[dict[str, Any]], columns: dict[str, str], **more: Any) -> Records:
    made = tuple(Record(fields=row, source=Source(file="t.csv", record=f"row {n}")) for n, row in enumerate(rows, start=2))
    return Records(form="csv", columns=columns, records=made, **more)


def half_up(value: float, places: int) -> str:
    return f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"


def roundings(value: float) -> set[str]:
    """All the ways a newsroom may round a value."""
    return {half_up(abs(value), places).rstrip("0").rstrip(".") if places else half_up(abs(value), 0) for places in range(5)}


def plain(text: str) -> str:
    bare = text.replace(",", "")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare


def in_data(data: Records) -> set[str]:
    """Every number that stands in the data: as a value, rounded, or inside a text, a title or a file's name."""
    known: set[str] = set()
    texts = [data.title, data.updated, data.url]
    for record in data.records:
        texts += [record.source.file, record.source.title]
        for value in record.fields.values():
            if isinstance(value, bool) or value is None:
                continue
            if isinstance(value, int | float):
                known |= roundings(float(value))
            else:
                texts.append(str(value))
    for text in texts:
        for found in re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")):
            known |= {plain(found), found.lstrip("0") or "0"}
    return known


def computed(name: str, data: Records) -> set[str]:
    """What may be computed from the data, computed here anew."""
    known = {str(len(data.records))}
    if name == "quakes":
        quakes = [record.fields for record in data.records if record.fields["type"] == "earthquake"]
        mags = sorted((float(quake["mag"]) for quake in quakes), reverse=True)  # type: ignore[arg-type]
        strong = [quake for quake in quakes if float(quake["mag"]) >= 4.5]  # type: ignore[arg-type]
        regions = Counter(str(quake["place"]).rpartition(", ")[2] for quake in strong)
        known |= {str(len(quakes)), str(len(strong)), "4.5", str(regions.most_common(1)[0][1])}
        known |= {half_up(mags[0] - mag, 1) for mag in mags[1:12]}
    if name in ("sp500", "stocks"):
        groups: dict[str, list[float]] = {}
        for record in data.records:
            groups.setdefault(str(record.fields.get("symbol")), []).append(float(record.fields["price"]))  # type: ignore[arg-type]
        for values in groups.values():
            known.add(str(len(values)))
            last = values[-1]
            pairs = [(values[0], last), (min(values), last), (max(values), last), *itertools.pairwise(values)]
            for before, after in pairs:
                change = abs(after - before) / before * 100
                known |= {half_up(change, 0), half_up(change, 1).rstrip("0").rstrip(".")}
    if name == "weather":
        known.add(str(sum(1 for record in data.records if float(record.fields["precipitation"] or 0) > 0)))  # type: ignore[arg-type]
    return known


def stated(board: Storyboard) -> list[tuple[str, str]]:
    """Every text that is said or shown, with the scene it stands in."""
    texts = []
    for scene in board.scenes:
        texts.append((scene.id, scene.say))
        for slot, value in scene.show.items():
            items = value if isinstance(value, list) else [value["text"] if isinstance(value, dict) else value]
            texts += [(f"{scene.id}.{slot}", str(item)) for item in items]
        if isinstance(scene.visual, ChartVisual):
            texts += [(f"{scene.id}.label", label) for label in scene.visual.labels]
        if isinstance(scene.visual, MapVisual):
            texts += [(f"{scene.id}.place", place.label) for place in scene.visual.places]
    return texts


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("length_s", [None, 15, 40])
def test_every_number_is_in_the_data_or_computed_from_it(name: str, language: str, length_s: float | None) -> None:
    data = records(name)
    board = brief(data, language=language, length_s=length_s, max_items=5)
    known = in_data(data) | computed(name, data) | ({"500"} if name == "sp500" else set())  # S&P 500 is a name
    for place, text in stated(board):
        for found in NUMBER.findall(text):
            assert plain(found) in known, (place, text, found)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_has_a_source_and_is_spoken(name: str, language: str) -> None:
    board = brief(records(name), language=language)
    for scene in board.scenes:
        assert "".join(sentence.text for sentence in scene.sentences).replace(" ", "") == scene.say.replace(" ", "")
        assert all(sentence.sources for sentence in scene.sentences)
        assert all(source.file or source.url for sentence in scene.sentences for source in sentence.sources)
        assert scene.show["headline"]
        assert "" not in scene.show.values()
    assert [statement.text for statement in board.statements] == [sentence.text for scene in board.scenes for sentence in scene.sentences]
    assert len(set(board.sources)) == len(board.sources)
    assert board.scenes[-1].layout == "source"


def test_sources_lead_back_to_the_records_that_hold_the_numbers() -> None:
    data = records("quakes")
    by_id = {record.source.record: record.fields for record in data.records}
    board = brief(data, max_items=5)
    for statement in board.statements:
        magnitude = re.search(r"magnitude (\d\.\d)", statement.text)
        if statement.scene == "strongest" or statement.scene.startswith("quake"):
            own = by_id.get(statement.sources[0].record)
            if magnitude:
                assert own is not None and float(own["mag"]) == float(magnitude[1])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("length_s", [12, 15, 20, 25, 40, 60, 90])
def test_the_length_is_kept(name: str, language: str, length_s: float) -> None:
    board = brief(records(name), language=language, length_s=length_s, max_items=6)
    assert pacing.clip_s(board.scenes, language) == pytest.approx(length_s, rel=0.15)


def test_the_strongest_quake_leads_and_stands_on_the_map() -> None:
    board = brief(records("quakes"), length_s=25)
    first = board.scenes[0]
    assert first.say.startswith("A magnitude 6.4 earthquake struck 22 kilometers north-northeast of Hualian, Taiwan, on February 6.")
    assert (first.layout, first.show["number"], first.show["headline"]) == ("map", "6.4", "22 km NNE of Hualian, Taiwan")
    assert isinstance(first.visual, MapVisual)
    news = [place for place in first.visual.places if place.is_news]
    assert [(place.label, place.longitude) for place in news] == [("Hualian", 121.653)]
    chinese = brief(records("quakes"), language="zh").scenes[0]
    assert chinese.show["headline"] == "台湾花莲东北偏北22公里"
    assert chinese.say.startswith("2月6日，台湾花莲东北偏北22公里发生6.4级地震。")


def test_blasts_are_no_earthquakes_and_a_tsunami_is_told() -> None:
    columns = {
        "mag": "number",
        "place": "text",
        "longitude": "number",
        "latitude": "number",
        "type": "text",
        "tsunami": "integer",
        "time": "date",
    }
    base = {"longitude": 1.0, "latitude": 2.0, "time": "2024-05-01T00:00:00Z", "tsunami": 0}
    rows = [
        base | {"mag": 9.0, "place": "5km N of Quarry, NV", "type": "quarry blast"},
        base | {"mag": 5.5, "place": "Somewhere", "type": "earthquake", "tsunami": 1},
        base | {"mag": None, "place": "Nowhere", "type": "earthquake"},
    ]
    board = brief(table(rows, columns))
    said = " ".join(scene.say for scene in board.scenes)
    assert "Quarry" not in said and "magnitude 5.5" in said and "carries a tsunami flag" in said
    assert board.scenes[0].show["tag"] == "ALERT"
    with pytest.raises(WorkflowError, match="no earthquake"):
        brief(table(rows[:1], columns))


def test_a_market_is_measured_from_its_turning_point() -> None:
    board = brief(records("sp500"), length_s=25)
    first = board.scenes[0]
    assert first.say.startswith("The S&P 500 is up 55 percent since its low of February 2009.")
    assert isinstance(first.visual, ChartVisual)
    assert first.visual.values[first.visual.mark or 0] == 735.09
    assert first.visual.labels[-1] == "Mar 2010"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([10, 10, 10, 10], "unchanged"),
        ([100, 90, 80, 70], "down 30 percent"),
        ([-5, -4, -3, -2], "1 above"),
        ([0, 1, 2, 3], "50 percent more"),
    ],
)
def test_flat_falling_and_negative_series(values: list[float], says: str) -> None:
    rows = [{"date": f"2024-0{n}-01", "value": float(value)} for n, value in enumerate(values, start=1)]
    board = brief(table(rows, {"date": "date", "value": "number"}), subject="Output")
    assert says in " ".join(scene.say for scene in board.scenes)


def test_series_side_by_side_are_ranked_by_their_change() -> None:
    board = brief(records("stocks"), length_s=30)
    assert board.scenes[0].say.startswith("AAPL leads: up 760 percent since January 2000.")
    assert any("different dates" in note for note in board.notes)


def test_any_table_tells_the_largest_and_the_total() -> None:
    rows = [
        {"city": city, "visitors": count} for city, count in (("Bonn", 300), ("Köln", 1200), ("Ulm", 100), ("Hof", None), ("Jena", 400))
    ]
    board = brief(table(rows, {"city": "text", "visitors": "integer"}, title="Museum days"))
    said = " ".join(scene.say for scene in board.scenes)
    assert "Köln has the most visitors: 1,200." in said
    assert "All together, it comes to 2,000." in said
    assert "60 percent" in said
    assert "The lowest is Ulm, with 100." in said


def test_a_table_named_by_dates_speaks_them_in_its_language() -> None:
    data = table([{"day": "2024-04-01", "Height": 2.5}, {"day": "2024-02-01", "Height": 1.5}], {"day": "date", "Height": "number"})
    assert "The highest height: Apr 1, 2024, with 2.5." in brief(data).scenes[0].say
    assert "Apr" not in str(brief(data, language="zh"))


def test_articles_are_quoted_and_told_once() -> None:
    rows = [
        {"title": "Rover finds water on Mars", "summary": "It was found at 5 p.m. EST Friday, Jan. 15, by Dr. A. Smith. More follows."},
        {"title": "Rover Finds Water on Mars!", "summary": "The same again."},
        {"title": "Moon mission delayed", "summary": "It starts later."},
    ]
    data = table(rows, {"title": "text", "summary": "text"}, title="Space News")
    board = brief(data)
    assert [scene.id for scene in board.scenes] == ["item-1", "item-2", "sources"]
    assert "It was found at 5 p.m. EST Friday, Jan. 15, by Dr. A. Smith." in [statement.text for statement in board.statements]
    assert len(board.scenes[0].sentences[0].sources) == 2
    for statement in board.statements[:-1]:
        assert any(statement.text.rstrip(".") in f"{row['title']} {row['summary']}" for row in rows)


def test_chinese_articles_are_not_read_in_english() -> None:
    data = table([{"title": "火星车发现水", "summary": "科学家今天宣布。"}], {"title": "text", "summary": "text"})
    with pytest.raises(WorkflowError, match="quoted, not translated") as caught:
        brief(data)
    assert "language=zh" in caught.value.hint
    assert brief(data, language="zh").scenes[0].say.startswith("火星车发现水。科学家今天宣布。")


def test_what_cannot_be_reported_is_refused_with_a_cure(tmp_path: Path) -> None:
    with pytest.raises(WorkflowError, match="no records"):
        brief(Records(form="csv", records=()))
    with pytest.raises(WorkflowError, match="no column of numbers") as caught:
        brief(table([{"name": "a"}], {"name": "text"}))
    assert caught.value.hint
    with pytest.raises(WorkflowError, match="no column `x`"):
        brief(table([{"name": "a", "n": 1}], {"name": "text", "n": "integer"}), value="x")
    assert "not fr" in str(News().misfit(Brief(data=records("nasa"), language="fr")))
    assert News().misfit(Brief(data=records("nasa"), language="zh-CN")) is None


def test_the_step_tells_the_notes_and_gives_json(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    outputs = Brief(data=records("sp500"), length_s=20).run(News(), desk)
    assert Storyboard.model_validate(outputs).scenes
    assert set(outputs) == set(Brief.outputs)
    assert desk.notes == list(outputs["notes"])


def test_quoted_news_get_no_drawing_that_their_words_may_not_mean() -> None:
    visuals = [scene.visual for scene in brief(records("nasa")).scenes]
    assert {visual.style for visual in visuals if isinstance(visual, ImageVisual)} == {"abstract"}
