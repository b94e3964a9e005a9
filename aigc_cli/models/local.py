"""Models of transformers on this machine, from a folder or a pinned id: the options they share, and what loading them needs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import Field

from aigc_cli import config, devices, weights
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingExtra, ProviderError, Refused
from aigc_cli.models import shelf

CURE = "pip install 'aigc[transformers]'"
Quantize = Literal["none", "8bit", "4bit"]
T = TypeVar("T")


class LocalModel(Provider):
    """The options of a model on this machine."""

    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "torch", CURE), Need("extra", "transformers", CURE))
    is_heavy: ClassVar[bool] = True

    model: str = Field("", max_length=500, description="A model's folder, or its id on the hub such as `owner/name`.")
    revision: str = Field("", max_length=40, description="The commit that an id is pinned to, 40 characters.")
    device: devices.Device = Field("auto", description="Where it runs; auto takes a GPU when there is one.")
    dtype: devices.Dtype = Field("auto", description="Precision; auto: bfloat16 or float16 on a GPU, else float32.")

    def misfit(self, step: Step) -> str | None:
        """No model, or one that is not pinned."""
        if not self.model:
            return "no `model` is named: a folder, or an id with its `revision`"
        return weights.check_name(self.model, self.revision)

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The digest of the model's folder; an id stands for itself, by its commit."""
        return {"model": weights.digest(weights.folder_of(self.model))} if weights.is_folder(self.model) else {}

    @property
    def handle(self) -> str:
        """The name of the loaded model among those of a worker."""
        return f"{self.model}@{self.revision}:{self.device}:{self.dtype}"

    @contextlib.contextmanager
    def working(self, ctx: Context, who: str) -> Iterator[None]:
        """Holds the device for this step alone: two models at work on one GPU run out of its memory.

        Raises MissingExtra when the libraries are not installed, Refused for a device that this machine does not have.
        """
        devices.need_packages(who, CURE, "torch", "transformers")
        with ctx.alone(devices.place(self.device, self.dtype).device):
            yield

    def loaded_once(self, ctx: Context, name: str, make: Callable[[], T]) -> T:
        """The loaded model called `name`, made once per worker; when it does not fit, other loaded models go and it is tried again."""
        try:
            return ctx.load(name, make)
        except ProviderError:  # raised by loading for nothing but memory
            if not ctx.release(keep=name):
                raise
        devices.empty(devices.place(self.device, self.dtype).device)
        ctx.note(f"other models were dropped from memory to load `{self.model}`")
        return ctx.load(name, make)


@dataclass(frozen=True)
class Origin:
    """Where a model is loaded from: a checked folder or an id, the library's own arguments, its licence and how to credit it."""

    place: str
    arguments: Mapping[str, Any]
    licence: str
    title: str


def origin(options: LocalModel) -> Origin:
    """Where a model is loaded from. Raises MissingModel for what is not here or not whole, Refused for what could run code."""
    is_trusted = options.model in config.trusted_models()
    folder = shelf.folder_of(options.model, options.revision)
    weights.must_load(folder, allows_code=is_trusted)
    licence = shelf.licence(options.model, options.revision) or weights.inspect(folder).licence
    pinned = f" at {options.revision[:12]}" if options.revision else ""
    title = options.model.rstrip("/").rpartition("/")[2] + pinned + (f", {licence}" if licence else "")
    return Origin(str(folder), {"trust_remote_code": is_trusted, "local_files_only": True}, licence, title)


@contextlib.contextmanager
def running(model: str, device: str, seed: int, cure: str) -> Iterator[None]:
    """The seed for what is sampled inside, others' random numbers left alone; running out of memory told with a cure."""
    import torch

    on = [torch.cuda.current_device()] if device == "cuda" else []
    try:
        with torch.random.fork_rng(devices=on), torch.inference_mode():
            torch.manual_seed(seed % 2**63)
            yield
    except Exception as error:
        if devices.is_out_of_memory(error):
            raise ProviderError(f"there is not enough memory on {device} for `{model}`", cure) from error
        raise


def quantized(wish: Quantize, device: str) -> dict[str, Any]:
    """The library's arguments that make weights smaller: by bitsandbytes when it is there, else by torchao.

    Raises MissingExtra when neither is installed, and Refused for a device that they do not serve.
    """
    if wish == "none":
        return {}
    import importlib
    import importlib.util

    import transformers

    has = {name for name in ("bitsandbytes", "torchao") if importlib.util.find_spec(name) is not None}
    if not has:
        raise MissingExtra(f"`quantize: {wish}` needs the Python package `bitsandbytes` or `torchao`", "pip install bitsandbytes")
    if device not in ("cuda", "cpu"):
        raise Refused(f"`quantize: {wish}` does not run on `{device}`", "leave it out, or set `device`")
    if "bitsandbytes" in has:
        config: Any = transformers.BitsAndBytesConfig(load_in_8bit=wish == "8bit", load_in_4bit=wish == "4bit")
    else:
        quantization = importlib.import_module("torchao.quantization")
        own = quantization.Int8WeightOnlyConfig() if wish == "8bit" else quantization.Int4WeightOnlyConfig()
        config = transformers.TorchAoConfig(own)
    return {"quantization_config": config, "device_map": {"": device}}
