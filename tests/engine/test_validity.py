"""A file that was found valid is not checked again until something it depends on changes."""

import pytest

from aigc_cli.engine import validity
from aigc_cli.engine.validity import problems_of

GOOD = "aigc: 1\nname: w\nbrand: mine\nsteps:\n  a: {uses: music.compose, with: {duration_s: 5}}\n"


@pytest.fixture
def workflow(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_CACHE_DIR", str(tmp_path / "cache"))
    brands = tmp_path / "home" / "templates" / "brands"
    brands.mkdir(parents=True)
    (brands / "mine.yaml").write_text("x: 1\n")
    path = tmp_path / "home" / "w.yaml"
    path.write_text(GOOD)
    return path


def remembered(path):
    mark = validity._mark(path)
    return mark is not None and mark.exists()


def test_a_valid_file_is_remembered_and_a_changed_one_is_not(workflow):
    assert problems_of(workflow) == ()
    assert remembered(workflow)
    assert problems_of(workflow) == ()
    workflow.write_text(GOOD.replace("5", "x"))
    assert len(problems_of(workflow)) == 1
    assert not remembered(workflow)


def test_a_template_that_goes_away_is_missed(workflow):
    assert problems_of(workflow) == ()
    (workflow.parent / "templates" / "brands" / "mine.yaml").unlink()
    assert [each.path for each in problems_of(workflow)] == ["brand"]


def test_what_reads_other_files_is_always_checked(workflow):
    inner = workflow.parent / "inner.yaml"
    inner.write_text("aigc: 1\nsteps: {a: {uses: music.compose, with: {duration_s: 5}}}\n")
    workflow.write_text("aigc: 1\nsteps: {i: {uses: ./inner.yaml}}\n")
    assert problems_of(workflow) == ()
    inner.write_text("aigc: 1\nsteps: {a: {uses: music.compose}}\n")
    assert len(problems_of(workflow)) == 1


def test_a_cache_that_cannot_be_written_changes_nothing(workflow, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AIGC_CACHE_DIR", str(tmp_path / "file"))
    assert problems_of(workflow) == ()
    assert problems_of(workflow) == ()
