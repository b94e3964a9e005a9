from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from aigc_cli.engine.journal import Journal, StepRecord
from aigc_cli.errors import StorageError


def test_a_run_comes_back_with_its_steps_and_outputs(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin("r1", "w", "/w.yaml", "/out", now=5.0)
    assert journal.runs()[0].status == "running"
    journal.step("r1", StepRecord("a", "test.echo", "plain", "ran", 1.0, "new"))
    journal.step("r1", StepRecord("b", "test.echo", None, "skipped", 0.0, "off"))
    journal.result("r1", "k1", file="/w.yaml", step="a", item=None, fields={"with.text": "1"})
    journal.note("r1", [("a", "the voice is cloned from a recording; consent: Ann agreed", False), ("b", "less", True)])
    journal.end("r1", "ok", 2.5, {"video": ["a.mp4"], "title": "é\ud800"})
    journal.close()
    again = Journal(tmp_path)
    run = again.find("r")[0]
    assert (run.id, run.status, run.seconds, run.started) == ("r1", "ok", 2.5, 5.0)
    assert [step.step for step in again.steps("r1")] == ["a", "b"]
    assert again.outputs("r1") == {"video": ["a.mp4"], "title": "é\ud800"}
    assert again.notes("r1") == [("a", "the voice is cloned from a recording; consent: Ann agreed", False), ("b", "less", True)]
    assert again.notes("r0") == []
    assert again.fields("/w.yaml", "a", None) == {"with.text": "1"}
    assert again.fields("/w.yaml", "a", 3) == {}
    assert again.recent_keys(5) == {"k1"}
    assert again.expected_s("test.echo", "plain") == 1.0
    assert again.expected_s("test.echo", "other") is None


def test_only_the_last_five_hundred_runs_are_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for number in range(503):
        journal.begin(f"r{number}", "w", "f", "o", now=float(number))
        if number == 0:
            journal.step("r0", StepRecord("a", "k", "p", "ran", 1.0, ""))
    assert len(journal.runs(1000)) == 500
    assert journal.find("last")[0].id == "r502"
    assert journal.steps("r0") == []


def test_a_damaged_database_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "runs.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageError, match="damaged") as caught:
        Journal(tmp_path)
    assert "remove it" in caught.value.hint


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot use the run database"):
        Journal(tmp_path / "file" / "cache")


_WRITE = """
import sys
from pathlib import Path
from aigc_cli.engine.journal import Journal
journal = Journal(Path(sys.argv[1]))
print("go", flush=True)
for number in range(100_000):
    journal.begin(f"{sys.argv[2]}-{number}", "w", "f", "o")
    print(number, flush=True)
"""


@pytest.mark.slow
def test_a_kill_while_it_writes_loses_nothing_that_was_told(tmp_path: Path) -> None:
    for attempt in range(3):
        process = subprocess.Popen([sys.executable, "-c", _WRITE, str(tmp_path), str(attempt)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "20":
                break
        process.kill()
        told = process.stdout.read().split()
        process.wait()
        last = max([20, *(int(word) for word in told)])
        journal = Journal(tmp_path)
        assert f"{attempt}-{last}" in {run.id for run in journal.runs(1000)}
        journal.close()
    database = sqlite3.connect(tmp_path / "runs.db")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_two_processes_may_make_the_database_at_once(tmp_path: Path) -> None:
    load = "import sys, pathlib; from aigc_cli.engine.journal import Journal"
    code = f"{load}; Journal(pathlib.Path(sys.argv[1])).begin(sys.argv[2], 'w', 'f', 'o')"
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), f"r{number}"]) for number in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert len(Journal(tmp_path).runs()) == 3
