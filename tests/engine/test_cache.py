from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.artifacts import to_json
from aigc_cli.engine.cache import Action, Cache, Note
from aigc_cli.errors import StorageError


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _put(cache: Cache, name: str, content: bytes = b"abc", age_s: float = 0) -> Action:
    artifact = cache.store.put_bytes(content, "text/plain", f"{name}.txt")
    action = Action(_key(name), "test.echo", "plain", to_json({"file": artifact, "n": 1}), 1.5, 100.0, notes=(Note("hm", True),))
    cache.put(action)
    for path in (cache.path(action.key), cache.store.path(artifact.digest)):
        os.utime(path, (time.time() - age_s,) * 2)
    return action


def test_what_was_put_comes_back(cache: Cache) -> None:
    action = _put(cache, "a")
    found = cache.get(action.key)
    assert found is not None
    assert (found.outputs, found.notes, found.kind, found.seconds) == (action.outputs, action.notes, "test.echo", 1.5)


def test_unknown_is_a_miss(cache: Cache) -> None:
    assert cache.get(_key("nothing")) is None


def _drop_blob(cache: Cache, action: Action) -> None:
    cache.store.path(action.artifacts[0].digest).unlink()


def _shorten_blob(cache: Cache, action: Action) -> None:
    path = cache.store.path(action.artifacts[0].digest)
    path.chmod(0o644)
    path.write_bytes(b"a")


@pytest.mark.parametrize("harm", [_drop_blob, _shorten_blob])
def test_a_record_without_its_whole_blob_is_a_miss(cache: Cache, harm: Any) -> None:
    action = _put(cache, "a")
    harm(cache, action)
    assert cache.get(action.key) is None
    _put(cache, "a")
    assert cache.get(action.key) is not None, "it can be made again"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"key": 1}',
        b"[" * 100_000,
        b'{"schema":1,"key":"KEY","kind":"k","provider":"p","seconds":"x","created":0,"outputs":{},"notes":[]}',
        b'{"schema":1,"key":"KEY","kind":"k","provider":"p","seconds":1,"created":0,"outputs":{"$artifact":{"digest":"../../x"}},"notes":[]}',
        b'{"schema":1,"key":"KEY","kind":"k","provider":"p","seconds":1,"created":0,"outputs":{},"notes":[1]}',
    ],
)
def test_a_damaged_record_is_a_miss_and_goes(cache: Cache, content: bytes) -> None:
    action = _put(cache, "a")
    path = cache.path(action.key)
    path.write_bytes(content.replace(b"KEY", action.key.encode()))
    assert cache.get(action.key) is None
    assert not path.exists()


def test_a_record_under_the_wrong_key_is_a_miss(cache: Cache) -> None:
    action = _put(cache, "a")
    other = cache.path(_key("b"))
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_bytes(cache.path(action.key).read_bytes())
    assert cache.get(_key("b")) is None


def test_a_hit_counts_as_use(cache: Cache) -> None:
    action = _put(cache, "a", age_s=1000)
    cache.get(action.key)
    assert time.time() - cache.path(action.key).stat().st_mtime < 100


def test_verify_finds_changed_bytes_and_removes_them(cache: Cache) -> None:
    good, bad = _put(cache, "a", b"aaa"), _put(cache, "b", b"bbb")
    path = cache.store.path(bad.artifacts[0].digest)
    path.chmod(0o644)
    path.write_bytes(b"bxb")
    assert cache.verify() == (2, [bad.artifacts[0].digest])
    assert cache.get(bad.key) is None
    assert cache.get(good.key) is not None
    assert cache.verify() == (1, [])


def test_gc_drops_what_was_used_longest_ago(cache: Cache) -> None:
    old, middle, new = (_put(cache, name, name.encode() * 100, age) for name, age in (("a", 9000), ("b", 8000), ("c", 7000)))
    swept = cache.gc(250)
    assert (swept.actions, swept.blobs, swept.freed_bytes, swept.left_bytes) == (1, 1, 100, 200)
    assert [cache.get(each.key) is not None for each in (old, middle, new)] == [False, True, True]


def test_gc_keeps_what_it_is_told_to(cache: Cache) -> None:
    old, new = _put(cache, "a", b"a" * 100, 9000), _put(cache, "b", b"b" * 100, 8000)
    cache.gc(100, keep={old.key})
    assert cache.get(old.key) is not None
    assert cache.get(new.key) is None


def test_gc_keeps_a_blob_that_another_record_needs(cache: Cache) -> None:
    old, new = _put(cache, "a", b"same", 9000), _put(cache, "b", b"same", 8000)
    cache.gc(4)
    assert cache.get(new.key) is not None
    assert cache.get(old.key) is not None, "it costs nothing more"


def test_gc_leaves_fresh_loose_blobs_alone(cache: Cache) -> None:
    fresh = cache.store.put_bytes(b"being written by another run", "text/plain")
    stale = cache.store.put_bytes(b"left behind", "text/plain")
    os.utime(cache.store.path(stale.digest), (time.time() - 9000,) * 2)
    cache.gc(10**9)
    assert cache.store.has(fresh)
    assert not cache.store.has(stale)


def test_a_dry_run_removes_nothing(cache: Cache) -> None:
    action = _put(cache, "a", age_s=9000)
    swept = cache.gc(0, is_dry=True)
    assert (swept.actions, swept.blobs) == (1, 1)
    assert cache.get(action.key) is not None
    assert cache.gc(0).left_bytes == 0
    assert cache.get(action.key) is None


def test_only_old_temporaries_are_swept(cache: Cache) -> None:
    _put(cache, "a")
    folder = next((cache.root / "blobs").iterdir())
    for name, age in ((".old.tmp", 9000), (".new.tmp", 10)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (time.time() - age,) * 2)
    assert cache.sweep_temporaries() == 1
    assert (folder / ".new.tmp").exists()


def test_a_full_disk_is_said_and_leaves_nothing(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match="no space left"):
        _put(cache, "a")
    assert not [path for path in cache.root.rglob("*") if path.is_file()]
