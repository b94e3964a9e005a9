"""Runs that end badly: killed, interrupted, out of disk, two at once. Each in a process of its own."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

resource: Any = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals")

ROOT = Path(__file__).parents[2]
STEPS = """
aigc: 1
name: w
steps:
  a:
    uses: test.echo
    for_each: ["1", "2", "3", "4", "5", "6"]
    with: {text: "${{ item }}", count_in: "COUNT/a${{ item }}", sleep_s: 0.15}
  b:
    uses: test.echo
    with: {text: "${{ steps.a | pluck('text') | join('') }}", count_in: COUNT/b, sleep_s: 0.15}
outputs: {all: "${{ steps.b.file }}", each: "${{ steps.a | pluck('file') }}"}
"""


class Box:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {**os.environ, "AIGC_CACHE_DIR": str(root / "cache"), "AIGC_CONFIG": str(root)}
        self.env.pop("AIGC_PROVIDER", None)
        (root / "w.yaml").write_text(STEPS.replace("COUNT", str(root / "ran")))

    def start(self, *more: str, **options: Any) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-m",
            "tests.engine.drive",
            "run",
            str(self.root / "w.yaml"),
            "--json",
            "--out",
            str(self.root / "out"),
            "--jobs",
            "2",
        ]
        return subprocess.Popen(
            [*command, *more],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    def run(self, *more: str, **options: Any) -> tuple[int, dict[str, Any]]:
        process = self.start(*more, **options)
        out, told = process.communicate(timeout=120)
        assert out.count("\n") == 1, (out, told)
        return process.returncode, json.loads(out)

    def counts(self) -> dict[str, int]:
        folder = self.root / "ran"
        return {each.name: len(list(each.iterdir())) for each in sorted(folder.iterdir())} if folder.is_dir() else {}

    def kept(self) -> int:
        return len(list((self.root / "cache" / "actions").rglob("[0-9a-f]*.json")))

    def contents(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in sorted((self.root / "out").iterdir())}


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


EXPECTED = {"w-123456.txt": "123456", **{f"w-{number}.txt": str(number) for number in range(1, 7)}}


def _wait_for_workers_to_go(box: Box) -> None:
    """Workers end by themselves when their coordinator is gone."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        alive = [each for each in Path("/proc").glob("[0-9]*/environ") if _mentions(each, str(box.root))]
        if not alive:
            return
        time.sleep(0.05)
    pytest.fail("a worker outlived its coordinator")


def _mentions(environ: Path, text: str) -> bool:
    try:
        return text.encode() in environ.read_bytes() and int(environ.parent.name) != os.getpid()
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for workers in /proc")
def test_a_killed_run_goes_on_where_it_stopped(box: Box) -> None:
    chance = random.Random(7)
    killed = 0
    for _ in range(6):
        process = box.start()
        time.sleep(chance.uniform(0.3, 1.4))
        if process.poll() is None:
            process.kill()
            killed += 1
        process.communicate()
        _wait_for_workers_to_go(box)
        before, kept = box.counts(), box.kept()
        assert sum(before.values()) <= kept + 2 * killed, "at most what was in progress, two at once, was lost with each kill"
        out = box.root / "out"
        assert not out.is_dir() or all(EXPECTED[path.name] == path.read_text() for path in out.iterdir() if not path.name.startswith("."))
    assert killed, "the kills came too late to test anything"
    code, told = box.run()
    assert (code, told["status"]) == (0, "ok")
    assert box.contents() == EXPECTED
    finished = box.counts()
    assert box.run()[1]["steps"][0]["status"] == "cached"
    assert box.counts() == finished, "nothing that had finished ran again"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_with_130_and_keeps_what_was_finished(box: Box, number: int) -> None:
    process = box.start()
    while box.kept() < 2:
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, number)
    out, told = process.communicate(timeout=30)
    assert process.returncode == 130
    answer = json.loads(out)
    assert (answer["status"], answer["error"]["code"]) == ("failed", 130)
    assert "interrupted" in told
    assert "Traceback" not in told
    ran = {name for name, count in box.counts().items() if count}
    code, _ = box.run()
    assert code == 0
    assert sum(box.counts().values()) <= 7 + 2, "two at most were stopped in the middle"
    assert ran <= set(box.counts())


def test_an_interrupt_of_the_whole_group_is_as_clean(box: Box) -> None:
    process = box.start()
    while box.kept() < 1:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in told


def test_two_runs_at_once_do_each_step_once(box: Box) -> None:
    processes = [box.start(), box.start()]
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert [answer["status"] for answer in answers] == ["ok", "ok"]
    assert set(box.counts().values()) == {1}
    assert box.contents() == EXPECTED


def test_a_full_disk_is_one_clear_error(box: Box) -> None:
    (box.root / "w.yaml").write_text("""
aigc: 1
name: w
steps:
  a: {uses: test.echo, with: {text: a, fail: disk}}
outputs: {a: "${{ steps.a.file }}"}
""")
    limit = 10_000_000

    code, told = box.run(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert (code, told["error"]["code"]) == (5, 5)
    assert "no space left" in told["error"]["message"]
    assert "aigc cache gc" in told["error"]["hint"]
    assert not (box.root / "out").exists()
    assert not list((box.root / "cache").rglob(".*.tmp"))


def test_a_disk_full_while_the_result_is_written_leaves_nothing(box: Box) -> None:
    (box.root / "w.yaml").write_text("""
aigc: 1
name: w
inputs: {text: {type: string}}
steps:
  a: {uses: test.echo, with: {text: "${{ inputs.text }}"}}
outputs: {a: "${{ steps.a.file }}", list: ["${{ inputs.text }}", "${{ inputs.text }}", "${{ inputs.text }}"]}
""")
    limit = 150_000
    text = "x" * 60_000
    code, told = box.run("--set", f"text={text}", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert (code, told["error"]["code"]) == (5, 5)
    assert not (box.root / "out").exists(), "all files appear together, or none"


def test_paths_with_spaces_and_chinese_characters(tmp_path: Path) -> None:
    folder = tmp_path / "我的 影片 “x”"
    folder.mkdir()
    box = Box(folder)
    code, told = box.run()
    assert (code, told["status"]) == (0, "ok")
    assert Path(told["outputs"]["all"]).read_text() == "123456"


def test_a_cache_that_cannot_be_made_is_said(box: Box) -> None:
    box.env["AIGC_CACHE_DIR"] = str(box.root / "w.yaml" / "cache")
    code, told = box.run()
    assert (code, told["error"]["code"]) == (5, 5)
    assert "AIGC_CACHE_DIR" in told["error"]["hint"]
