"""Where models run: the device, the precision and the memory there is, and the errors of torch's family told as ours."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aigc_cli.errors import AigcError, MissingExtra, MissingModel, ProviderError, Refused

Device = Literal["auto", "cpu", "cuda", "mps"]
Dtype = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True)
class Place:
    """A device that is there, the precision to use on it, and its free memory in bytes; 0 when that is not known."""

    device: str
    dtype: Any
    free: int

    @property
    def words(self) -> str:
        """`cuda in bfloat16`."""
        return f"{self.device} in {str(self.dtype).removeprefix('torch.')}"


def need_packages(who: str, cure: str, *names: str) -> None:
    """Raises MissingExtra when one of the packages cannot be imported."""
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise MissingExtra(f"{who} needs the Python package `{name}`", cure) from error


def place(device: Device, dtype: Dtype) -> Place:
    """The device and precision meant. Auto: a GPU when there is one, with bfloat16 where it can; else the processor with float32.

    Raises Refused for a device that this machine does not have.
    """
    import torch

    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    found = next(name for name in ("cuda", "mps", "cpu") if has[name]) if device == "auto" else device
    if not has[found]:
        raise Refused(f"there is no `{found}` device on this machine", "leave `device` at `auto`")
    if dtype != "auto":
        precision = getattr(torch, dtype)
    elif found == "cuda":
        precision = torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    else:
        precision = torch.float16 if found == "mps" else torch.float32
    return Place(found, precision, free_bytes(found))


def free_bytes(device: str) -> int:
    """Memory of a device that a program may still take, in bytes; 0 when that is not known."""
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    return _free_memory()


def empty(device: str) -> None:
    """Gives back what torch keeps of a device's memory for later; nothing needs it where objects have just been dropped."""
    import gc

    import torch

    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
    elif device == "mps":
        torch.mps.empty_cache()


def _free_memory() -> int:
    """Bytes of main memory that a program may still take, 0 when the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return 0


def gigabytes(size: float) -> str:
    """`3.4 GB`."""
    return f"{size / 1e9:.1f} GB"


def is_out_of_memory(error: BaseException) -> bool:
    """True for torch's own error on a GPU, and for those that the processor's allocators raise."""
    import torch

    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or (
        isinstance(error, RuntimeError)
        and any(part in str(error) for part in ("out of memory", "can't allocate memory", "not enough memory"))
    )


@contextlib.contextmanager
def loading(model: str, cure: str) -> Iterator[None]:
    """The errors of transformers and diffusers while they load a model, as ours: each with what to do."""
    try:
        yield
    except AigcError:
        raise
    except Exception as error:
        text = " ".join(str(error).split())[:240]
        if "trust_remote_code" in text or "custom code" in text or "custom pipeline" in text:
            raise Refused(f"`{model}` brings code of its own, which is not run", "take a model that the library knows by itself") from error
        if is_out_of_memory(error):
            raise ProviderError(f"`{model}` does not fit into memory", "take a smaller model, or `dtype: bfloat16`") from error
        if isinstance(error, ImportError):
            raise MissingExtra(f"`{model}` needs a Python package: {text}", cure) from error
        if type(error).__name__ == "SafetensorError":
            raise MissingModel(f"the weights of `{model}` are damaged: {text}", "get them again") from error
        if isinstance(error, (OSError, ValueError, KeyError, AttributeError, TypeError, RuntimeError, json.JSONDecodeError)):
            raise MissingModel(
                f"`{model}` cannot be loaded: {text}", "`aigc models check` tells what is wrong with a folder; get the model again"
            ) from error
        raise


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The family's own progress bars and warnings stay away: what matters is told by notes and errors."""
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    yield
