from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from aigc_cli.engine import locks

_HOLD = """
import sys, time
from pathlib import Path
from aigc_cli.engine import locks
with locks.held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def _holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_lock_is_held_by_one_and_freed_by_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.lock"
    process = _holder(path)
    assert locks.acquire(path, wait_s=0.1) is None
    process.kill()
    process.communicate()
    lock = locks.acquire(path, wait_s=5)
    assert lock is not None
    lock.close()


def test_a_freed_lock_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with locks.held(path):
        assert path.exists()
    assert not path.exists()
    with locks.held(path):
        assert locks.acquire(path, wait_s=0) is None


def test_shared_holders_keep_a_lone_one_out(tmp_path: Path) -> None:
    path = tmp_path / "use.lock"
    one, two = (locks.acquire(path, is_shared=True, wait_s=0) for _ in range(2))
    assert one is not None
    assert two is not None
    assert locks.acquire(path, wait_s=0) is None
    one.close()
    assert locks.acquire(path, wait_s=0) is None
    two.close()
    alone = locks.acquire(path, wait_s=0)
    assert alone is not None
    assert locks.acquire(path, is_shared=True, wait_s=0) is None
    alone.close()


_TAKE_TURNS = """
import sys, os
from pathlib import Path
from aigc_cli.engine import locks
root = Path(sys.argv[1])
for _ in range(100):
    with locks.held(root / "a.lock"):
        handle = os.open(root / "inside", os.O_CREAT | os.O_EXCL)
        os.close(handle)
        (root / "inside").unlink()
"""


def test_never_two_inside_though_the_file_comes_and_goes(tmp_path: Path) -> None:
    processes = [subprocess.Popen([sys.executable, "-c", _TAKE_TURNS, str(tmp_path)]) for _ in range(3)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
