"""Model folders and hub ids: what is there, whether it is whole and safe to load, and its digest. Loads no library."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from aigc_cli.errors import MissingModel, Refused, WorkflowError

_ID = re.compile(r"[\w.\-]{1,96}(/[\w.\-]{1,96})?\Z")
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
_WHOLE_BYTES = 64 << 20
_EDGE_BYTES = 1 << 20
_MOST_FILES = 2000
_OWN_CODE = "it brings code of its own, which is not run"


@dataclass(frozen=True)
class Folder:
    """A model's folder, read: `problems` is empty when it can be loaded."""

    path: Path
    kind: str
    licence: str
    size: int
    files: int
    problems: tuple[str, ...]


def is_folder(model: str) -> bool:
    """True when the name of a model means a folder rather than an id on a hub."""
    return model.startswith(("/", "./", "../", "~", ".\\")) or Path(model).is_absolute()


def folder_of(model: str) -> Path:
    """The folder that a model's name means."""
    return Path(model).expanduser()


def is_commit(revision: str) -> bool:
    """True for the name of a commit: 40 hexadecimal digits."""
    return _COMMIT.match(revision) is not None


def is_id(model: str) -> bool:
    """True for what can be a model's id on a hub."""
    return _ID.match(model) is not None and ".." not in model and "--" not in model


def check_name(model: str, revision: str) -> str | None:
    """Why a model cannot be named so; None when it can. An id needs the commit that it is pinned to."""
    if is_folder(model):
        return None
    if not is_id(model):
        return f"`{model[:80]}` is neither a folder nor an id like `owner/name`"
    if not is_commit(revision):
        return f"`{model}` must be pinned: give `revision`, the 40 characters of a commit that the model's page lists"
    return None


def inspect(path: Path) -> Folder:
    """Looks at a model's folder without loading it. Raises MissingModel when it is not there."""
    if not path.is_dir():
        raise MissingModel(f"there is no model folder {path}", "give the folder that holds `config.json`, or an id with its `revision`")
    files = _files(path)
    config = _json(path / "config.json") or _json(path / "model_index.json")
    problems = []
    if config is None:
        problems.append("it has no `config.json` that can be read")
    tensors = [each for each in files if each.suffix == ".safetensors"]
    if not tensors:
        pickled = [each.name for each in files if each.suffix in PICKLES]
        problems.append(
            f"its weights are pickles (`{pickled[0]}`), which can run code: only safetensors are loaded" if pickled else "it has no weights"
        )
    problems += [problem for each in tensors if (problem := _tensor_problem(each))]
    for index in (each for each in files if each.name.endswith(".safetensors.index.json")):
        named = (_json(index) or {}).get("weight_map", {})
        missing = sorted({str(name) for name in named.values()} - {each.name for each in tensors}) if isinstance(named, dict) else []
        if missing:
            problems.append(f"a download is not complete: `{missing[0]}` is missing")
    if _brings_code(config):
        problems.append(_OWN_CODE)
    kind = str((config or {}).get("model_type") or (config or {}).get("_class_name") or "")
    return Folder(path, kind, _licence(path), sum(_size(each) for each in files), len(files), tuple(problems))


def brings_code(config: Path) -> bool:
    """True when a model's `config.json` names code that comes with it."""
    return _brings_code(_json(config))


def _brings_code(config: dict[str, Any] | None) -> bool:
    return bool((config or {}).get("auto_map"))


def must_load(path: Path, *, allows_code: bool = False) -> None:
    """Raises MissingModel, or Refused for what could run code, when a folder cannot be loaded.

    `allows_code` is for a model that the user's own settings trust to bring code.
    """
    problems = [each for each in inspect(path).problems if not (allows_code and each == _OWN_CODE)]
    if not problems:
        return
    first = problems[0]
    kind = Refused if "code" in first else MissingModel
    cure = "convert it to safetensors, or get it again; `aigc models check` tells more"
    if first == _OWN_CODE:
        cure = "take another model, or, if you have read its code and trust it, name it in `trusted_models` in your own settings"
    raise kind(f"the model {path} cannot be used: {first}", cure)


def must_be_tensors(path: Path) -> None:
    """Raises Refused for a file of weights that is no safetensors file, MissingModel for one that is damaged."""
    if path.suffix != ".safetensors":
        raise Refused(
            f"the weights `{path.name}` are a pickle or something unknown, which can run code: only safetensors are loaded",
            "convert them to safetensors, or get them in that form",
        )
    if problem := _tensor_problem(path):
        raise MissingModel(f"the weights cannot be used: {problem}", "get them again")


def place(written: str) -> Path:
    """The file or folder that a user's option names. Raises WorkflowError for a relative path, MissingModel when nothing is there."""
    path = Path(written).expanduser()
    if not path.is_absolute():
        raise WorkflowError(f"the model's path `{written}` is not absolute", "begin it with `/` or `~/`, best in the user's settings")
    if not path.exists():
        raise MissingModel(f"there is no model at {path}", "check the path, or fetch the model")
    return path


def fingerprint(path: Path) -> str:
    """The digest of a model's file or folder, for cache keys. Raises MissingModel when it cannot be read."""
    try:
        return file_digest(path) if path.is_file() else digest(path)
    except OSError as error:
        raise MissingModel(f"the model {path.name} cannot be read: {error.strerror}", "check the path and its permissions") from error


def digest(path: Path) -> str:
    """A digest of all files of a folder, for cache keys. Of files above 64 MiB the size, the first and the last MiB count."""
    if not path.is_dir():
        return "missing"
    files = _files(path)
    stamps = tuple((str(each), each.stat().st_size, each.stat().st_mtime_ns) for each in files)
    return _digest(str(path), stamps)


def file_digest(path: Path) -> str:
    """The digest of one file of weights, for cache keys, in the same way as that of a folder."""
    facts = path.stat()
    return _digest(str(path.parent), ((str(path), facts.st_size, facts.st_mtime_ns),))


@lru_cache(maxsize=64)
def _digest(root: str, stamps: tuple[tuple[str, int, int], ...]) -> str:
    total = hashlib.sha256()
    for name, size, _ in stamps:
        own = hashlib.sha256()
        with Path(name).open("rb") as file:
            if size <= _WHOLE_BYTES:
                own.update(file.read())
            else:
                own.update(file.read(_EDGE_BYTES))
                file.seek(-_EDGE_BYTES, 2)
                own.update(file.read())
        total.update(f"{Path(name).relative_to(root).as_posix()}:{size}:{own.hexdigest()}\n".encode())
    return total.hexdigest()


def _files(folder: Path) -> list[Path]:
    """The files of a model: a folder that holds very many is none, and only its first ones are looked at."""
    found = (each for each in folder.rglob("*") if not each.name.startswith(".") and each.is_file())
    return sorted(itertools.islice(found, _MOST_FILES))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone meanwhile
        return 0


def _tensor_problem(path: Path) -> str:
    """Why a safetensors file is not whole, by its own head; empty when it is."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > size - 8 or length > 100 << 20:
            return f"`{path.name}` is damaged or cut off"
        try:
            head = json.loads(file.read(length))
            end = max((int(each["data_offsets"][1]) for name, each in head.items() if name != "__metadata__"), default=0)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return f"`{path.name}` is damaged"
    return "" if 8 + length + end == size else f"`{path.name}` is cut off: {size:,} of {8 + length + end:,} bytes"


def _json(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_bytes()) if path.stat().st_size < 16 << 20 else None
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _licence(path: Path) -> str:
    """The licence that a model's card names in its head, else the licence file's name, else nothing."""
    card = path / "README.md"
    if card.is_file() and card.stat().st_size < 4 << 20:
        match = re.search(r"\A---\n.*?^license:\s*['\"]?([\w.\-]+)", card.read_text("utf-8", "replace"), re.DOTALL | re.MULTILINE)
        if match:
            return match[1]
    return next((each.name for each in sorted(path.glob("LICEN[CS]E*"))), "")
