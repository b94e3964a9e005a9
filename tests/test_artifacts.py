"""Blobs are known by content, written whole or not at all, and values cross JSON unchanged."""

import sys
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.artifacts import Artifact, Store, digest_file, find_artifacts, from_json, to_json, write_atomic
from aigc_cli.errors import StorageError

ARTIFACT = Artifact(digest="ab" * 32, media_type="audio/wav", size=9, name="a.wav")

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(ARTIFACT),
    lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda key: key != "$artifact"), inner),
)


@given(values)
def test_values_cross_json_unchanged(value: object) -> None:
    assert from_json(to_json(value)) == value


@given(values)
def test_every_artifact_is_found(value: object) -> None:
    assert len(list(find_artifacts(value))) == repr(value).count("Artifact(")


def test_a_name_is_no_part_of_the_key() -> None:
    assert ARTIFACT.key() == ARTIFACT.model_copy(update={"name": "b.wav"}).key()


def test_equal_bytes_are_kept_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (tmp_path / "file").write_bytes(b"abc")
    one, two = store.put_bytes(b"abc", "text/plain", "one"), store.put_file(tmp_path / "file", "text/plain", "two")
    assert one.digest == two.digest == digest_file(tmp_path / "file")
    assert store.open(one) == store.open(two)
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1


def test_a_blob_of_the_wrong_length_is_not_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    artifact = store.put_bytes(b"abc", "text/plain")
    path = store.path(artifact.digest)
    path.chmod(0o644)
    path.write_bytes(b"ab")
    assert not store.has(artifact)
    with pytest.raises(StorageError, match="missing"):
        store.open(artifact)
    path.write_bytes(b"abd")
    assert store.has(artifact)
    assert not store.is_intact(artifact)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_atomic(target, b"old")

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="no space left"):
        write_atomic(target, fail)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_in_the_way_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="a file stands in its way"):
        write_atomic(tmp_path / "file" / "inside", b"x")


def _put_many(root: str, count: int) -> None:
    for number in range(count):
        Store(Path(root)).put_bytes(b"%d" % number, "text/plain")


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_kills_leave_no_broken_blob(tmp_path: Path) -> None:
    for delay in (0.05, 0.1, 0.2):
        process = get_context("fork").Process(target=_put_many, args=(str(tmp_path), 1_000_000))
        process.start()
        process.join(delay)
        assert process.is_alive()
        process.kill()
        process.join()
    blobs = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file() and path.suffix != ".tmp"]
    assert blobs
    assert all(digest_file(path) == path.parent.name + path.name for path in blobs)


def test_a_published_file_may_be_edited_without_harm(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    artifact = store.put_bytes(b"abc", "text/plain")
    published = store.publish(artifact, tmp_path / "out" / "file.txt")
    published.write_bytes(b"edited")
    assert store.is_intact(artifact)
