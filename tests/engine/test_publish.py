from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.artifacts import Store
from aigc_cli.engine.publish import Publisher, check_folder, file_name, safe_name
from aigc_cli.errors import StorageError


@pytest.mark.parametrize(
    "hint, name",
    [
        ("9x16.mp4", "product-clip-9x16.mp4"),
        (".srt", "product-clip.srt"),
        (".words.json", "product-clip.words.json"),
        ("poster.jpg", "product-clip-poster.jpg"),
    ],
)
def test_files_are_named_by_the_workflow(hint: str, name: str) -> None:
    assert file_name("product-clip", hint) == name


@given(st.text())
def test_a_safe_name_stays_in_its_folder(text: str) -> None:
    name = safe_name(text)
    assert name
    assert Path(name).name == name
    assert not set(name) & set('/\\:*?"<>|\0')
    assert not name.startswith((".", "-"))
    assert len(name.encode()) <= 130
    assert name.isprintable()


@pytest.mark.parametrize("text", ["con", "NUL.txt", "com1", "..", "", "\u202egpj.exe"])
def test_names_that_systems_refuse_are_changed(text: str) -> None:
    assert safe_name(text).casefold() != text.casefold()


def test_outputs_become_paths_values_and_json(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    clip = store.put_bytes(b"film", "video/mp4", "9x16.mp4")
    unnamed = store.put_bytes(b"pic", "image/png")
    publisher = Publisher("w", store, tmp_path / "out")
    outputs = publisher.publish({"video": [clip], "poster": unnamed, "script": {"title": "Käse"}, "n": 3, "none": None, "empty": []})
    out = tmp_path / "out"
    assert outputs == {
        "video": [str(out / "w-9x16.mp4")],
        "poster": str(out / "w-poster.png"),
        "script": {"title": "Käse"},
        "n": 3,
        "none": None,
        "empty": [],
    }
    assert sorted(path.name for path in out.iterdir()) == ["w-9x16.mp4", "w-poster.png", "w-script.json"]
    assert '"Käse"' in (out / "w-script.json").read_text("utf-8")
    assert publisher.files == [out / "w-9x16.mp4", out / "w-poster.png", out / "w-script.json"]


def test_two_results_never_share_a_name(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    one, two = store.put_bytes(b"1", "text/plain", "take.wav"), store.put_bytes(b"2", "text/plain", "TAKE.wav")
    publisher = Publisher("w", store, tmp_path / "out")
    outputs = publisher.publish({"a": [one, two, one]})
    assert [Path(path).name for path in outputs["a"]] == ["w-take.wav", "w-TAKE-2.wav", "w-take.wav"]
    assert Path(outputs["a"][1]).read_bytes() == b"2"


def test_what_is_published_may_be_changed_without_harm_to_the_cache(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    artifact = store.put_bytes(b"original", "text/plain", "a.txt")
    path = Path(Publisher("w", store, tmp_path / "out").publish({"a": artifact})["a"])
    path.write_bytes(b"changed!")
    assert store.is_intact(artifact)


def test_a_hostile_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    artifact = store.put_bytes(b"x", "text/plain", "../../../etc/passwd")
    path = Path(Publisher("../w", store, tmp_path / "out").publish({"a": artifact})["a"])
    assert path.parent == tmp_path / "out"


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"cannot be a folder|cannot write"):
        check_folder(tmp_path / "file" / "out")


def test_a_new_folder_is_told_from_an_old_one(tmp_path: Path) -> None:
    assert check_folder(tmp_path / "a" / "b")
    assert not check_folder(tmp_path / "a" / "b")
    assert not list((tmp_path / "a" / "b").iterdir())


def test_what_a_killed_run_left_behind_goes_with_the_next_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True)
    left, alive, own = (out / f".aigc-{owner}" for owner in (f"{ended.stdout.strip()}-aa", f"{os.getpid()}-bb", "notes"))
    for folder in (left, alive, own):
        folder.mkdir(parents=True)
        (folder / "w-a.json").write_text("half")
    Publisher("w", Store(tmp_path / "cache"), out).publish({"a": [1]})
    assert not left.exists()
    assert alive.exists()
    assert own.exists()
    assert (out / "w-a.json").read_text() == "[\n  1\n]\n"
