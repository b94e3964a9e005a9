"""File locks that the kernel releases when their holder dies, however it dies."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from aigc_cli.artifacts import storage_error

_POLL_S = 0.05


def _try_lock(file: IO[bytes], *, is_shared: bool) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            # Windows locks bytes and knows no shared lock here; a shared holder takes a byte of its own process.
            file.seek(0 if not is_shared else 1 + os.getpid() % 60_000)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_current(file: IO[bytes], path: Path) -> bool:
    # A holder removes its file on release, so a lock may be won on a file that has no name any more.
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def acquire(path: Path, *, is_shared: bool = False, wait_s: float | None = None) -> IO[bytes] | None:
    """Takes the lock at `path`, waiting up to `wait_s` seconds, None for ever. Returns None when it stays taken.

    Raises StorageError when the folder cannot be written.
    """
    end = None if wait_s is None else time.monotonic() + wait_s
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("ab+")
        except OSError as error:
            raise storage_error(error, path) from error
        if _try_lock(file, is_shared=is_shared) and _is_current(file, path):
            return file
        file.close()
        if end is not None and time.monotonic() >= end:
            return None
        time.sleep(_POLL_S)


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Holds the lock at `path` alone; its file is removed afterwards."""
    file = acquire(path)
    assert file is not None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no open file; an empty file is left
            path.unlink()
        file.close()
