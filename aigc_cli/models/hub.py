"""Getting models from a hub: what they are, how large and under which licence before anything comes; whole or not at all.

The hub is the one that `HF_ENDPOINT` names, else the library's own. What comes lies in the library's own cache, so that every
program of this machine shares it. Beside it lies a record of what came: licence, sizes, checksums.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_cli import config, weights
from aigc_cli.errors import MissingExtra, MissingKey, MissingModel, ProviderError, Refused, StorageError, WorkflowError
from aigc_cli.models import shelf

CURE = "pip install 'aigc[hub]'"
_WANTED = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "*.md", "LICEN[CS]E*", "NOTICE*")
_SPARE_BYTES = 500 << 20
_TRUST = "take one that its library knows by itself, or read the code and put the id into `trusted_models` in your own settings"
_FREE = ("apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "unlicense", "isc", "cc-by-4.0", "cc-by-sa-4.0")


@dataclass(frozen=True)
class Listing:
    """What a hub has of a model at one commit. `files` are those that would be got, `missing` the bytes of those not yet here."""

    model: str
    revision: str
    licence: str
    is_gated: bool
    files: tuple[shelf.File, ...]
    size: int
    missing: int

    @property
    def is_free(self) -> bool:
        """True when the licence is one of the usual permissive ones."""
        return self.licence in _FREE


def look_up(model: str, revision: str = "main", *, only: Sequence[str] = (), variant: str = "") -> Listing:
    """Asks the hub what a model is and what of it would be got.

    Args:
        model: its id, `owner/name`.
        revision: a commit, a branch or a tag; the commit it stands for now is in the answer.
        only: patterns of file names, such as `*.Q4_K_M.gguf`; what is needed to load it when empty.
        variant: the name of smaller weights beside the full ones, such as `fp16`.

    Raises:
        WorkflowError: for what is no id. MissingExtra: without the hub's library.
        MissingModel: for a model, revision or pattern that is not there. MissingKey: where the hub wants a token.
        Refused: when all weights are pickles. ProviderError: when the hub does not answer.
    """
    problem = f"`{model}` is a folder" if weights.is_folder(model) else weights.check_name(model, "0" * 40)
    if problem:
        raise WorkflowError(problem, "give an id like `owner/name`")
    hub = _library()
    with _told(model, revision):
        info = hub.HfApi(endpoint=_endpoint()).model_info(model, revision=revision, files_metadata=True)
        listed = [_file(each) for each in info.siblings or ()]
    if not weights.is_commit(str(info.sha)):
        raise ProviderError("the hub does not say which commit this is", "try again later", retryable=True)
    found = _chosen(listed, only, variant)
    if not found:
        raise MissingModel(f"`{model}` has no file like {', '.join(f'`{each}`' for each in only)}", _some_names(listed))
    if not only and not any(file.name.endswith(".safetensors") for file in found):
        raise _no_tensors(model, listed)
    card = info.card_data or {}
    licence = str(card.get("license_name") or card.get("license") or "")
    here = shelf.room(model) / "snapshots" / str(info.sha)
    missing = sum(file.size for file in found if not (here / file.name).is_file())
    return Listing(model, str(info.sha), licence, bool(info.gated), tuple(found), sum(file.size for file in found), missing)


def must_have_room(listing: Listing) -> None:
    """Raises StorageError when what is missing would not fit on the disk of the cache."""
    folder = shelf.cache()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if listing.missing + _SPARE_BYTES > free:
        raise StorageError(
            f"{listing.missing / 1e9:.1f} GB would come, and {folder} has {free / 1e9:.1f} GB left",
            "make room, or let HF_HOME name a folder on a larger disk",
        )


def pull(listing: Listing, told: Callable[[shelf.File], None] = lambda _: None, *, shows_bars: bool = False) -> Path:
    """Gets a model, file by file; what was cut off goes on where it stopped. The folder, checked, with its record beside it.

    Args:
        listing: what is to be got, as `look_up` found it.
        told: hears of each file before it comes.
        shows_bars: let the library draw its own bars on stderr.

    Raises:
        Refused: when the model brings code of its own. ProviderError: when the connection breaks, or a file is not what the
        hub lists. MissingModel: when what came cannot be loaded.
    """
    hub = _library()
    must_have_room(listing)
    is_trusted = listing.model in config.trusted_models()
    order = sorted(listing.files, key=lambda file: (not file.name.endswith(("config.json", "model_index.json")), file.size))
    folder = shelf.room(listing.model) / "snapshots" / listing.revision
    with _bars(hub, is_shown=shows_bars):
        for file in order:
            told(file)
            with _told(listing.model, listing.revision):
                place = {"cache_dir": str(shelf.cache()), "endpoint": _endpoint()}
                got = Path(hub.hf_hub_download(listing.model, file.name, revision=listing.revision, library_name="aigc", **place))
            _must_be(file, got)
            if file.name == "config.json" and not is_trusted and weights.brings_code(got):
                shelf.remove(listing.model, listing.revision)
                raise Refused(f"`{listing.model}` brings code of its own, which is not run", _TRUST)
    shelf.record(listing.model, listing.revision, listing.licence, listing.files)
    if any(file.name.endswith(".safetensors") for file in listing.files):
        weights.must_load(folder, allows_code=is_trusted)
    return folder


def _library() -> Any:
    try:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # a command that gets a model tells nobody else of it
        import huggingface_hub
        import huggingface_hub.errors
    except ImportError:
        raise MissingExtra("getting models needs the Python package `huggingface_hub`", CURE) from None
    return huggingface_hub


def _endpoint() -> str | None:
    return os.environ.get("HF_ENDPOINT") or None


def _file(sibling: Any) -> shelf.File:
    name, lfs = str(sibling.rfilename), sibling.lfs
    if name.startswith("/") or "\\" in name or ".." in name.split("/"):
        raise Refused(f"the hub lists a file with a name that leads elsewhere: `{name[:80]}`", "do not use this model")
    return shelf.File(name, int(sibling.size or 0), str(lfs.sha256) if lfs else "", "" if lfs else str(sibling.blob_id or ""))


def _chosen(files: Sequence[shelf.File], only: Sequence[str], variant: str) -> list[shelf.File]:
    if only:
        return [file for file in files if any(fnmatch.fnmatch(file.name, pattern) for pattern in only)]
    wanted = [file for file in files if any(fnmatch.fnmatch(file.name.rpartition("/")[2], pattern) for pattern in _WANTED)]
    tensors = [file for file in wanted if file.name.endswith(".safetensors")]
    if any(file.name == "model_index.json" for file in files):  # at the top lie the same weights once more, as one file for other programs
        tensors = [file for file in tensors if "/" in file.name]
    kept = {file.name for file in wanted if not file.name.endswith(".safetensors")}
    for folder in {_folder(file) for file in tensors}:
        inside = [file for file in tensors if _folder(file) == folder]
        kinds = [[file for file in inside if _variant_of(file) == kind] for kind in (variant, "")]
        kept.update(file.name for file in next(filter(None, kinds), inside))
    return [file for file in wanted if file.name in kept]


def _folder(file: shelf.File) -> str:
    return file.name.rpartition("/")[0]


def _variant_of(file: shelf.File) -> str:
    """Which form of the weights a file holds: `fp16` for `unet/model.fp16.safetensors`, empty for the plain one."""
    match = re.search(r"\.(fp16|bf16|fp8|int8|non_ema|[a-z]\w{1,15})(-\d{5}-of-\d{5})?\.safetensors\Z", file.name)
    return match[1] if match else ""


def _no_tensors(model: str, files: Sequence[shelf.File]) -> Exception:
    names = [file.name for file in files]
    if any(name.endswith(".gguf") for name in names):
        return MissingModel(f"`{model}` holds GGUF files: say which", "for example `--only '*Q4_K_M.gguf'`")
    if any(name.endswith(weights.PICKLES) for name in names):
        return Refused(
            f"all weights of `{model}` are pickles, which can run code: only safetensors are got", "look for the same model as safetensors"
        )
    return MissingModel(f"`{model}` has no weights", _some_names(files))


def _some_names(files: Sequence[shelf.File]) -> str:
    names = ", ".join(f"`{file.name}`" for file in files[:8])
    return f"it has {names}" + (", ..." if len(files) > 8 else "") if names else "it has no files"


@contextlib.contextmanager
def _told(model: str, revision: str) -> Iterator[None]:
    """The library's many errors, as ours."""
    errors = _library().errors
    try:
        yield
    except errors.GatedRepoError as error:
        raise MissingKey(
            f"`{model}` is given only to those who accept its terms", "accept them on the model's page, and set HF_TOKEN to your token"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise MissingModel(f"`{model}` has no revision `{revision}`", "give a commit, a branch or a tag that its page lists") from error
    except errors.RepositoryNotFoundError as error:
        cure = "check the id on the hub; a private one needs HF_TOKEN"
        raise MissingModel(f"the hub knows no model `{model}`", cure) from error
    except errors.LocalEntryNotFoundError as error:
        raise ProviderError(f"the hub does not answer: {_first_line(error)}", "try again; what has come stays", retryable=True) from error
    except errors.EntryNotFoundError as error:
        raise MissingModel(f"`{model}` changed meanwhile: {_first_line(error)}", "try again") from error
    except errors.HfHubHTTPError as error:
        raise ProviderError(f"the hub refuses: {_first_line(error)}", "try again later; what has come stays", retryable=True) from error
    except (OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno in (28, 122):  # no room, quota
            raise StorageError("the disk is full", "make room and try again: what has come stays") from error
        raise _broken(error) from error
    except ValueError as error:
        raise ProviderError("what answers is no model hub", "check HF_ENDPOINT, or whether a login page stands before the net") from error
    except Exception as error:
        if not type(error).__module__.startswith(("http", "requests", "urllib3")):  # whichever client the library has by now
            raise
        raise _broken(error) from error


def _broken(error: Exception) -> ProviderError:
    return ProviderError(f"the connection broke: {_first_line(error)}", "try again: it goes on where it stopped", retryable=True)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


@contextlib.contextmanager
def _bars(hub: Any, *, is_shown: bool) -> Iterator[None]:
    if is_shown:
        yield
        return
    hub.utils.disable_progress_bars()
    try:
        yield
    finally:
        hub.utils.enable_progress_bars()


def _must_be(file: shelf.File, path: Path) -> None:
    """Raises ProviderError, and removes what came, when it is not the file that the hub lists."""
    if shelf.is_same(file, path):
        return
    path.resolve().unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    raise ProviderError(f"`{file.name}` did not come as the hub lists it: its checksum differs", "try again", retryable=True)
