"""What a running step may hold and drop: a device for itself alone, among threads, processes and runs; loaded models."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from aigc_cli.assets import Templates
from aigc_cli.engine.cache import Cache
from aigc_cli.engine.context import WorkerContext


def context(root: Path, objects: dict[str, Any] | None = None, told: list[str] | None = None) -> WorkerContext:
    def send(kind: Any, **what: Any) -> None:
        if told is not None and what.get("text"):
            told.append(what["text"])

    return WorkerContext(
        cache=Cache(root), scratch=root / "scratch", seed=0, is_offline=True, templates=Templates.beside(None),
        objects={} if objects is None else objects, can_read=True, can_write=True, send=send,
    )  # fmt: skip


def test_two_steps_never_hold_a_device_at_once(tmp_path: Path) -> None:
    log: list[tuple[str, int]] = []
    told: list[str] = []

    def work(name: int) -> None:
        with context(tmp_path, told=told).alone("cuda"):
            log.append(("in", name))
            time.sleep(0.15)
            log.append(("out", name))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [kind for kind, _ in log] == ["in", "out"] * 3
    assert all(log[n][1] == log[n + 1][1] for n in (0, 2, 4))
    assert any("waiting for cuda" in text for text in told)


def test_another_device_and_the_same_step_do_not_wait(tmp_path: Path) -> None:
    own = context(tmp_path)
    with own.alone("cuda"), context(tmp_path).alone("cpu"), own.alone("cuda"):
        pass
    with context(tmp_path).alone("cuda"):
        pass


def test_a_process_that_died_holds_nothing(tmp_path: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from tests.engine.test_context import context
with context(Path(sys.argv[1])).alone("cuda"):
    print("held", flush=True)
    os._exit(1)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "held", done.stderr
    begun = time.monotonic()
    with context(tmp_path).alone("cuda"):
        assert time.monotonic() - begun < 5


def test_what_is_loaded_is_dropped_but_for_what_is_kept(tmp_path: Path) -> None:
    own = context(tmp_path)
    for name in ("a", "b", "c"):
        own.load(name, object)
    kept = own.load("b", object)
    assert own.release(keep="b") == 2
    assert own.load("b", object) is kept
    assert own.release() == 1
    assert own.release() == 0
    assert own.load("b", object) is not kept
