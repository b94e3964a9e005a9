from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.readers.source import read
from aigc_cli.shapes import Records
from tests.desk import EXAMPLES

RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>T &amp; Co</title><link>https://e.org</link>%s</channel></rss>'


def load(tmp_path: Path, content: str | bytes, name: str = "table.csv", **options: object) -> Records:
    path = tmp_path / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path, name=name, **options)  # type: ignore[arg-type]


def fields(records: Records) -> list[dict[str, object]]:
    return [dict(record.fields) for record in records.records]


def test_a_table_as_a_german_spreadsheet_exports_it(tmp_path: Path) -> None:
    content = '\ufeffStadt;Umsatz;Datum\r\nKöln;1.234,50;31.01.2024\r\n"Bonn; Süd";;01.02.2024\r\n'
    records = load(tmp_path, content)
    assert records.columns == {"Stadt": "text", "Umsatz": "number", "Datum": "date"}
    assert fields(records) == [
        {"Stadt": "Köln", "Umsatz": 1234.5, "Datum": "2024-01-31"},
        {"Stadt": "Bonn; Süd", "Umsatz": None, "Datum": "2024-02-01"},
    ]
    assert any("missing" in note for note in records.notes)
    assert records.records[1].source.record == "row 3"
    assert records.records[1].source.file == "table.csv"


def test_quotes_newlines_and_ragged_rows(tmp_path: Path) -> None:
    records = load(tmp_path, 'a,b\n"x ""y""\nz",1\nshort\nlong,2,3\n')
    assert fields(records) == [{"a": 'x "y" z', "b": 1}, {"a": "short", "b": None}, {"a": "long", "b": 2}]
    assert any("more or fewer cells" in note for note in records.notes)


@pytest.mark.parametrize("coding", ["utf-16", "gb18030", "cp1252"])
def test_other_encodings_are_found_and_told(tmp_path: Path, coding: str) -> None:
    word = "café" if coding == "cp1252" else "咖啡咖啡咖啡"
    records = load(tmp_path, f"name,n\n{word},1\n".encode(coding))
    assert fields(records)[0] == {"name": word, "n": 1}
    assert any("not UTF-8" in note for note in records.notes)


def test_tabs_pipes_and_one_column(tmp_path: Path) -> None:
    assert fields(load(tmp_path, "a\tb\n1\t2\n", "x.tsv")) == [{"a": 1, "b": 2}]
    assert load(tmp_path, "a\tb\n1\t2\n", "x").form == "tsv"
    assert fields(load(tmp_path, "a|b\n1|2\n")) == [{"a": 1, "b": 2}]
    assert fields(load(tmp_path, "n\n1\n2\n")) == [{"n": 1}, {"n": 2}]


def test_renamed_columns(tmp_path: Path) -> None:
    assert fields(load(tmp_path, "A,B\n1,2\n", mapping={"size": "B"})) == [{"A": 1, "size": 2}]
    with pytest.raises(WorkflowError, match="no column `C`") as caught:
        load(tmp_path, "A,B\n1,2\n", mapping={"size": "C"})
    assert "`A`, `B`" in caught.value.hint


def test_a_huge_cell_is_shortened_and_an_open_quote_is_refused(tmp_path: Path) -> None:
    records = load(tmp_path, f"a,b\n{'x' * 1_000_000},1\n")
    assert len(str(fields(records)[0]["a"])) == 10_000
    with pytest.raises(WorkflowError, match="line"):
        load(tmp_path, 'a,b\n"' + "x,1\n" * 1_000_000)


@pytest.mark.slow
def test_a_file_of_50_mb_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("name,value,day\n" + "a row of some length to be read,12.5,2024-01-31\n" * 1_060_000)
    tracemalloc.start()
    records = read(path, name="big.csv", limit=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(records.records) == 1000
    assert peak < 30 << 20
    assert any("1059000 more" in note for note in records.notes)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.csv", "is empty"),
        (b"\xef\xbb\xbf \n\n", "a.csv", "is empty"),
        (b"a,b\n", "a.csv", "no rows"),
        (b"\x89PNG\r\n\x1a\n123", "a.csv", "not a data file"),
        (b"PK\x03\x04abc", "a.xlsx", "not a data file"),
        (b"<!doctype html><html></html>", "a", "web page"),
        (b'{"a": [1, 2', "a.json", "line 1"),
        (b"[" * 100_000, "a.json", "nested too deeply"),
        (b"[]", "a.json", "no records"),
        (b"[1, 2]", "a.json", "no records"),
        (b"hello there", "a.json", "not JSON"),
        (b'{"type":"FeatureCollection","features":[]}', "a.geojson", "no records"),
        (RSS.replace("%s", "").encode(), "a.rss", "no items"),
        (b"<rss><channel>", "a.rss", "no items|not a feed"),
        (b"<note>hi</note>", "a.xml", "not a feed"),
        ((RSS % "<item><description></description></item>").encode(), "a.rss", "neither title nor text"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><rss version="2.0"><channel><item><title>&a;</title></item></channel></rss>', "a", "entities"),
    ],
)
def test_bad_files_are_refused_with_their_name_and_a_cure(tmp_path: Path, content: bytes, name: str, says: str) -> None:
    with pytest.raises(WorkflowError, match=says) as caught:
        load(tmp_path, content, name)
    assert name in caught.value.message
    assert caught.value.hint


def test_json_in_its_usual_wrappings(tmp_path: Path) -> None:
    rows = [{"city": "Bonn", "n": 1, "at": {"lat": 50.7}}, {"city": "Köln", "n": 2}]
    for document in (rows, {"title": "T", "data": rows}, {"result": {"items": rows}}, {"city": ["Bonn", "Köln"], "n": [1, 2]}):
        records = load(tmp_path, json.dumps(document), "x.json")
        assert [(record.fields["city"], record.fields["n"]) for record in records.records] == [("Bonn", 1), ("Köln", 2)]
    assert load(tmp_path, json.dumps(rows), "x.json").records[0].fields["at.lat"] == 50.7


def test_json_lines_with_broken_lines(tmp_path: Path) -> None:
    records = load(tmp_path, '{"a": 1}\nbroken\n{"a": NaN}\n', "x.jsonl")
    assert fields(records) == [{"a": 1}, {"a": None}]
    assert any("line 2" in note for note in records.notes)
    assert load(tmp_path, '{"a": 1}\n{"a": 2}\n', "export").form == "jsonl"


def test_geojson_gives_places_and_times() -> None:
    records = read(EXAMPLES / "earthquakes" / "week.geojson", name="week.geojson")
    assert (records.form, len(records.records)) == ("geojson", 297)
    assert records.updated == "2018-02-07T01:49:14Z"
    first = records.records[0]
    assert {"longitude", "latitude", "depth", "mag", "place"} <= set(first.fields)
    assert str(first.fields["time"]).endswith("Z")
    assert first.source.url.startswith("https://earthquake.usgs.gov/")
    assert first.source.record


def test_nasa_dates_are_repaired() -> None:
    records = read(EXAMPLES / "news" / "nasa-news.rss", name="nasa-news.rss")
    dates = [record.fields["published"] for record in records.records]
    assert dates == [
        "2021-07-09T21:08:00Z",
        "2021-01-14T14:09:00Z",
        "2021-01-13T15:11:00Z",
    ]
    assert (records.form, records.title, records.language) == ("rss", "NASA Breaking News", "en-us")
    assert records.records[0].source.url.startswith("http://www.nasa.gov/press-release/")


def test_feeds_with_broken_dates_markup_and_control_characters(tmp_path: Path) -> None:
    item = "<item><title>A &lt;b&gt;bold&lt;/b&gt; claim</title><pubDate>someday</pubDate><description>"
    item += "&lt;p&gt;One.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;Two\u202e.&lt;/p&gt;</description></item>"
    records = load(tmp_path, RSS % item, "f.xml")
    assert records.records[0].fields["title"] == "A bold claim"
    assert records.records[0].fields["summary"] == "One. Two."
    assert records.records[0].fields["published"] is None
    assert any("someday" in note for note in records.notes)
    assert records.title == "T & Co"


def test_atom(tmp_path: Path) -> None:
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>tag:1</id><title>T</title>'
    atom += '<updated>2024-01-02T03:04:05Z</updated><link href="https://e.org/1"/>'
    atom += '<content type="html">&lt;b&gt;Body&lt;/b&gt;</content></entry></feed>'
    records = load(tmp_path, atom, "feed")
    assert records.form == "atom"
    assert records.records[0].fields == {
        "title": "T", "summary": "Body", "published": "2024-01-02T03:04:05Z", "url": "https://e.org/1", "author": None, "image": None,
    }  # fmt: skip


def test_links_that_are_no_web_addresses_are_left_out(tmp_path: Path) -> None:
    records = load(tmp_path, RSS % "<item><title>T</title><link>javascript:alert(1)</link></item>", "f.rss")
    assert records.records[0].fields["url"] is None
    assert records.records[0].source.url == "https://e.org"


def test_a_large_feed_is_read_whole(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "id": str(i), "properties": {"mag": 1.5, "place": "x", "time": 1517968154000 + i},
         "geometry": {"type": "Point", "coordinates": [1.0, 2.0, 3.0]}}
        for i in range(5000)
    ]  # fmt: skip
    records = load(tmp_path, json.dumps({"type": "FeatureCollection", "features": features}), "x.geojson")
    assert len(records.records) == 5000
