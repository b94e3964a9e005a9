from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from aigc_cli.errors import Refused, WorkflowError
from aigc_cli.providers.files import Files
from aigc_cli.shapes import Records
from aigc_cli.steps.data import Load
from tests.desk import EXAMPLES, Desk


def test_a_file_becomes_records_named_as_the_user_calls_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    source = desk.save(EXAMPLES / "markets" / "sp500-monthly.csv", "text/csv", "sp500-monthly.csv")
    outputs = Load(source=source).run(Files(), desk)
    records = Records.model_validate(outputs)
    assert set(outputs) == set(Load.outputs)
    assert (records.form, len(records.records)) == ("csv", 123)
    assert records.records[0].source.file == "sp500-monthly.csv"
    assert not Load(source=source).is_volatile()


def test_options_reach_the_reader(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    source = desk.save(b"A;B\n1;2\n3;4\n", "text/csv", "t.csv")
    outputs = Load(source=source, title="T", limit=1, mapping={"size": "B"}, name="mine.csv").run(Files(), desk)
    records = Records.model_validate(outputs)
    assert (records.title, len(records.records), records.records[0].fields) == ("T", 1, {"A": 1, "size": 2})
    assert records.records[0].source.file == "mine.csv"
    assert any("1 more" in note for note in desk.notes)


def test_an_address_is_refused_offline(tmp_path: Path) -> None:
    step = Load(source="https://example.org/feed.xml")
    assert step.is_volatile()
    with pytest.raises(Refused, match="offline"):
        step.run(Files(), Desk(tmp_path, is_offline=True))


@pytest.mark.network
def test_a_local_address_is_refused_online(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="local or reserved"):
        Load(source="http://127.0.0.1:9/feed.xml").run(Files(), Desk(tmp_path, is_offline=False))


@pytest.mark.parametrize("source", ["/etc/passwd", "data.csv", "file:///etc/passwd", ""])
def test_a_path_in_the_workflow_is_no_source(source: str) -> None:
    with pytest.raises(ValidationError, match="must be a file"):
        Load(source=source)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with pytest.raises(WorkflowError, match=r"`week\.geojson`"):
        Load(source=desk.save(b'{"type": "FeatureCollection"', "application/json", "week.geojson")).run(Files(), desk)
