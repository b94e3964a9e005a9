"""Pictures judged by CLIP or SigLIP through transformers: how near a picture is to the words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli import devices, weights
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingModel, ProviderError
from aigc_cli.models import shelf

_CURE = "pip install 'aigc[transformers]'"


class ClipRank(Provider):
    """CLIP on this machine, from a folder or a hub id."""

    name: ClassVar[str] = "clip"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "torch", _CURE), Need("extra", "transformers", _CURE))
    is_heavy: ClassVar[bool] = True

    model: str = Field("", max_length=500, description="A model's folder, or its id on the hub such as `owner/name`.")
    revision: str = Field("", max_length=40, description="The commit that an id is pinned to, 40 characters.")
    device: devices.Device = Field("auto", description="Where it runs; auto takes a GPU when there is one.")

    def misfit(self, step: Step) -> str | None:
        """No model, one that is not pinned, or no words to judge by."""
        if not self.model:
            return "no `model` is named: a folder, or an id with its `revision`"
        if not str(getattr(step, "prompt", "")).strip():
            return "there is no `prompt` to judge by"
        return weights.check_name(self.model, self.revision)

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The digest of the model's folder; an id stands for itself, by its commit."""
        return {"model": weights.digest(weights.folder_of(self.model))} if weights.is_folder(self.model) else {}

    def match(self, prompt: str, pictures: tuple[Path, ...], ctx: Context) -> tuple[float, ...]:
        """The cosine between the words and each picture, -1 to 1 (Radford et al. 2021, section 2.3).

        Raises MissingExtra, MissingModel and Refused for a model that cannot be loaded, ProviderError for a model that gives NaN.
        """
        import math

        devices.need_packages("clip", _CURE, "torch", "transformers")
        with ctx.alone(devices.place(self.device, "float32").device):
            eye = ctx.load(f"clip:{self.model}@{self.revision}:{self.device}", lambda: _Eye(self))
            found = eye.match(prompt, pictures, ctx)
        if not all(math.isfinite(each) for each in found):
            raise ProviderError(f"`{self.model}` gave NaN instead of a judgement", "take another model, or `provider: sharpness`")
        return found


class _Eye:
    """A loaded model with what makes its input."""

    def __init__(self, options: ClipRank) -> None:
        import transformers

        self.name = options.model
        self.place = devices.place(options.device, "float32")
        where = shelf.folder_of(options.model, options.revision)
        weights.must_load(where)
        common: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
        with devices.quiet(), devices.loading(options.model, _CURE):
            self.model = transformers.AutoModel.from_pretrained(where, dtype=self.place.dtype, use_safetensors=True, **common)
            if not hasattr(self.model, "get_image_features") or not hasattr(self.model, "get_text_features"):
                kind = self.model.config.model_type
                raise MissingModel(
                    f"`{options.model}` is a model of the kind {kind}, which does not compare words and pictures", "take CLIP"
                )
            self.words = transformers.AutoTokenizer.from_pretrained(where, **common)
            self.lens = transformers.AutoImageProcessor.from_pretrained(where, **common)
        self.model.to(self.place.device).eval()

    def match(self, prompt: str, pictures: tuple[Path, ...], ctx: Context) -> tuple[float, ...]:
        """The cosine of each picture with the words."""
        import torch
        from PIL import Image

        limit = min(int(self.words.model_max_length), int(getattr(self.model.config.text_config, "max_position_embeddings", 77)))
        if len(self.words(prompt, truncation=False)["input_ids"]) > limit:
            ctx.note(f"`{self.name}` reads {limit} tokens: the rest of the prompt was not judged")
        text = self.words([prompt], return_tensors="pt", truncation=True, max_length=limit, padding="max_length")
        with torch.inference_mode():
            aim = _unit(self.model.get_text_features(**{name: value.to(self.place.device) for name, value in text.items()}))
            found = []
            for number, path in enumerate(pictures):  # one by one: memory does not grow with their number
                with Image.open(path) as opened:
                    seen = self.lens(images=opened.convert("RGB"), return_tensors="pt")["pixel_values"].to(self.place.device)
                found.append(float((_unit(self.model.get_image_features(pixel_values=seen)) @ aim.T)[0, 0]))
                ctx.progress((number + 1) / len(pictures), "judging")
        return tuple(found)


def _unit(features: Any) -> Any:
    features = getattr(features, "pooler_output", features)
    return features / features.norm(dim=-1, keepdim=True)
